"""The life of tickets over HTTP, verb by verb: each is answered with the whole ticket, as the schema declares it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from hazards.models import Hazard
from org.models import Person
from tests.support.hazards import COUNTY, TOWN, all_sides_sign, holder
from tests.support.shapes import done

pytestmark = pytest.mark.django_db
URL = "/api/v1/hazards/"
Api = Callable[..., APIClient]


def test_more_time_is_asked_for_and_given(api: Api, ticket: Any, village: Person, township: Person, clock: Any) -> None:
    at = f"{URL}{ticket('rectifying').pk}/"
    until = (clock.now() + dt.timedelta(days=60)).date().isoformat()
    asked = done(api(village).post(at + "extend/", {"until": until, "reason": "汛期无法施工"}))
    assert [(row["until"], row["status"], row["decided_by"]) for row in asked["extensions"]] == [(until, "asked", None)]
    given = done(api(township).post(at + "extend/", {"decision": "granted"}))
    assert [row["decided_by"]["id"] for row in given["extensions"]] == [township.pk]
    assert given["plans"][0]["made_by"]["id"] == village.pk
    assert {row["what"] for row in given["deadlines"]} >= {"take_up", "rectify"} - {"take_up"}


def test_what_the_public_sends_is_taken_up_or_turned_away(api: Api, found: Any, officer: Person) -> None:
    client = api(officer)
    assert done(client.post(f"{URL}{found(door='public').pk}/take-up/", {}))["status"] == "found"
    away = done(client.post(f"{URL}{found(door='public').pk}/turn-away/", {"grounds": "不是隐患"}))
    assert away["status"] == "turned_away"


def test_two_of_one_danger_are_merged_and_the_kept_one_names_the_other(api: Api, found: Any, officer: Person) -> None:
    client, (first, second) = api(officer), (found(), found())
    near = done(client.get(f"{URL}{first.pk}/duplicates/"))["results"]
    assert [(row["id"], row["metres"]) for row in near] == [(second.pk, 0)]
    kept = done(client.post(f"{URL}{second.pk}/merge/", {"into": first.pk, "grounds": "同一处"}))
    assert (kept["id"], kept["merged"]) == (first.pk, [second.pk])


def test_tickets_change_hands_and_get_a_leader(api: Api, found: Any, officer: Person) -> None:
    client, (first, second) = api(officer), (found(), found())
    handed = done(client.post(f"{URL}{first.pk}/reroute/", {"unit": TOWN, "grounds": "镇里整改"}))
    assert handed["owner"]["code"] == TOWN
    both = {"hazards": [first.pk, second.pk], "unit": TOWN, "grounds": "镇里整改"}
    assert done(client.post(URL + "assign/", both)) == {"assigned": 1}
    head = holder(TOWN, "township_head")
    assert done(client.post(f"{URL}{first.pk}/leader/", {"person": head.pk}))["leader"]["id"] == head.pk


def test_a_major_one_is_listed_and_its_delisting_published(
    api: Api, at_time: Any, found: Any, planned: Any, village: Person, township: Person, officer: Person
) -> None:
    at_time("2027-03-01 10:00")
    hazard: Hazard = found()
    at, head, clients = f"{URL}{hazard.pk}/", holder(TOWN, "township_head"), (api(village), api(township), api(officer))
    below, middle, above = clients
    done(below.post(at + "register/", {}))
    done(middle.post(at + "grade/", {"grade": "major", "reasons": ["serious_harm"], "grounds": "x"}))
    done(below.post(at + "plan/", planned(finish_on="2027-05-20", interim="封路", leader=head.pk)))
    listed = done(above.post(at + "list/", {"due_on": "2027-05-20"}))
    assert [(row["form"], row["due_on"], row["to"]["level"] != "") for row in listed["supervisions"]] == [
        ("listed", "2027-05-20", True)
    ]
    assert listed["supervisions"][0]["number"] is None
    director = api(holder(COUNTY, "command_office_director"))
    signed = done(director.post(f"/api/v1/papers/{listed['supervisions'][0]['paper']}/sign/", {}))
    assert (signed["status"], signed["number"]) == ("served", "庆安委挂〔2027〕1号")
    done(below.post(at + "submit/", {}))
    assert done(above.post(at + "inspect/", {"note": "看过"}))["inspections"][0]["by"]["id"] == officer.pk
    assert above.post(at + "close/", {}).status_code == 409, "three sides sign first"
    all_sides_sign(hazard)
    assert done(above.post(at + "close/", {}))["closed_by"]["id"] == officer.pk
    assert done(above.post(at + "publish-delisting/", {}))["supervisions"][0]["published_on"] is not None
    lines = done(above.get(URL + "statistics/", {"unit": COUNTY, "first": "2027-03", "last": "2027-03"}))["results"]
    assert {"kind": "timber_houses", "found": 1}.items() <= lines[0].items()
