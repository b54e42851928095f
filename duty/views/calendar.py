"""The month of a unit, and what its calendar needs: patterns, seasons, holidays, shifts that a new calendar affects."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from database.clock import today
from duty import actions
from duty.actions.calendar import affected_shifts, calendar_warnings
from duty.models import Generation
from duty.screens import calendar
from duty.screens.place import FIRST_YEAR, LAST_YEAR, chosen_month, may_roster, month_frame
from duty.selectors.rosters import feeds_of
from duty.views.forms import AcceptForm
from org.models import Unit
from org.screens.place import chosen_unit
from org.selectors.jurisdiction import jurisdiction_of, visible_to
from web.bounds import whole_number
from web.dialogs import Act, perform, posted
from web.requests import Request

VIEWS = ("grid", "list")


def month(request: Request) -> HttpResponse:
    """``?unit=CODE&month=2026-11&view=list``."""
    unit, first = chosen_unit(request), chosen_month(request)
    view = request.GET.get("view") if request.GET.get("view") in VIEWS else "grid"
    context = {"view": view, **_of_month(request, unit, first), **month_frame(first)}
    if request.headers.get("HX-Request"):
        return render(request, "duty/_month.html", context)
    return render(request, "duty/month.html", context | {"units": calendar.units_to_pick(request.user)})


def _of_month(request: Request, unit: Unit, first: dt.date) -> dict[str, Any]:
    may, found = may_roster(request.user, unit), calendar.month_of(request.user, unit, first)
    return {
        "unit": unit,
        "found": found,
        "may": may,
        "feeds": feeds_of(unit) if may else None,
        "warnings": calendar_warnings(first, found.until),
        "generation": _running(request),
    }


def _running(request: Request) -> Generation | None:
    rows = Generation.objects.filter(visible_to(request.user), status=Generation.Status.RUNNING)
    return rows.order_by("-pk").first()


def affected(request: Request) -> HttpResponse:
    """Coming shifts made for a day of another kind than the calendar says now; they stay until somebody decides."""
    year = _year(request)
    context = {"year": year, "shifts": _affected(request, year), "warnings": calendar_warnings(*_span(year))}
    return render(request, "duty/affected.html", context)


def accept(request: Request) -> HttpResponse:
    """Leave the shifts ticked as they are under the new calendar."""
    form = AcceptForm(posted(request))

    def do(data: dict[str, Any]) -> str:
        number = actions.accept_calendar(data["shifts"], by=request.user)
        return _("%(number)s shifts stay as they are.") % {"number": number}

    act = Act(_("Leave as they are"), _("Leave as they are"), form, do, reverse("duty:affected"))
    return perform(request, act)


def _year(request: Request) -> int:
    raw = request.GET.get("year", "")
    year = whole_number(raw) or today().year
    return year if FIRST_YEAR <= year <= LAST_YEAR else today().year


def _span(year: int) -> tuple[Any, Any]:
    first = today().replace(year=year, month=1, day=1)
    return first, first.replace(month=12, day=31)


def _affected(request: Request, year: int) -> list[Any]:
    found = jurisdiction_of(request.user)
    rows = affected_shifts(year)
    return [shift for shift in rows if found.allows("view", shift.unit.path)][:500]
