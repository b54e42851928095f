"""Resolving the URLs of duty: the unit, the month, and the frame in which the person works."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from database.clock import today
from duty.selectors.rosters import month_of, next_month
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from web.errors import NotFound
from web.requests import Request

MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Beyond these no roster is drawn up: a date of nonsense in an address."""


def chosen_month(request: Request) -> dt.date:
    """``?month=2026-11`` as its first day; the present month when it is missing or none at all."""
    found = MONTH.fullmatch(request.GET.get("month", ""))
    try:
        return month_at(int(found[1]), int(found[2])) if found else month_of(today())
    except NotFound:
        return month_of(today())


def month_at(year: int, number: int) -> dt.date:
    """The first day of the month that an address names. NotFound for what no roster reaches."""
    if not (1 <= number <= 12 and FIRST_YEAR <= year <= LAST_YEAR):
        raise NotFound
    return dt.date(year, number, 1)


def month_frame(first: dt.date) -> dict[str, Any]:
    """The months on either side, for the switch."""
    return {"month": first, "month_before": month_of(first - dt.timedelta(days=1)), "month_after": next_month(first)}


def may_roster(person: Person, unit: Unit) -> bool:
    return allowed(person, capabilities.ROSTER, unit.path)
