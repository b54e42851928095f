"""The demo county's running month of duty, told by the users' own actions, at any hour of any day."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.test import override_settings

from board.demo import days, month
from duty import actions, selectors, watch
from duty.demo import boundary, duty_day
from duty.models import CallLog, GapAlarm, Handover, Roster, SpotCheck, Swap
from duty.selectors import month_of, next_month
from journal.models import Event, Timer
from org.clock import now
from org.models import Person, Unit

pytestmark = pytest.mark.django_db
BEIJING = ZoneInfo("Asia/Shanghai")
DAY = dt.timedelta(days=1)


def test_the_county_its_townships_and_its_villages_have_a_running_month(empty_register: None, clock: Any) -> None:
    """Ten minutes before the first change of shift of a year: on duty is still the last day of the old one."""
    morning = dt.datetime(2027, 1, 1, 8, 20, tzinfo=BEIJING)
    clock.travel(seconds=(morning - clock.now()).total_seconds())
    today = duty_day(now())
    with override_settings(DEMO=True):
        call_command("found_demo", verbosity=0)
        before = Event.objects.count()
        call_command("found_demo", verbosity=0)
    assert Event.objects.count() == before, "a second founding changes nothing"
    _rosters_are_published(today)
    _somebody_is_on(today)
    _shifts_changed(today)
    _the_days_were_lived()
    _the_circular_is_just(today)


def _rosters_are_published(today: dt.date) -> None:
    this = month_of(today)
    published = Counter(Roster.objects.filter(status="published").values_list("month", "unit__level"))
    assert [published[this, level] for level in ("county", "township", "village")] == [1, 19, 203]
    assert [published[next_month(this), level] for level in ("county", "township", "village")] == [1, 17, 203]
    drafts = Roster.objects.filter(status="draft", month=next_month(this)).values_list("unit__code", flat=True)
    assert set(drafts) == set(month.NOT_YET)


def _somebody_is_on(today: dt.date) -> None:
    present = now()
    county = watch.crew(Unit.objects.get(code="331126"), present)
    assert (county["main"].person_id, county["leader"].person_id) == (
        Person.objects.get(username="officer").pk, Person.objects.get(username="leader").pk,
    )  # fmt: skip
    assert len(watch.on_duty(list(Unit.objects.filter(level="township")), present)) == 19 * 3
    villages = list(Unit.objects.filter(level="village"))
    for day in (month_of(today), today, today + 30 * DAY):
        night = dt.datetime.combine(day, dt.time(23), tzinfo=BEIJING)
        assert len(watch.on_duty(villages, night)) == 203 * 3
    ahead = watch.gaps(None, present, present + month.AHEAD)
    assert {gap.unit_code for gap in ahead} <= set(month.NOT_YET)
    assert not GapAlarm.objects.exists()


def _shifts_changed(today: dt.date) -> None:
    stands = Counter(Handover.objects.values_list("due_at", "status"))
    yesterday, morning = boundary(today - DAY), boundary(today)
    assert stands[yesterday, "accepted"] == 20
    assert (stands[morning, "accepted"], stands[morning, "half_signed"]) == (19, 1)
    told = set(Handover.objects.filter(late_told_at__isnull=False).values_list("unit__code", "due_at"))
    assert told == {(days.HELD_UP, yesterday), (days.CUT_OFF, morning)}
    assert {one.unit_code for one in watch.on_duty() if one.overstays} == {days.CUT_OFF}
    tomorrow = boundary(today + DAY)
    assert stands[tomorrow, "accepted"] > 0, "the townships have begun to sign"
    assert Handover.objects.get(due_at=tomorrow, unit__code="331126").status == "open", "left to who looks at it"


def _the_days_were_lived() -> None:
    assert set(Swap.objects.values_list("status", flat=True)) == {"approved", "taken"}
    waiting = Swap.objects.get(status="taken")
    assert actions.approve_swap(waiting.pk, by=Person.objects.get(username="township")).status == "approved"
    checks = SpotCheck.objects.exclude(status="planned").values_list("status", "outcome")
    assert sorted(checks) == [
        ("closed", "absent_post"), ("closed", "normal"), ("closed", "normal"), ("leader_called", "no_answer"),
    ]  # fmt: skip
    assert SpotCheck.objects.filter(status="planned", planned_at__gt=now()).count() >= 19
    assert CallLog.objects.count() == 4
    assert CallLog.objects.get(corrects__isnull=False).place == "举水乡地山村"
    assert not Event.objects.filter(at__gt=now()).exists(), "the story ends now"
    assert not Timer.objects.filter(state=Timer.State.PENDING, due_at__lt=now() - dt.timedelta(minutes=1)).exists()
    assert not Timer.objects.filter(attempts__gt=0).exists()


def _the_circular_is_just(today: dt.date) -> None:
    rows = selectors.statistics(Unit.objects.get(code="331126"), month_of(today))
    assert sum(row["shifts"] for row in rows) > 0
    assert not any(row["gap_s"] for row in rows)
    missed = {row["code"]: row["not_checked_in"] for row in rows if row["not_checked_in"]}
    assert missed == {days.CUT_OFF: 1}, "whoever was cut off; nobody for a day before the roster was there"


@pytest.mark.parametrize(
    "day", [dt.date(2026, 11, 22), dt.date(2026, 12, 31), dt.date(2027, 1, 31), dt.date(2028, 2, 1)]
)
def test_rosters_reach_from_before_last_month_to_past_all_days_that_are_looked_ahead(day: dt.date) -> None:
    since, until = month._since(day), month._until(day)
    assert since == month_of(month_of(day) - DAY) - DAY
    assert until.day == 1
    assert until > day + month.AHEAD
    assert until >= next_month(next_month(month_of(day)))
    months = list(month._months(since, until))
    assert months[0] == month_of(since)
    assert months[-1] == month_of(until - DAY)
    assert len(months) in (4, 5)
