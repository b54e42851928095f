"""Filing through the API: once for each client id, placed and routed, in few statements."""

from __future__ import annotations

import datetime as dt
import json
import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from knox.models import AuthToken
from rest_framework.test import APIClient

from database.rows import as_json
from hazards.actions import clocks
from hazards.actions.file import file_hazard
from hazards.cards import hazard_card
from hazards.models import Deadline, Hazard
from hazards.rules.filing import Filing
from journal.models import Event, Relay, Timer
from journal.subscribers import SUBSCRIPTIONS, Subscription
from norms.models import Number
from norms.selectors.deadlines import counted
from org.models import Appointment, Person
from tests.support.hazards import NEIGHBOUR, VILLAGE, holder, point_in
from web.errors import Invalid

URL = "/api/v1/hazards/"


def body(**changes: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid4()),
        "kind": "timber_houses",
        "description": "木屋连片，电线老化",
        "point": list(point_in(VILLAGE)),
        "accuracy_m": 12.4,
        "found_at": "2026-07-09T03:20:14+08:00",
        "people_at_risk": 12,
    } | changes


def by_token(person: Person, header: str | None = None) -> APIClient:
    client = APIClient(headers={"accept-language": "en"})
    client.default_format = "json"
    client.credentials(HTTP_AUTHORIZATION=f"Token {header or AuthToken.objects.create(person)[1]}")
    return client


def test_what_is_filed_is_placed_routed_numbered_and_has_a_deadline(api, village):
    sent = body()
    answer = api(village).post(URL, sent)
    assert answer.status_code == 201, answer.content
    hazard = Hazard.objects.select_related("unit", "owner").get(pk=answer.json()["id"])
    assert answer.json()["client_id"] == sent["client_id"] == str(hazard.client_id)
    assert (hazard.unit.code, hazard.owner.code, hazard.status, hazard.door) == (VILLAGE, VILLAGE, "found", "phone")
    assert (hazard.accuracy_m, hazard.people_at_risk, hazard.finder) == (12, 12, village)
    assert hazard.point.coords == pytest.approx(sent["point"])
    assert hazard.ref.startswith("YH")
    first = Deadline.objects.get(hazard=hazard)
    assert (first.what, first.due_at) == ("register", hazard.next_due_at)
    assert Timer.objects.filter(subject=f"hazard:{hazard.pk}", state="pending").count() == 1
    event = Event.objects.get(subject=f"hazard:{hazard.pk}")
    assert (event.verb, event.unit_path, event.card["ref"]) == ("hazard.filed", hazard.unit.path, hazard.ref)


def test_the_same_again_is_the_same_ticket(api, village):
    sent, client = body(), api(village)
    first, again = client.post(URL, sent), client.post(URL, sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert Hazard.objects.count() == 1
    assert Event.objects.filter(verb="hazard.filed").count() == 1
    # The repeat took no number.
    assert client.post(URL, body()).json()["ref"].endswith("-0002")


@pytest.mark.parametrize(
    "change",
    [
        {"description": "另一处"}, {"kind": "gas"}, {"people_at_risk": 13}, {"found_at": "2026-07-09T03:20:15+08:00"},
        {"accuracy_m": None}, {"place": "村口"},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_other_content_under_the_same_id_is_a_conflict_that_shows_what_stands(api, village, change):
    sent, client = body(), api(village)
    kept = client.post(URL, sent).json()
    answer = client.post(URL, sent | change)
    assert answer.status_code == 409
    assert answer.json()["code"] == "other_content"
    assert (answer.json()["current"]["id"], answer.json()["current"]["status"]) == (kept["id"], "found")
    assert Hazard.objects.get().description == sent["description"]


def test_a_moment_written_with_another_offset_is_the_same_content(api, village):
    sent = body()
    client = api(village)
    client.post(URL, sent)
    assert client.post(URL, sent | {"found_at": "2026-07-08T19:20:14Z"}).status_code == 200


def test_somebody_elses_id_is_a_conflict_that_tells_nothing(api, village):
    sent = body(description="ZQSECRET")
    api(village).post(URL, sent)
    other = holder(NEIGHBOUR, "township_station")
    answer = api(other).post(URL, sent)
    assert answer.status_code == 409
    assert answer.json()["code"] == "client_id_taken"
    assert not answer.json().get("current")
    assert "ZQSECRET" not in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("client_id", "7"), ("kind", "dragon"), ("description", ""), ("description", " "), ("description", "x" * 2001),
        ("point", None), ("point", [119.1]), ("point", ["119", "27"]), ("point", [27.6, 119.1]), ("point", [0, 0]),
        ("point", [True, False]), ("accuracy_m", -1), ("people_at_risk", -1), ("people_at_risk", "many"),
        ("found_at", "yesterday"), ("found_at", "2099-01-01T00:00:00+08:00"), ("found_at", "1999-01-01T00:00:00+08:00"),
        ("place", "x" * 161), ("colour", "red"),
    ],
)  # fmt: skip
def test_bad_input_names_its_field_and_stores_nothing(api, village, field, value):
    answer = api(village).post(URL, body(**{field: value}))
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["fields"]) == [field]
    assert not Hazard.objects.exists()
    assert file_hazard(_filing(), by=village, door="api")[0].ref.endswith("-0001")


