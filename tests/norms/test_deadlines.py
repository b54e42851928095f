"""Deadlines: counted by the database in Asia/Shanghai, each with the sentence why."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from norms.models import CalendarDay, Deadline, Number
from norms.rules.deadlines import WHYS, first_step, moment, say
from norms.rules.numbers import Measure
from norms.selectors.deadlines import after, counted, on

pytestmark = pytest.mark.django_db
TIMES = {Measure.MINUTES, Measure.HOURS, Measure.DAYS, Measure.WORKING_DAYS, Measure.MONTHS}


def beijing(text: str) -> dt.datetime:
    return timezone.make_aware(dt.datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("value", "measure", "due"),
    [
        (30, "minutes", "2027-03-05 23:59:10"),
        (2, "hours", "2027-03-06 01:29:10"),
        (3, "days", "2027-03-08 23:59:59"),
        (1, "working_days", "2027-03-08 23:59:59"),
        (1, "months", "2027-04-05 23:59:59"),
    ],
)
def test_every_measure_of_time_is_counted_and_says_why(value: int, measure: str, due: str) -> None:
    since = beijing("2027-03-05 23:29:10")
    kept = {"source": "x", "effective_from": beijing("2027-01-01 00:00")}
    Number.objects.create(code="report", value=value, measure=measure, **kept)
    found = counted("report", "report", since)
    assert found.due_at == beijing(due)
    with override("en"):
        assert say(found.why).startswith(f"{value} {measure.replace('_', ' ')} from")


def test_every_measure_of_time_has_its_sentence() -> None:
    assert {measure.value for measure in TIMES} <= set(WHYS)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [("2026-01-31", 1, "2026-02-28"), ("2024-02-29", 36, "2027-02-28"), ("2026-12-15", 1, "2027-01-15")],
)
def test_months_end_where_they_end(day: str, months: int, then: str) -> None:
    made = after("drill", dt.date.fromisoformat(day), months, Measure.MONTHS, "drill_months")
    assert made.day == dt.date.fromisoformat(then)


def test_working_days_pass_over_what_the_newest_calendar_calls_a_holiday() -> None:
    day = dt.date(2027, 3, 8)
    for version, kind in ((1, "holiday"), (2, "normal"), (3, "holiday")):
        CalendarDay.objects.create(date=day, kind=kind, source="x", version=version, official=True)
    made = after("drill", dt.date(2027, 3, 5), 1, Measure.WORKING_DAYS, "x")
    assert (made.day, made.calendar_version) == (dt.date(2027, 3, 9), 3)


def test_a_deadline_costs_one_statement() -> None:
    with CaptureQueriesContext(connection) as captured:
        counted("register", "register")
        on("rectify", dt.date(2027, 3, 5), "plan", "plan", limit="")
        after("drill", dt.date(2027, 3, 5), 36, Measure.MONTHS, "drill_months")
    assert len(captured) == 3


def test_reminders_are_counted_from_the_number_in_force() -> None:
    Number.objects.filter(code="remind_first").update(value=9)
    assert counted("register", "register").remind == (9, 3)


def test_a_clock_begins_with_the_first_reminder_that_is_still_to_come() -> None:
    due = beijing("2027-03-20 23:59:59")
    steps = [first_step(due, (7, 3), beijing(f"2027-03-{day} 12:00")) for day in ("10", "14", "18", "25")]
    assert steps == [0, 1, 2, 2]
    assert moment(due, 4, (7, 3)) == beijing("2027-03-22 08:30")


def test_an_app_that_owes_something_inherits_the_deadline_and_no_field_of_it_is_lost() -> None:
    kept = {field.name for field in Deadline._meta.get_fields()}
    assert Deadline._meta.abstract
    heirs = Deadline.__subclasses__()
    assert heirs
    assert [heir for heir in heirs if kept - {field.name for field in heir._meta.get_fields()}] == []
