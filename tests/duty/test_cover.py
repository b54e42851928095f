"""Whom the cover rule asks for: departments that matter in a season, villages at night and in a response."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from duty import actions
from duty.models import Crew, Season
from duty.selectors import watch
from duty.selectors.today import on_board
from org.models import Person, Unit
from tests.support.duty import beijing

pytestmark = pytest.mark.django_db
JUSHUI = "331126206"


@pytest.fixture(autouse=True)
def evening(at_time: Any, demo_county: Unit) -> None:
    at_time("2027-06-10 21:00")


def asked(level: str, at: dt.datetime) -> set[str]:
    """The units of a level that must have somebody on at that moment and have nobody."""
    units = list(Unit.objects.filter(level=level, active=True))
    return {gap.unit_code for gap in watch.gaps(units, at, at + dt.timedelta(seconds=1))}


def posts(level: str, at: dt.datetime) -> set[str]:
    units = list(Unit.objects.filter(level=level, active=True))
    return {gap.post for gap in watch.gaps(units, at, at + dt.timedelta(seconds=1))}


def season(kind: str) -> None:
    county = Unit.objects.get(code="331126")
    Season.objects.create(kind=kind, name=kind, unit=county, starts_on="2027-06-01", ends_on="2027-07-01")


def test_out_of_season_neither_villages_nor_departments_are_asked_for() -> None:
    now = beijing("2027-06-10 21:00")
    assert (asked("village", now), asked("department", now)) == (set(), set())
    assert len(asked("township", now)) == 19


def test_in_the_flood_season_villages_watch_at_night_and_the_departments_that_matter_always() -> None:
    season("flood")
    night, noon = beijing("2027-06-10 22:00"), beijing("2027-06-11 12:00")
    assert len(asked("village", night)) == 203
    assert asked("village", noon) == set()
    wanted = {f"331126D{number:02d}" for number in (1, 2, 3, 4, 5, 7, 8, 9, 14)}
    assert asked("department", night) == asked("department", noon) == wanted


def test_the_forest_fire_season_asks_for_other_departments_and_no_village() -> None:
    season("forest_fire")
    at = beijing("2027-06-10 22:00")
    assert asked("department", at) == {f"331126D{number:02d}" for number in (1, 4, 5, 9, 20)}
    assert asked("village", at) == set()


def test_a_village_and_a_department_need_one_on_watch_and_one_who_leads() -> None:
    season("flood")
    at = beijing("2027-06-10 22:00")
    assert posts("village", at) == posts("department", at) == {"leader", "main"}
    assert posts("township", at) == {"leader", "main", "deputy"}
    Crew.objects.filter(level="village").update(posts=["main"])
    assert posts("village", at) == {"main"}


def test_a_response_asks_for_the_villages_under_it_and_the_departments_of_its_county(at_time: Any) -> None:
    path = Unit.objects.get(code=JUSHUI).path
    actions.begin_response("response:1", "flood", [path])
    assert asked("village", beijing("2027-06-10 21:30")) == set(), "an hour to get there"
    later = beijing("2027-06-10 22:30")
    under = Unit.objects.filter(parent__code=JUSHUI, level="village").values_list("code", flat=True)
    assert asked("village", later) == set(under)
    assert "331126D06" in asked("department", later)
    assert asked("village", beijing("2027-06-15 12:00")) == set(), "its end is not known: a day ahead is asked for"
    at_time("2027-06-10 23:00")
    actions.end_response("response:1")
    assert asked("village", beijing("2027-06-10 23:30")) == set()


def test_the_area_of_a_response_may_change_and_its_watch_stays_due(at_time: Any) -> None:
    town, other = (Unit.objects.get(code=code).path for code in (JUSHUI, "331126101"))
    actions.begin_response("response:1", "flood", [town])
    at_time("2027-06-10 23:00")
    actions.begin_response("response:1", "flood", [other])
    found = asked("village", beijing("2027-06-10 23:30"))
    assert found == set(Unit.objects.filter(parent__code="331126101", level="village").values_list("code", flat=True))


def test_a_village_s_shift_of_two_is_whole_and_stands_on_the_board(officer: Person) -> None:
    season("flood")
    village = Unit.objects.get(code="331126206200")
    head, deputy = (
        Person.objects.get(appointments__unit=village, appointments__post__code=post, appointments__role="A")
        for post in ("village_head", "grid_worker")
    )
    keeper = Person.objects.get(username="leader")
    actions.add_shift(
        by=keeper, unit=village, start=beijing("2027-06-10 21:30"), end=beijing("2027-06-11 08:00"),
        people={"leader": head, "main": deputy}, published=True, signed=False,
    )  # fmt: skip
    at = beijing("2027-06-10 22:00")
    assert village.code not in asked("village", at)


def test_the_board_counts_the_departments_that_must_be_on(officer: Person) -> None:
    season("flood")
    stations = {one.code: one for one in on_board(officer).stations}
    assert [post for post, *_rest in stations["331126D03"].posts] == ["leader", "main"]
    assert stations["331126D03"].missing == ["leader", "main"]
    assert "331126D10" not in stations
