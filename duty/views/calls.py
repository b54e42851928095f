"""The call log (值班记录): entries of a unit's book, corrections beside what they strike through, print and Excel."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from database.clock import now, today
from duty import actions
from duty.models import CallLog
from duty.screens.calendar import units_to_pick
from duty.selectors import rosters
from duty.views.forms import CallForm, CorrectForm
from org.models import Person, Unit
from org.rules import capabilities
from org.screens.place import chosen_unit, unit_of
from org.selectors.jurisdiction import allowed
from web.dialogs import Act, perform, posted
from web.errors import Invalid, NotFound
from web.requests import Request
from web.views.waiting import wait_for

PER_PAGE = 50
MOST = 5000
MOST_ON_PAPER = 1000
"""Entries of one PDF: some sixty pages, half a minute of one core."""
DAY = dt.timedelta(days=1)
FIELDS = ("caller_phone", "caller_name", "caller_unit", "caller_post", "place", "content", "measures", "told")


def log(request: Request) -> HttpResponse:
    """``?unit=CODE&day=2026-11-01&until=2026-11-30&text=``; ``day`` alone is that day, ``until`` is the last one."""
    unit = chosen_unit(request)
    page = Paginator(entries(request.user, unit, request.GET), PER_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.turn = _turns(row)
    context = {"unit": unit, "page": page, **{name: request.GET.get(name, "") for name in ("day", "until", "text")}}
    context |= {"may": allowed(request.user, capabilities.ANSWER, unit.path), "months": _months()}
    if request.headers.get("HX-Request"):
        return render(request, "duty/_log.html", context)
    return render(request, "duty/log.html", context | {"units": units_to_pick(request.user)})


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


def _months() -> list[tuple[str, dt.date, dt.date]]:
    """(label, first day, last day) of the months that are chosen by one click."""
    this = rosters.month_of(today())
    before = rosters.month_of(this - DAY)
    return [(_("This month"), this, rosters.next_month(this) - DAY), (_("Last month"), before, this - DAY)]


def _turns(row: CallLog) -> dict[str, str]:
    """Where an entry leads in one click: pages of an upper app, by their addresses, with what is known filled in."""
    first = row.content.strip().splitlines()[0] if row.content.strip() else ""
    incident = {"title": first[:120], "place": row.place, "unit": row.unit.code}
    order = {"text": row.content[:2000], "units": row.unit.code}
    return {
        "incident": f"/incidents/new/?{urlencode({k: v for k, v in incident.items() if v})}",
        "order": f"/orders/new/?{urlencode(order)}",
    }


def new(request: Request, code: str) -> HttpResponse:
    unit = unit_of(request.user, code)
    form = CallForm(posted(request), initial={"at": now()})

    def do(data: dict[str, Any]) -> str:
        actions.log_call(by=request.user, unit=unit, **data)
        return _("Logged.")

    act = Act(_("Log a call"), _("Log it"), form, do, _back(unit), template="duty/acts/call.html")
    return perform(request, act)


def correct(request: Request, pk: int) -> HttpResponse:
    row = call_of(request.user, pk)
    given = {name: getattr(row, name) for name in ("at", "occurred_at", *FIELDS)}
    form = CorrectForm(posted(request), initial=given)

    def do(data: dict[str, Any]) -> str:
        actions.correct_call(pk, by=request.user, **data)
        return _("Corrected; the old entry is struck through.")

    note = _("Nothing is erased: the entry is struck through and this one stands beside it.")
    act = Act(_("Correct an entry"), _("Strike through and correct"), form, do, _back(row.unit), note=note,
              template="duty/acts/call.html")  # fmt: skip
    return perform(request, act)


def call_of(person: Person, pk: int) -> CallLog:
    found = rosters.with_call_parts(rosters.calls_visible_to(person)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def export(request: Request, code: str) -> HttpResponse:
    unit = unit_of(request.user, code)
    days(request.GET)
    return wait_for(request, "duty.call_log_sheet", {"unit": unit.code, "query": request.GET.urlencode()})


@require_safe
def paper(request: Request, code: str) -> HttpResponse:
    """The days asked for as a PDF, or a month up to ``until``, or the present one; struck-through entries stay in."""
    unit = unit_of(request.user, code)
    entries_on_paper(request.user, unit, request.GET)
    return wait_for(request, "duty.call_log", {"unit": unit.code, "query": request.GET.urlencode()})


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


def _back(unit: Unit) -> str:
    return f"{reverse('duty:log')}?unit={unit.code}"
