"""The entries of the call log that are asked for."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from database.clock import today
from duty.models import CallLog
from duty.selectors import rosters
from org.models import Person, Unit
from web.errors import Invalid

MOST = 5000
MOST_ON_PAPER = 1000
"""Entries of one PDF: some sixty pages, half a minute of one core."""
DAY = dt.timedelta(days=1)


def entries(person: Person, unit: Unit, query: QueryDict) -> QuerySet[CallLog]:
    rows = rosters.with_call_parts(rosters.calls_visible_to(person)).filter(unit=unit)
    first, last = days(query)
    if first:
        rows = rows.filter(at__gte=rosters.midnight(first))
    if last:
        rows = rows.filter(at__lt=rosters.midnight(last + DAY))
    if text := words(query):
        names = ("content", "place", "caller_name", "caller_unit", "caller_phone", "measures")
        wanted = Q()
        for name in names:
            wanted |= Q(**{f"{name}__icontains": text})
        rows = rows.filter(wanted)
    return rows


def words(query: QueryDict) -> str:
    return query.get("text", "").strip()[:80]


def days(query: QueryDict) -> tuple[dt.date | None, dt.date | None]:
    """The first and the last day asked for. Invalid where one is no date, or the last lies before the first."""
    first, last = _day(query, "day"), _day(query, "until")
    if first and last and last < first:
        raise Invalid.field("until", _("The last day lies before the first."))
    return first, last or first


def _day(query: QueryDict, name: str) -> dt.date | None:
    raw = query.get(name, "")
    try:
        found = parse_date(raw)
    except ValueError:
        found = None
    if raw and (found is None or found.year < 1900 or found.year > 2999):
        raise Invalid.field(name, _("Give a date such as 2026-11-22."))
    return found


def entries_on_paper(person: Person, unit: Unit, query: QueryDict) -> tuple[QuerySet[CallLog], dt.date, dt.date]:
    """The entries in a book's order, and the days that they are of. Invalid when they are more than one PDF takes."""
    first, last = days(query)
    first = first or rosters.month_of(last or today())
    last = last or rosters.next_month(first) - DAY
    rows = entries(person, unit, query).filter(at__gte=rosters.midnight(first), at__lt=rosters.midnight(last + DAY))
    if (number := rows.count()) > MOST_ON_PAPER:
        most = {"n": number, "most": MOST_ON_PAPER}
        raise Invalid.field("until", _("%(n)s entries; one PDF takes %(most)s. Choose fewer days.") % most)
    return rows.order_by("at", "pk"), first, last
