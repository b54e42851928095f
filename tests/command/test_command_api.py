"""The API as clients rely on it: codes, shapes, errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from command.models import Assignment, Incident, Order
from org.models import Person

pytestmark = pytest.mark.django_db

NEW_INCIDENT = {
    "title": "举水乡山洪",
    "category": "natural_disaster",
    "grade": "IV",
    "unit": "331126206000",
    "point": [119.2, 27.6],
    "occurred_at": "2026-07-09T10:00:00+08:00",
    "learned_at": "2026-07-09T10:15:00+08:00",
    "description": "溪水暴涨",
}


@pytest.fixture
def as_officer(api: Callable[..., APIClient], officer: Person) -> APIClient:
    return api(officer)


def order_body(incident: int, **changes: Any) -> dict[str, Any]:
    return {
        "incident": incident,
        "text": "转移低洼处群众",
        "units": ["331126206"],
        "descendants": True,
        "posts": ["village_head"],
        "ladder": "red",
    } | changes


def test_an_incident_is_opened(as_officer: APIClient) -> None:
    answer = as_officer.post("/api/v1/incidents/", NEW_INCIDENT)
    assert answer.status_code == 201
    body = answer.json()
    assert body["id"] == Incident.objects.get(ref=body["ref"]).pk
    assert (body["status"], body["response_level"]) == ("monitored", None)
    assert (body["unit"]["code"], body["point"]) == ("331126206", [119.2, 27.6])


def test_every_bad_field_is_named_at_once(as_officer: APIClient) -> None:
    answer = as_officer.post(
        "/api/v1/incidents/", {"title": "", "category": "war", "unit": "331126", "point": [200, 1]}
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    assert set(answer.json()["fields"]) == {"title", "category", "point"}
    unknown = as_officer.post("/api/v1/incidents/", NEW_INCIDENT | {"titel": "x"})
    assert (unknown.status_code, list(unknown.json()["fields"])) == (400, ["titel"])


def test_an_order_comes_back_with_its_assignments(as_officer: APIClient, incident: Incident) -> None:
    answer = as_officer.post("/api/v1/orders/", order_body(incident.pk))
    assert answer.status_code == 201
    lines = answer.json()["assignments"]
    assert {"id", "unit", "post", "person", "status", "ack_due_at", "step"} <= set(lines[0])
    assert all(line["unit"].startswith("331126206") for line in lines)
    whole = as_officer.get(f"/api/v1/orders/{answer.json()['id']}/").json()
    assert [(row["unit"], row["total"]) for row in whole["townships"]] == [("331126206", len(lines))]


def test_the_same_idempotency_key_acts_once(as_officer: APIClient, incident: Incident) -> None:
    first, second = (
        as_officer.post("/api/v1/orders/", order_body(incident.pk), headers={"Idempotency-Key": "tap-1"})
        for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Order.objects.count() == 1
    other = as_officer.post(
        "/api/v1/orders/", order_body(incident.pk, text="别的"), headers={"Idempotency-Key": "tap-1"}
    )
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")


def test_a_refused_post_may_be_repeated_with_its_key(as_officer: APIClient, incident: Incident) -> None:
    headers = {"Idempotency-Key": "tap-2"}
    bad = as_officer.post("/api/v1/orders/", order_body(incident.pk, units=["999999"]), headers=headers)
    assert (bad.status_code, list(bad.json()["fields"])) == (400, ["units"])
    good = as_officer.post("/api/v1/orders/", order_body(incident.pk), headers=headers)
    assert good.status_code == 201


def test_acknowledge_progress_and_the_stale_move(
    api: Callable[..., APIClient], mine: Assignment, village: Person
) -> None:
    client = api(village)
    url = f"/api/v1/assignments/{mine.pk}"
    assert client.post(f"{url}/acknowledge/").json()["status"] == "received"
    again = client.post(f"{url}/acknowledge/")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_move")
    assert again.json()["current"]["status"] == "received"
    moved = client.post(f"{url}/progress/", {"step": "in_place", "note": "已到岗"})
    assert (moved.status_code, moved.json()["status"]) == (200, "in_place")


def test_an_answer_is_logged_for_someone(api: Callable[..., APIClient], mine: Assignment, township: Person) -> None:
    answer = api(township).post(f"/api/v1/assignments/{mine.pk}/answer/", {"how": "gong", "note": "已鸣锣"})
    assert (answer.status_code, answer.json()["answered_how"]) == (200, "gong")


def test_what_lies_outside_the_jurisdiction_is_404(
    api: Callable[..., APIClient], order_jushui: Callable[..., Order], township: Person
) -> None:
    order = order_jushui(units=["331126207"])
    row = order.assignments.first()
    client = api(township)
    for url in (
        f"/api/v1/orders/{order.pk}/",
        f"/api/v1/assignments/{row.pk}/",
        f"/api/v1/incidents/{order.incident_id}/",
    ):
        assert client.get(url).status_code == 404
    assert client.post(f"/api/v1/assignments/{row.pk}/acknowledge/").status_code == 404
    for listing in ("orders", "assignments", "incidents"):
        assert client.get(f"/api/v1/{listing}/").json()["results"] == []


def test_a_township_sees_its_own_part_of_a_county_order(
    api: Callable[..., APIClient], order_jushui: Callable[..., Order], township: Person
) -> None:
    order = order_jushui(units=["331126206", "331126207"])
    seen = api(township).get(f"/api/v1/orders/{order.pk}/").json()
    assert {line["unit"][:9] for line in seen["assignments"]} == {"331126206"}
    assert [row["unit"] for row in seen["townships"]] == ["331126206"]


def test_the_order_page_of_the_api_keeps_its_query_count(
    as_officer: APIClient, order_jushui: Callable[..., Order]
) -> None:
    counts = []
    for units in (["331126206"], ["331126"]):
        order = order_jushui(units=units)
        with CaptureQueriesContext(connection) as statements:
            assert as_officer.get(f"/api/v1/orders/{order.pk}/").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8


def test_nobody_gets_401_and_a_wrong_id_404(api: Callable[..., APIClient], as_officer: APIClient) -> None:
    assert api().get("/api/v1/orders/").status_code == 401
    assert as_officer.get("/api/v1/orders/abc/").status_code == 404
    assert as_officer.get("/api/v1/orders/999999999999/").status_code == 404


def test_the_preview_writes_nothing(as_officer: APIClient, incident: Incident) -> None:
    answer = as_officer.post("/api/v1/orders/preview/", order_body(incident.pk))
    assert answer.status_code == 200
    assert answer.json()["people"] > 5
    assert not Order.objects.exists()


def test_the_response_level_by_its_verb(api: Callable[..., APIClient], incident: Incident, leader: Person) -> None:
    client = api(leader)
    url = f"/api/v1/incidents/{incident.pk}/response-level/"
    assert client.post(url, {"level": "III", "grounds": "降雨"}).json()["response_level"] == "III"
    stale = client.post(url, {"level": "IV", "grounds": "降雨", "expected": ""})
    assert (stale.status_code, stale.json()["current"]["response_level"]) == (409, "III")


def test_errors_speak_the_readers_language(api: Callable[..., APIClient], officer: Person) -> None:
    answer = api(officer, language="zh-hans").get("/api/v1/orders/999999/")
    assert "管辖" in answer.json()["detail"]


def test_the_schema_is_complete_and_silent(api: Callable[..., APIClient], capsys: pytest.CaptureFixture[str]) -> None:
    answer = api().get("/api/schema/")
    assert answer.status_code == 200
    assert "Warning" not in capsys.readouterr().err