@pytest.mark.parametrize("sent", ["[]", '"x"', "{", ""])
def test_what_is_no_object_is_refused(api, village, sent):
    answer = api(village).post(URL, sent, content_type="application/json")
    assert answer.status_code == 400


def test_a_phone_whose_clock_runs_ahead_did_not_find_it_in_the_future(api, village, clock):
    ahead = dt.datetime.now(dt.UTC) + dt.timedelta(hours=5)
    answer = api(village).post(URL, body(found_at=ahead.isoformat()))
    assert answer.status_code == 201
    hazard = Hazard.objects.get()
    assert hazard.found_at <= hazard.filed_at


def test_anybody_with_a_post_may_file_wherever_they_stand(api, village):
    answer = api(village).post(URL, body(point=list(point_in(NEIGHBOUR))))
    assert answer.status_code == 201
    hazard = Hazard.objects.select_related("unit").get()
    assert hazard.unit.path.startswith("33.11.26.105")
    # Not in the village's units, but the finder sees it.
    assert api(village).get(f"{URL}{hazard.pk}/").status_code == 200


def test_without_a_post_nobody_files(api, village):
    past = {"valid_from": dt.datetime(2020, 1, 1, tzinfo=dt.UTC), "valid_to": dt.datetime(2020, 1, 2, tzinfo=dt.UTC)}
    Appointment.objects.filter(person=village).update(**past)
    answer = api(village).post(URL, body())
    assert answer.status_code == 403
    assert not Hazard.objects.exists()


def test_nobody_signed_in_is_401(api, db):
    assert api().post(URL, body()).status_code == 401


def test_a_phone_does_not_file_under_the_name_of_who_signed_in_later(api, village, township):
    client = api(township)
    answer = client.post(URL, body(), headers={"x-sanji-person": str(village.pk)})
    assert answer.status_code == 401
    assert not Hazard.objects.exists()
    assert client.post(URL, body(), headers={"x-sanji-person": str(township.pk)}).status_code == 201


def test_by_token_it_came_through_the_api(village):
    assert by_token(village).post(URL, body()).status_code == 201
    assert Hazard.objects.get().door == "api"


@pytest.mark.parametrize("token", ["x", "0" * 64, "é" * 8, "Z" * 64])
def test_a_wrong_token_files_nothing(village, token):
    real = AuthToken.objects.create(village)[1]
    assert by_token(village, real[:8] + token).post(URL, body()).status_code == 401
    assert not Hazard.objects.exists()


