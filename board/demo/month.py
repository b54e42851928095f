"""A running month of duty: the county, every township, and every village's nights of the flood season.

The rosters are drawn up on the evening before the first morning of board/demo/days.py, for last month too, so that the
month has no hole at its beginning; the villages' are published as of now: nobody was late for nights before that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from board.demo import days
from board.demo.crews import borrow, duty_day, set_crews, set_nights
from database.clock import now
from duty import actions
from duty.models import Handover, Roster, RosterPattern, SpotCheck
from duty.selectors.rosters import month_of, next_month
from org.models import Unit

COUNTY = "331126"
NOT_YET = ("331126105", "331126209")
"""Have drafted the months after this one and not published them: the gap ahead is to be seen."""
DAY = dt.timedelta(days=1)
AHEAD = dt.timedelta(days=30)
"""How far ahead gaps are shown (the limit ``gap_days``)."""


def tell_crews() -> None:
    """The calendar, the season, and who takes turns in the county and the townships."""
    today, director = duty_day(now()), days.director()
    month, since = month_of(today), rosters_since(today)
    with days.evening_before(today, hours=10):
        actions.seed_calendar(range(since.year, today.year + 2), by=director)
        actions.set_season(
            by=director, unit=COUNTY, kind="flood", name="汛期（示范延长）", levels=["village"],
            starts_on=month, ends_on=rosters_until(today), source="示范数据",
        )  # fmt: skip
        borrow(by=director)
        units = Unit.objects.filter(active=True, level__in=["county", "township"]).defer("boundary")
        ends = dict.fromkeys(NOT_YET, next_month(month))
        set_crews(list(units), today, since, ends, by=director)


def tell_rosters() -> None:
    """Last month, this one and the next, of the county and the townships; and two swaps."""
    today = duty_day(now())
    with days.evening_before(today, hours=9):
        _roster(rosters_since(today), rosters_until(today))
        days.ask_for_swaps(today)


def tell_nights() -> None:
    """This month's nights of the villages."""
    month, director = month_of(duty_day(now())), days.director()
    set_nights(month, by=director)
    _roster(month, next_month(month))


def tell_later_nights() -> None:
    """The nights after this month; then what two townships have drafted and not published yet."""
    today, director = duty_day(now()), days.director()
    later = next_month(month_of(today))
    _roster(later, rosters_until(today))
    townships = list(Unit.objects.filter(code__in=NOT_YET).defer("boundary"))
    set_crews(townships, today, later, {}, by=director)
    for unit in townships:
        actions.generate_now(by=director, unit=unit, first=later, until=rosters_until(today))


def _roster(first: dt.date, until: dt.date) -> None:
    """Draft what the patterns give and publish it, month by month; what is there already stays."""
    director = days.director()
    actions.generate_now(by=director, unit=COUNTY, first=first, until=until, descendants=True)
    _look_at_tables("org_unit, org_person, org_appointment, duty_shift, duty_slot")
    for month in months(first, until):
        actions.publish(by=director, unit=COUNTY, month=month, descendants=True)
    _look_at_tables("duty_shift, duty_stint, journal_timer, journal_event")


def _look_at_tables(names: str) -> None:
    """Nothing has told the planner yet that these are not empty any more; it would go through all of them each time."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {names}")


def months(first: dt.date, until: dt.date) -> Iterator[dt.date]:
    month = month_of(first)
    while month < until:
        yield month
        month = next_month(month)


def rosters_since(today: dt.date) -> dt.date:
    """The day before last month: its shift covers the first hours of it."""
    return month_of(month_of(today) - DAY) - DAY


def rosters_until(today: dt.date) -> dt.date:
    """The end of next month, or of the one after it where that lies within the days that are looked ahead."""
    return max(next_month(next_month(month_of(today))), next_month(month_of(today + AHEAD)))


PARTS: tuple[tuple[Callable[[], Any], Callable[[], bool]], ...] = (
    (tell_crews, lambda: not RosterPattern.objects.exists()),
    (tell_rosters, lambda: not Roster.objects.exists()),
    (days.tell_yesterday, lambda: not Handover.objects.exists()),
    (days.tell_today, lambda: not SpotCheck.objects.filter(planned_at__isnull=False).exists()),
    (tell_nights, lambda: not _of_villages()),
    (tell_later_nights, lambda: len(_of_villages()) == 1),
)
"""Each is a transaction of its own (an event is committed within 50 seconds), told where it is not there yet."""


def _of_villages() -> set[dt.date]:
    return set(Roster.objects.filter(unit__level="village").values_list("month", flat=True).distinct())
