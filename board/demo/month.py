"""A running month of duty: the county, its departments that matter, every township, and the villages' nights where the
flood season is on; who of the leaders is in the county.

The rosters are drawn up on the evening before the first morning of board/demo/days.py, for last month too, so that the
month has no hole at its beginning; the villages' are published as of now: nobody was late for nights before that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from board.demo import days
from board.demo.crews import desks, duty_day, engage, set_crews, set_nights
from database.clock import now
from duty import actions
from duty.models import Handover, Roster, RosterPattern, Season, SpotCheck, Whereabouts
from duty.selectors.rosters import month_of, next_month
from org.models import Person, Unit

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
        for kind, name, level, starts_on, ends_on in _seasons(since, rosters_until(today)):
            actions.set_season(
                by=director, unit=COUNTY, kind=kind, name=name, levels=[level], starts_on=starts_on, ends_on=ends_on,
                strengthened=level == "village", source="示范数据，以县政府公布为准",
            )  # fmt: skip
        engage(by=director)
        ends = dict.fromkeys(NOT_YET, next_month(month))
        set_crews(desks(), today, since, ends, by=director)


def _seasons(since: dt.date, until: dt.date) -> Iterator[tuple[str, str, str, dt.date, dt.date]]:
    """Those that touch the months told of: kind, name, level, first day, the day after the last one."""
    for year in range(since.year - 1, until.year + 1):
        flood = (dt.date(year, 4, 15), dt.date(year, 10, 16))
        fire = (dt.date(year, 11, 1), dt.date(year + 1, 5, 1))
        for kind, name, level, (first, end) in (
            ("flood", f"{year}年汛期", "village", flood),
            ("flood", f"{year}年汛期（部门值班）", "department", flood),
            ("forest_fire", f"{year}年森林防火期", "department", fire),
        ):
            if first < until and end > since:
                yield kind, name, level, first, end


def tell_rosters() -> None:
    """Last month, this one and the next, of the county and the townships; and two swaps."""
    today = duty_day(now())
    with days.evening_before(today, hours=9):
        _roster(rosters_since(today), rosters_until(today))
        days.ask_for_swaps(today)


def tell_nights() -> None:
    """The villages' nights from this month on, as of now: nobody was late for nights before that."""
    today, director = duty_day(now()), days.director()
    set_nights(month_of(today), by=director)
    _roster(month_of(today), rosters_until(today))


def tell_drafts() -> None:
    """What two townships have drafted for the months after this one, and not published yet."""
    today, director = duty_day(now()), days.director()
    later = next_month(month_of(today))
    townships = list(Unit.objects.filter(code__in=NOT_YET).defer("boundary"))
    set_crews(townships, today, later, {}, by=director)
    for unit in townships:
        actions.generate_now(by=director, unit=unit, first=later, until=rosters_until(today))


def tell_leaders() -> None:
    """This morning's taps; the magistrate is away, and has authorised the deputy for what may be left to them."""
    present, office = now(), Person.objects.get(username="officer")
    held = {post: _holder(post) for post in ("party_secretary", "magistrate", "deputy_magistrate")}
    for post in ("party_secretary", "deputy_magistrate"):
        actions.tell_in_county(by=office, unit=COUNTY, person=held[post], means="县委办、县府办晨间报告")
    back = present + dt.timedelta(days=2)
    actions.authorise(
        by=office, unit=COUNTY, giver=held["magistrate"], deputy=held["deputy_magistrate"], start=present, end=back,
        matters=["level_II", "level_III", "level_IV", "papers"], document="庆政办函〔2026〕41号",
    )  # fmt: skip
    actions.file_absence(
        by=office, unit=COUNTY, person=held["magistrate"], kind="away", start=present, end=back,
        place="杭州参加省里会议", means="县府办书面报备",
    )  # fmt: skip


def _holder(post: str) -> Person:
    held = {"appointments__role": "A", "appointments__valid_to": None}
    return Person.objects.get(appointments__post__code=post, **held)


def _season_on() -> bool:
    """Whether the villages keep watch at night in what is told."""
    today = duty_day(now())
    rows = Season.objects.filter(kind="flood", starts_on__lt=rosters_until(today), ends_on__gt=month_of(today))
    return rows.filter(levels__contains=["village"]).exists()


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
    (tell_nights, lambda: _season_on() and not Roster.objects.filter(unit__level="village").exists()),
    (tell_drafts, lambda: not Roster.objects.filter(unit__code__in=NOT_YET, status="draft").exists()),
    (tell_leaders, lambda: not Whereabouts.objects.exists()),
)
"""Each is a transaction of its own (an event is committed within 50 seconds), told where it is not there yet."""
