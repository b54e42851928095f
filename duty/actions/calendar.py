"""Holidays and adjusted working days (调休): seeded, then replaced by what the State Council announces."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import holidays
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from database.clock import now
from duty.actions.edit import locked_shifts
from duty.models import Shift
from journal.actions.recording import Actor, record
from norms.models import CalendarDay
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import jurisdiction_of
from web.errors import Forbidden, Invalid

Kind = CalendarDay.Kind
LOCK = 7_331_128
SOURCE = "holidays %(version)s"


@transaction.atomic
def seed_calendar(years: Sequence[int], *, by: Actor) -> list[Shift]:
    """Load the years from the `holidays` package. A year whose make-up working days it does not know yet is kept as
    not official; pages then warn that the official year is not loaded.
    """
    affected: list[Shift] = []
    for year in years:
        known = holidays.country_holidays("CN", years=year, language="zh_CN")
        days = {day: (Kind.HOLIDAY, name) for day, name in known.items()}
        made_up = {day for day in getattr(known, "weekend_workdays", ()) if day.year == year}
        days |= {day: (Kind.WORKING, "调休上班") for day in made_up if day not in days}
        source = SOURCE % {"version": holidays.__version__}
        affected += set_calendar_year(year, days, source=source, official=bool(made_up), by=by)
    return affected


@transaction.atomic
def set_calendar_year(
    year: int, days: Mapping[dt.date, tuple[str, str]], *, source: str, official: bool, by: Actor
) -> list[Shift]:
    """Give ``year`` a new version: date → (kind, name), every other date by its weekday.

    Nothing in any roster is changed. Returns the coming shifts whose day is now of another kind, for people to look
    at; they are also what `affected_shifts` finds until they are edited or generated anew.
    """
    _may(by)
    if any(day.year != year or kind not in Kind.values for day, (kind, _name) in days.items()):
        raise Invalid.field(
            "days", _("Each date lies in the year, and is a holiday, a working day or an ordinary day.")
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    of_year = CalendarDay.objects.filter(date__year=year)
    version = (of_year.aggregate(last=Max("version"))["last"] or 0) + 1
    before = of_year.filter(version=version - 1).values_list("date", flat=True)
    # A date that was something in the version before and is nothing now has to say so, or the old row would count.
    whole = dict.fromkeys(before, (Kind.NORMAL, "")) | dict(days)
    CalendarDay.objects.bulk_create(
        CalendarDay(date=day, kind=kind, name=name, source=source, version=version, official=official)
        for day, (kind, name) in sorted(whole.items())
    )
    affected = affected_shifts(year)
    top = Unit.objects.filter(parent=None).values_list("path", flat=True).first() or ""
    data = {"year": year, "version": version, "official": official, "source": source, "affected": len(affected)}
    record("calendar.set", f"calendar:{year}", top, by=by, data=data)
    return affected


def _may(by: Actor) -> None:
    """The calendar is the whole county's: for whoever keeps its rosters."""
    if isinstance(by, Person):
        found = jurisdiction_of(by)
        if not found.everything and not any(path.count(".") == 2 for path in found.scopes(capabilities.ROSTER)):
            raise Forbidden(_("Your posts do not allow this here."))


_AFFECTED = """
    SELECT s.id FROM duty_shift s
    WHERE s.called_off_at IS NULL AND lower(s.during) > %s
      AND extract(year FROM lower(s.during) AT TIME ZONE 'Asia/Shanghai') = %s
      AND s.rest_day <> rest_day((lower(s.during) AT TIME ZONE 'Asia/Shanghai')::date)
"""


def affected_shifts(year: int) -> list[Shift]:
    """Coming shifts, drafts too, made for a day of another kind than the calendar says now."""
    with connection.cursor() as cursor:
        cursor.execute(_AFFECTED, [now(), year])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Shift.objects.filter(pk__in=ids).select_related("unit").defer("unit__boundary"))


@dataclass(frozen=True)
class CalendarWarning:
    """``year`` is missing, or known without its adjusted working days."""

    year: int
    loaded: bool

    @property
    def text(self) -> str:
        return _("The official calendar of %(year)s is not loaded: adjusted working days may change it.") % {
            "year": self.year
        }


def calendar_warnings(first: dt.date, until: dt.date) -> list[CalendarWarning]:
    """The years of [first, until) whose official calendar is not loaded."""
    years = range(first.year, (until - dt.timedelta(days=1)).year + 1)
    found = []
    for year in years:
        newest = CalendarDay.objects.filter(date__year=year).order_by("-version").first()
        if newest is None or not newest.official:
            found.append(CalendarWarning(year, newest is not None))
    return found


@transaction.atomic
def accept_calendar(shift_ids: Sequence[int], *, by: Person) -> int:
    """These shifts were looked at and stay as they are: they are not affected any more. Returns how many."""
    shifts = locked_shifts(shift_ids, by)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE duty_shift SET rest_day = rest_day((lower(during) AT TIME ZONE 'Asia/Shanghai')::date)"
            " WHERE id = ANY(%s)",
            [[shift.pk for shift in shifts]],
        )
    for shift in shifts:
        record("shift.calendar_accepted", f"shift:{shift.pk}", shift.unit.path, by=by)
    return len(shifts)
