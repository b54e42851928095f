"""Responses and proposals over the API: the same actions, by jurisdiction."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from command import actions
from command.models import Incident, Proposal, Response
from database.clock import now
from org.models import Person, Unit
from tests.support.levels import JUSHUI, action, check_in_force, plan_of

pytestmark = pytest.mark.django_db

LINGTOU = "331126207"


@pytest.fixture
def running(incident: Incident, leader: Person) -> Response:
    version = plan_of(action("patrol"), action("more", ["II", "III"]))
    return actions.start_level(
        incident.pk, by=leader, version_id=version.pk, level="IV", grounds="x", area=[JUSHUI, LINGTOU]
    )


def test_a_level_of_a_plan_is_previewed_and_started(
    api: Callable[..., APIClient], incident: Incident, leader: Person, officer: Person
) -> None:
    version = plan_of(action("patrol"), action("move", unit_kind="village", post="village_head", after=["patrol"]))
    body = {"version": version.pk, "level": "III", "area": [JUSHUI]}
    seen = api(officer).post(f"/api/v1/incidents/{incident.pk}/preview-level/", body)
    assert seen.status_code == 200
    told = seen.json()
    assert (told["may"], told["before"]) == (False, None)
    assert {row["action"] for row in told["new"] if row["held"]} == {"move"}
    assert told["approver"][0]["post"] == "deputy_magistrate"
    refused = api(officer).post(f"/api/v1/incidents/{incident.pk}/response-level/", {**body, "grounds": "x"})
    assert refused.status_code == 403
    done = api(leader).post(f"/api/v1/incidents/{incident.pk}/response-level/", {**body, "grounds": "x"})
    assert (done.status_code, done.json()["response_level"]) == (200, "III")
    check_in_force(Response.objects.get())
    again = api(leader).post(f"/api/v1/incidents/{incident.pk}/response-level/", {**body, "grounds": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "response_runs")
    assert again.json()["current"]["level"] == "III"


def test_a_plan_is_activated_once_for_a_key(api: Callable[..., APIClient], incident: Incident, leader: Person) -> None:
    version = plan_of(action("patrol"))
    url, body = f"/api/v1/plans/{version.plan_id}/activate/", {"incident": incident.pk, "level": "III", "grounds": "x"}
    client = api(leader)
    first = client.post(url, body, headers={"Idempotency-Key": "k"})
    second = client.post(url, body, headers={"Idempotency-Key": "k"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert Response.objects.count() == 1
    assert client.post("/api/v1/plans/999999/activate/", body).status_code == 404
    assert client.post(url, {**body, "unknown": 1}).status_code == 400


def test_the_level_is_changed_and_conditions_said(
    api: Callable[..., APIClient], running: Response, leader: Person, officer: Person
) -> None:
    url = f"/api/v1/responses/{running.pk}/"
    assert api(officer).post(url + "level/", {"level": "III", "grounds": "x"}).status_code == 403
    raised = api(leader).post(url + "level/", {"level": "III", "grounds": "x", "expected": "IV"})
    assert raised.json()["level"] == "III"
    check_in_force(running)
    stale = api(leader).post(url + "level/", {"level": "II", "grounds": "x", "expected": "IV"})
    assert stale.status_code == 403
    stale = api(leader).post(url + "level/", {"level": "IV", "grounds": "x", "expected": "IV"})
    assert (stale.status_code, stale.json()["current"]["level"]) == (409, "III")
    said = api(officer).post(url + "conditions/", {"code": "final_report_drafted", "met": True, "note": "终报已拟"})
    assert [row["met"] for row in said.json()["conditions"] if row["code"] == "final_report_drafted"] == [True]
    ended = api(leader).post(f"/api/v1/incidents/{running.incident_id}/end/", {"grounds": "x"})
    assert (ended.status_code, ended.json()["code"]) == (409, "conditions_unmet")
    assert [row["met"] for row in ended.json()["current"]["conditions"]] == [False, False, True]


def test_a_township_reads_its_own_tasks_and_changes_nothing(
    api: Callable[..., APIClient], running: Response, township: Person
) -> None:
    client, url = api(township), f"/api/v1/responses/{running.pk}/"
    rows = client.get(url + "tasks/").json()["results"]
    assert {row["unit"] for row in rows} == {JUSHUI}
    assert client.get(url + "tasks/?township=" + LINGTOU).json()["results"] == []
    for verb, body in (
        ("level", {"level": "III", "grounds": "x"}),
        ("conditions", {"code": "final_report_drafted", "met": True, "note": "x"}),
        ("approve", {}),
        ("stop", {"reason": "x"}),
    ):
        assert client.post(f"{url}{verb}/", body).status_code == 403


def test_whoever_was_not_asked_is_told_that_there_is_none(
    api: Callable[..., APIClient], incident: Incident, leader: Person, township: Person
) -> None:
    version = plan_of(action("patrol"))
    response = actions.start_level(
        incident.pk, by=leader, version_id=version.pk, level="IV", grounds="x", area=[LINGTOU]
    )
    client = api(township)
    assert client.get("/api/v1/responses/").json()["results"] == []
    assert client.get(f"/api/v1/responses/{response.pk}/").status_code == 404
    assert client.get(f"/api/v1/responses/{response.pk}/tasks/").status_code == 404
    assert client.post(f"/api/v1/responses/{response.pk}/level/", {"level": "III", "grounds": "x"}).status_code == 404


def test_a_proposal_of_the_county_is_none_of_a_township_s(
    api: Callable[..., APIClient], township: Person, officer: Person
) -> None:
    county = Unit.objects.get(code="331126")
    proposal = Proposal.objects.create(
        version=plan_of(action("patrol")),
        level="III",
        subject="gauge:1",
        title={"zh": "雨量"},
        unit=county,
        made_at=now(),
    )
    assert api(township).get("/api/v1/proposals/").json()["results"] == []
    for verb in ("accept", "refuse"):
        answer = api(township).post(
            f"/api/v1/proposals/{proposal.pk}/{verb}/", {"reason": "x"} if verb == "refuse" else {}
        )
        assert answer.status_code == 404
        answer = api(officer).post(
            f"/api/v1/proposals/{proposal.pk}/{verb}/", {"reason": "x"} if verb == "refuse" else {}
        )
        assert answer.status_code == 403
    assert [row["id"] for row in api(officer).get("/api/v1/proposals/").json()["results"]] == [proposal.pk]


def test_evidence_is_asked_for_over_the_api_too(
    api: Callable[..., APIClient], incident: Incident, leader: Person, officer: Person
) -> None:
    version = plan_of(action("count", evidence="count", counted="人数"))
    response = actions.start_level(
        incident.pk, by=leader, version_id=version.pk, level="IV", grounds="x", area=[JUSHUI]
    )
    row = response.orders.get().assignments.get()
    actions.answer_for(row.pk, by=officer, how="phone")
    client, url = api(officer), f"/api/v1/assignments/{row.pk}/progress/"
    refused = client.post(url, {"step": "done"})
    assert (refused.status_code, refused.json()["code"]) == (400, "no_evidence")
    done = client.post(url, {"step": "done", "figure": 42})
    assert (done.status_code, done.json()["figure"]) == (200, 42)
    assert api(leader).get(f"/api/v1/responses/{response.pk}/tasks/").json()["results"][0]["figure"] == 42
