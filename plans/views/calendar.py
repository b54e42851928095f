"""The year of reviews, drills and filings, month by month, and what is late."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.http import HttpResponse
from django.shortcuts import render

from database.clock import today
from org.models import Person
from plans.models import Due
from plans.screens.place import may_write
from plans.selectors import plans
from web.requests import Request

T = TypeVar("T", bound=Due)

FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass
class Month:
    first: dt.date
    rows: list[plans.DatedDue] = field(default_factory=list)


def calendar(request: Request) -> HttpResponse:
    """``?year=2027&what=drill``."""
    present, year = today(), _year(request)
    what = next((code for code in Due.What.values if code == request.GET.get("what")), "")
    months = [Month(dt.date(year, number, 1)) for number in range(1, 13)]
    for row in _rows(request.user, year, what):
        months[row.on.month - 1].rows.append(row)
    late = [_marked(request.user, row) for row in _late(request.user, present, what)]
    context: dict[str, Any] = {
        "months": months, "year": year, "before": year - 1, "after": year + 1, "what": what, "late": late,
        "whats": Due.What.choices, "today": present, "this_month": present.replace(day=1),
        "any": any(month.rows for month in months),
    }  # fmt: skip
    template = "plans/_calendar.html" if request.headers.get("HX-Request") else "plans/calendar.html"
    return render(request, template, context)


def _rows(person: Person, year: int, what: str) -> list[plans.DatedDue]:
    rows = plans.dues_between(person, dt.date(year, 1, 1), dt.date(year + 1, 1, 1))
    return [_marked(person, row) for row in (rows.filter(what=what) if what else rows)]


def _late(person: Person, present: dt.date, what: str) -> list[Due]:
    rows = plans.overdue(person, present).order_by("due_on", "id")
    return list(rows.filter(what=what) if what else rows)


def _marked(person: Person, row: T) -> T:
    row.may = may_write(person, row.plan.unit)
    return row


def _year(request: Request) -> int:
    raw = request.GET.get("year", "")
    year = int(raw) if raw.isdecimal() and len(raw) == 4 else today().year
    return min(max(year, FIRST_YEAR), LAST_YEAR)
