"""Silence climbs: remind, deputy, the unit above, the county; in order, once each, also after downtime."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from command import actions
from command.models import Assignment, Call, Order
from command.rules.default_ladders import rows
from command.selectors.ladders import Snapshot
from journal.models import Event, Timer
from journal.timers import fire_due
from notify.models import Message
from org.models import Appointment, Person

pytestmark = pytest.mark.django_db


def climbs(assignment: Assignment) -> list[str]:
    events = Event.objects.filter(subject=f"assignment:{assignment.pk}", verb="assignment.climbed").order_by("seq")
    return [event.data["do"] for event in events]


def test_silence_climbs_the_red_ladder_rung_by_rung(mine: Assignment, clock: Any) -> None:
    seen = []
    for minute in range(1, 16):
        clock.travel(minutes=1)
        fire_due()
        seen.append((minute, climbs(mine)))
    first = {do: minute for minute, dos in reversed(seen) for do in dos}
    assert first == {"remind": 3, "deputy": 5, "runner": 10, "county": 15}


def test_each_rung_calls_whom_the_ladder_says(mine: Assignment, village: Person, officer: Person, clock: Any) -> None:
    clock.travel(minutes=16)
    fire_due()
    by_rung = {call.do: call.person for call in Call.objects.filter(assignment=mine).select_related("person")}
    assert by_rung["call"] == by_rung["remind"] == village
    assert Appointment.objects.filter(person=by_rung["deputy"], unit=mine.unit).exists()
    assert Appointment.objects.filter(person=by_rung["runner"], unit=mine.unit.parent).exists()
    assert by_rung["county"] == officer
    told = Message.objects.filter(subject=f"assignment:{mine.pk}", code="order.county_calls")
    assert list(told.values_list("person", flat=True)) == [officer.pk]


def test_after_downtime_every_missed_rung_fires_in_order_and_marked_late(mine: Assignment, clock: Any) -> None:
    clock.travel(minutes=16)
    fire_due()
    assert climbs(mine) == ["remind", "deputy", "runner", "county"]
    events = Event.objects.filter(subject=f"assignment:{mine.pk}", verb="assignment.climbed").order_by("seq")
    assert all(event.data["late"] for event in events)
    dues = list(Timer.objects.filter(subject=f"assignment:{mine.pk}").order_by("step").values_list("due_at", flat=True))
    assert [round((due - mine.order.issued_at).total_seconds()) for due in dues] == [180, 300, 600, 900, 1500]


def test_the_last_rung_repeats_until_somebody_answers(mine: Assignment, village: Person, clock: Any) -> None:
    clock.travel(minutes=40)
    fire_due()
    assert climbs(mine)[-3:] == ["county", "county", "county"]
    actions.acknowledge(mine.pk, by=village)
    clock.travel(minutes=60)
    before = len(climbs(mine))
    fire_due()
    assert len(climbs(mine)) == before


def test_an_answer_before_the_first_rung_means_no_climb(mine: Assignment, village: Person, clock: Any) -> None:
    actions.acknowledge(mine.pk, by=village)
    clock.travel(minutes=30)
    fire_due()
    assert climbs(mine) == []


def test_a_timer_of_an_earlier_generation_does_nothing(mine: Assignment, village: Person, clock: Any) -> None:
    actions.acknowledge(mine.pk, by=village)
    Timer.objects.filter(subject=f"assignment:{mine.pk}").update(state="pending")
    clock.travel(minutes=30)
    fire_due()
    assert climbs(mine) == []


def test_firing_many_takes_few_statements(order_jushui: Callable[..., Order], clock: Any) -> None:
    order_jushui(units=["331126"], posts=["village_head", "grid_worker"])
    clock.travel(minutes=4)
    with CaptureQueriesContext(connection) as statements:
        fired = fire_due()
    assert fired >= 300
    assert len(statements) < fired / 4


def test_an_order_called_off_climbs_no_further(
    order_jushui: Callable[..., Order], officer: Person, village: Person, clock: Any
) -> None:
    order = order_jushui()
    row = order.assignments.get(person=village)
    actions.call_off(order.pk, by=officer, reason="解除")
    clock.travel(minutes=30)
    fire_due()
    assert climbs(row) == []


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['colour']}{'-fast' if row['fast'] else ''}")
def test_every_default_ladder_rises_and_ends_in_a_repeat(row: dict[str, Any]) -> None:
    ladder = Snapshot(row)
    after = [rung.after_s for rung in ladder.rungs]
    assert after == sorted(set(after))
    assert [rung.do for rung in ladder.rungs][-1] == "county"
    assert ladder.wait_s(len(after)) == ladder.rungs[-1].repeat_s > 0


@pytest.mark.parametrize(("colour", "minutes"), [("blue", 30), ("yellow", 15), ("orange", 10), ("red", 5)])
def test_the_time_to_answer_is_that_of_the_domain(
    colour: str, minutes: int, order_jushui: Callable[..., Order]
) -> None:
    order = order_jushui(ladder=colour)
    assert (order.ack_due_at - order.issued_at).total_seconds() == minutes * 60
