"""Patterns of many units in one action; what a roster that came late asks of nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duty import actions
from duty.actions import NewPattern
from duty.models import RosterPattern
from duty.selectors import rosters
from journal.actions.recording import SYSTEM
from journal.models import Event
from org.models import Person, Unit
from web.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db
MARCH = dt.date(2027, 3, 1)


@pytest.fixture
def new(crew_of: Callable[[str], list[Person]]) -> Callable[..., NewPattern]:
    """``new("331126206")``: a pattern of that unit with three people of its own."""

    def make(code: str, **changes: Any) -> NewPattern:
        crew = crew_of(code)[:3]
        rotation = {post: [person] for post, person in zip(("leader", "main", "deputy"), crew, strict=True)}
        return NewPattern(
            unit=Unit.objects.get(code=code), name="日常", **{"rotation": rotation, "valid_from": MARCH, **changes}
        )

    return make


TOWNS = [f"331126{n}" for n in (101, 102, 104, 105, 106, 107, 200, 201, 202, 203)]


class TestManyPatterns:
    def test_ten_units_cost_as_many_statements_as_two(self, new: Any) -> None:
        costs = []
        for codes in (TOWNS[:2], TOWNS[2:]):
            patterns = [new(code) for code in codes]
            with CaptureQueriesContext(connection) as caught:
                actions.set_patterns(patterns, by=SYSTEM)
            costs.append(len(caught))
        assert costs[0] == costs[1] <= 8
        assert Event.objects.filter(verb="pattern.set").count() == RosterPattern.objects.count() == 10

    def test_two_of_them_for_the_same_days_are_refused_and_nothing_is_left(self, new: Any) -> None:
        twice = [new(TOWNS[0]), new(TOWNS[1]), new(TOWNS[0], valid_from=dt.date(2027, 4, 1))]
        with pytest.raises(Conflict):
            actions.set_patterns(twice, by=SYSTEM)
        assert not RosterPattern.objects.exists()

    def test_one_after_the_other_and_rest_days_beside_working_days_are_no_clash(self, new: Any) -> None:
        april = dt.date(2027, 4, 1)
        one, two, three = TOWNS[:3]
        actions.set_patterns([new(one, valid_to=april), new(one, valid_from=april)], by=SYSTEM)
        actions.set_patterns([new(two, days="rest"), new(two, days="working")], by=SYSTEM)
        actions.set_patterns([new(three), new(three, kind="strengthened")], by=SYSTEM)
        assert RosterPattern.objects.count() == 6
        with pytest.raises(Conflict):
            actions.set_patterns([new(two)], by=SYSTEM)

    def test_a_faulty_one_keeps_all_out(self, new: Any) -> None:
        gone = new(TOWNS[1])
        gone.rotation["main"][0].is_active = False
        gone.rotation["main"][0].save()
        with pytest.raises(Invalid) as refused:
            actions.set_patterns([new(TOWNS[0]), gone], by=SYSTEM)
        assert list(refused.value.fields) == ["rotation"]
        assert not RosterPattern.objects.exists()

    def test_a_township_sets_none_for_its_neighbour(self, new: Any, township: Person) -> None:
        with pytest.raises(Forbidden):
            actions.set_patterns([new("331126206"), new(TOWNS[0])], by=township)
        assert not RosterPattern.objects.exists()


NIGHT = {"signed": False, "starts": [dt.time(20)], "length": dt.timedelta(hours=12)}


def test_publishing_above_tells_only_the_rosters_that_something_was_added_to(new: Any, at_time: Any) -> None:
    at_time("2027-02-10 09:00")
    actions.set_patterns([new(TOWNS[0], **NIGHT)], by=SYSTEM)
    county = Unit.objects.get(level="county")
    until = dt.date(2027, 4, 1)
    for codes in ([], [TOWNS[1]]):
        actions.set_patterns([new(code, **NIGHT) for code in codes], by=SYSTEM)
        actions.generate_now(by=SYSTEM, unit=county, first=MARCH, until=until, descendants=True)
        actions.publish(by=SYSTEM, unit=county, month=MARCH, descendants=True)
    assert Event.objects.filter(verb="roster.published").count() == 2
    assert not Event.objects.filter(verb="roster.added_to").exists()


def test_a_shift_that_had_begun_when_its_roster_was_published_was_not_missed(new: Any, at_time: Any) -> None:
    at_time("2027-03-03 09:00")
    actions.set_patterns([new(TOWNS[0], **NIGHT)], by=SYSTEM)
    town = Unit.objects.get(code=TOWNS[0])
    actions.generate_now(by=SYSTEM, unit=town, first=MARCH, until=dt.date(2027, 4, 1))
    actions.publish(by=SYSTEM, unit=town, month=MARCH)
    at_time("2027-03-05 21:00")
    row = next(row for row in rosters.statistics(town, MARCH) if row["code"] == town.code)
    assert (row["shifts"], row["not_checked_in"]) == (5, 3)