def test_an_expired_token_files_nothing(village):
    token, key = AuthToken.objects.create(village, expiry=dt.timedelta(hours=1))
    AuthToken.objects.filter(pk=token.pk).update(expiry=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert by_token(village, key).post(URL, body()).status_code == 401
    AuthToken.objects.filter(pk=token.pk).update(expiry=dt.datetime(2120, 1, 1, tzinfo=dt.UTC))
    assert by_token(village, key).post(URL, body()).status_code == 201


def test_a_token_of_somebody_who_left_files_nothing(village):
    client = by_token(village)
    Person.objects.filter(pk=village.pk).update(is_active=False)
    assert client.post(URL, body()).status_code == 401


def test_filing_is_few_statements(village, django_assert_max_num_queries):
    client = by_token(village)
    sent = body()
    with django_assert_max_num_queries(15):
        assert client.post(URL, sent).status_code == 201


def test_a_point_on_a_border_goes_to_the_smaller_code(village):
    """The tie rule of hazards/selectors/routing.py."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.code, b.code, ST_X(p), ST_Y(p) FROM org_unit a JOIN org_unit b ON a.code < b.code"
            " AND a.level = 'village' AND b.level = 'village' AND a.boundary && b.boundary,"
            " LATERAL (SELECT (ST_DumpPoints(ST_Intersection(a.boundary, b.boundary))).geom AS p) x"
            " WHERE ST_Covers(a.boundary, p) AND ST_Covers(b.boundary, p) LIMIT 1"
        )
        first, _second, lon, lat = cursor.fetchone()
        cursor.execute(
            "SELECT min(code) FROM org_unit WHERE level = 'village'"
            " AND ST_Covers(boundary, ST_SetSRID(ST_MakePoint(%s, %s), 4326))",
            [lon, lat],
        )
        smallest = cursor.fetchone()[0]
    made, _new = file_hazard(_filing(point=(lon, lat)), by=village, door="api")
    assert made.unit.code == smallest <= first


def test_outside_the_county_nothing_is_filed_and_no_number_is_lost(village):
    with pytest.raises(Invalid) as refused:
        file_hazard(_filing(point=(0.0, 0.0)), by=village, door="api")
    assert list(refused.value.fields) == ["point"]
    assert file_hazard(_filing(), by=village, door="api")[0].ref.endswith("-0001")


def _filing(**changes: Any) -> Filing:
    fields: dict[str, Any] = {
        "client_id": uuid4(),
        "kind": "timber_houses",
        "description": "x",
        "point": point_in(VILLAGE),
        "found_at": dt.datetime(2026, 7, 9, tzinfo=dt.UTC),
    }
    return Filing(**fields | changes)


@pytest.mark.django_db(transaction=True)
def test_the_same_report_from_many_at_one_moment_is_one_ticket(village):
    filing, found, errors = _filing(), [], []
    gate = threading.Barrier(4)

    def send() -> None:
        try:
            gate.wait(10)
            found.append(file_hazard(filing, by=village, door="api"))
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert sorted(new for _hazard, new in found) == [False, False, False, True]
    assert {hazard.pk for hazard, _new in found} == {Hazard.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_many_at_one_moment_get_numbers_without_a_gap(village):
    gate = threading.Barrier(6)

    def send() -> None:
        try:
            gate.wait(10)
            file_hazard(_filing(), by=village, door="api")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(int(ref[-4:]) for ref in Hazard.objects.values_list("ref", flat=True)) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("kind", ["timber_houses", "geological_point", "other"])
def test_what_a_filing_writes_is_what_is_counted_and_drawn_elsewhere(village, kind):
    hazard, _new = file_hazard(_filing(kind=kind), by=village, door="api")
    kept = Hazard.objects.select_related("unit", "owner").get(pk=hazard.pk)
    event = Event.objects.get(subject=f"hazard:{hazard.pk}")
    assert (event.verb, event.by, event.by_name) == ("hazard.filed", f"person:{village.pk}", village.name)
    assert (event.unit_path, event.data, event.root) == (kept.unit.path, {"door": "api"}, "")
    assert event.card == json.loads(as_json(hazard_card(kept)))
    assert hazard_card(hazard) == hazard_card(kept)
    timer = Timer.objects.get(subject=f"hazard:{hazard.pk}")
    set_elsewhere = clocks.setting(hazard, 0, counted("register", "register"), hazard.filed_at)
    assert {name: getattr(timer, name) for name in vars(set_elsewhere)} == vars(set_elsewhere)


@pytest.mark.parametrize("days", [1, 4, 9])
def test_the_first_reminder_is_the_first_still_to_come(village, days):
    Number.objects.filter(code="register").update(value=days, measure="days")
    hazard, _new = file_hazard(_filing(), by=village, door="api")
    timer = Timer.objects.get(subject=f"hazard:{hazard.pk}")
    set_elsewhere = clocks.setting(hazard, 0, counted("register", "register"), hazard.filed_at)
    assert (timer.step, timer.due_at) == (set_elsewhere.step, set_elsewhere.due_at)
    assert timer.step == {1: 2, 4: 1, 9: 0}[days]


def test_whoever_subscribes_to_filings_hears_of_each(village):
    hears = Subscription(frozenset(["hazard.filed"]), lambda event: None)
    with SUBSCRIPTIONS.lent({"tests.one": hears, "tests.two": hears}):
        hazard, _new = file_hazard(_filing(), by=village, door="api")
    event = Event.objects.get(subject=f"hazard:{hazard.pk}")
    heard = Relay.objects.filter(event=event, subscriber__startswith="tests.").order_by("subscriber")
    assert list(heard.values_list("subscriber", "state")) == [("tests.one", "pending"), ("tests.two", "pending")]
