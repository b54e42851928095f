"""Orders call whoever is on duty, by the one definition; the ladder climbs over the shift; else nothing changes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from command.actions import issue_order
from command.models import Assignment, Call, Order
from duty import actions
from journal.timers import fire_due
from org.actions import deactivate_person
from org.models import Person, Unit
from tests.support.duty import TOWN, beijing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_duty(at_time: Any, shift_of: Any) -> None:
    at_time("2027-02-20 12:00")
    shift_of("2027-03-01", 0)
    shift_of("2027-03-02", 1)
    at_time("2027-03-01 22:00")


def order(officer: Person, *posts: str, **changes: Any) -> Order:
    fields: dict[str, Any] = {"units": [TOWN], "posts": list(posts), "ladder": "red", "text": "x"} | changes
    return issue_order(by=officer, incident_id=None, **fields)


def called(officer: Person) -> tuple[Person | None, str]:
    line = order(officer, "township_duty").lines[0]
    return line.person, line.role


def test_a_duty_post_is_whoever_is_on_duty(officer: Person, team: Any, people: Any) -> None:
    assert called(officer) == (team[0]["main"], "D")
    assert team[0]["main"] != people[4]  # who holds the post by appointment is off duty, and left in peace


def test_a_post_without_a_link_stays_its_holders(officer: Person, people: Any) -> None:
    line = order(officer, "township_head").lines[0]
    assert (line.person, line.role) == (people[1], "A")


def test_where_no_roster_says_who_is_on_appointments_count(officer: Person, at_time: Any, people: Any) -> None:
    at_time("2027-03-05 12:00")
    assert called(officer) == (people[4], "A")
    other = order(officer, "township_duty", units=["331126204"]).lines[0]
    assert other.role == "A"


def test_an_override_a_swap_and_a_late_handover_are_followed(
    officer: Person, team: Any, admin: Person, crew_of: Any, at_time: Any, town: Unit
) -> None:
    substitute = crew_of("331126204")[0]
    start, end = beijing("2027-03-01 22:00"), beijing("2027-03-01 23:00")
    actions.override(by=admin, unit=town, post="main", person=substitute, start=start, end=end, reason="x")
    assert called(officer)[0] == substitute
    at_time("2027-03-02 09:00")
    fire_due()
    assert called(officer)[0] == team[0]["main"]


def test_somebody_who_left_is_stood_in_for(officer: Person, team: Any, admin: Person) -> None:
    deactivate_person(team[0]["main"], by=admin)
    assert called(officer) == (team[0]["deputy"], "D")


def test_silence_climbs_to_the_deputy_on_duty_then_above(officer: Person, team: Any, clock: Any) -> None:
    row: Assignment = order(officer, "township_duty").lines[0]
    clock.travel(minutes=5)
    fire_due()
    by_rung = {call.do: call.person for call in Call.objects.filter(assignment=row).select_related("person")}
    assert by_rung["call"] == by_rung["remind"] == team[0]["main"]
    assert by_rung["deputy"] == team[0]["deputy"]


def test_the_county_that_is_called_at_last_is_its_officer_on_duty(
    officer: Person, leader: Person, demo_county: Unit, crew_of: Any, clock: Any
) -> None:
    from journal.actions.recording import SYSTEM

    staff = crew_of("331126")
    on = next(p for p in staff if p not in (officer, leader))
    rest = [p for p in staff if p not in (officer, on)]
    actions.add_shift(
        by=SYSTEM, unit=demo_county, start=beijing("2027-03-01 08:30"), end=beijing("2027-03-02 08:30"), published=True,
        people={"leader": rest[0], "main": on, "deputy": rest[1]},
    )  # fmt: skip
    row: Assignment = order(officer, "township_duty").lines[0]
    clock.travel(minutes=16)
    fire_due()
    assert Call.objects.get(assignment=row, do="county").person == on


def test_the_whole_county_is_called_with_as_many_statements_as_one_town(officer: Person) -> None:
    counts = []
    for units, descendants in (([TOWN], False), (["331126"], True)):
        with CaptureQueriesContext(connection) as queries:
            order(officer, "township_duty", units=units, descendants=descendants)
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 1
