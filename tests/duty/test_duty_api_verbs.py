"""The verbs of duty that other files do not send over HTTP, each answered as it is declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from duty.models import Handover, Shift
from journal.timers import fire_due
from org.models import Person
from tests.support.duty import TOWN
from tests.support.shapes import done

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]


@pytest.fixture(autouse=True)
def two_shifts(at_time: Any, shift_of: Any) -> tuple[Shift, Shift]:
    at_time("2027-02-20 12:00")
    both = shift_of("2027-03-01", 0), shift_of("2027-03-02", 1)
    at_time("2027-03-02 08:00:01")
    fire_due()
    return both


def test_a_handover_is_settled_and_carries_its_sections(api: Api, two_shifts: Any, team: Any) -> None:
    handover = Handover.objects.get(shift=two_shifts[1])
    settled = done(api(team[0]["leader"]).post(f"/api/v1/handovers/{handover.pk}/settle/", {"reason": "交班人住院"}))
    assert settled["settled_by"]["id"] == team[0]["leader"].pk
    assert all(not section["failed"] for section in settled["sections"])


def test_an_override_is_put_and_withdrawn_and_who_does_not_answer_is_reported(
    api: Api, people: list[Person], township: Person, officer: Person
) -> None:
    body = {
        "unit": TOWN, "post": "reserve", "person": people[5].pk, "reason": "防汛",
        "start": "2027-03-05T08:00:00+08:00", "end": "2027-03-05T20:00:00+08:00",
    }  # fmt: skip
    put = done(api(township).post("/api/v1/overrides/", body))
    assert done(api(township).post(f"/api/v1/overrides/{put['id']}/withdraw/", {}))["withdrawn_at"] is not None
    called = done(api(officer).post("/api/v1/shifts/unreachable/", {"unit": TOWN, "post": "main"}))
    assert called["called"]["id"] in {person.pk for person in people}


def test_a_shift_is_given_to_another_and_swaps_are_refused_and_cancelled(
    api: Api, shift_of: Any, people: list[Person], team: Any, township: Person
) -> None:
    shift = shift_of("2027-03-08", 0)
    slot = shift.slots.get(post="main")
    one = done(api(slot.person).post("/api/v1/swaps/", {"slot": slot.pk, "reason": "家事"}))
    assert done(api(slot.person).post(f"/api/v1/swaps/{one['id']}/cancel/", {}))["status"] == "cancelled"
    two = done(api(slot.person).post("/api/v1/swaps/", {"slot": slot.pk, "reason": "家事"}))
    taker = api(team[1]["deputy"])
    done(taker.post(f"/api/v1/swaps/{two['id']}/take/", {}))
    refused = done(api(township).post(f"/api/v1/swaps/{two['id']}/refuse/", {"answer": "人手不够"}))
    assert (refused["status"], refused["answer"]) == ("refused", "人手不够")
    given = done(
        api(township).post(f"/api/v1/shifts/{shift.pk}/assign/", {"post": "main", "person": team[1]["main"].pk})
    )
    assert {row["person"]["id"] for row in given["slots"]} >= {team[1]["main"].pk}


def test_a_spot_check_has_an_outcome_or_is_cancelled_and_leave_is_refused(
    api: Api, officer: Person, people: list[Person], township: Person
) -> None:
    client = api(officer)
    check = done(client.post("/api/v1/spot-checks/", {"unit": TOWN}))
    at = f"/api/v1/spot-checks/{check['id']}/"
    assert (
        done(
            client.post(
                at + "outcome/",
                {"outcome": "normal", "note": "在岗", "said_warning": "无", "said_here": "三人", "said_told": "各村"},
            )
        )["outcome"]
        == "normal"
    )
    planned = {"checking": "331126", "units": [TOWN], "month": "2027-04", "seed": 1}
    assert done(client.post("/api/v1/spot-checks/plan/", planned)) == {"planned": 1}
    waiting = next(row for row in done(client.get("/api/v1/spot-checks/"))["results"] if row["status"] == "planned")
    assert done(client.post(f"/api/v1/spot-checks/{waiting['id']}/cancel/", {}))["status"] == "cancelled"
    body = {"start": "2027-03-20T08:00:00+08:00", "end": "2027-03-21T08:00:00+08:00", "reason": "家事", "unit": TOWN}
    leave = done(api(people[4]).post("/api/v1/leaves/", body))
    assert done(api(people[4]).get(f"/api/v1/leaves/{leave['id']}/"))["status"] == "asked"
    refused = done(api(township).post(f"/api/v1/leaves/{leave['id']}/refuse/", {"answer": "汛期"}))
    assert refused["status"] == "refused"
