"""The call log (值班记录): entries of a unit's book, corrections beside what they strike through, print and Excel."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from database.clock import now, today
from duty import actions
from duty.models import CallLog
from duty.screens.calendar import units_to_pick
from duty.screens.calls import DAY, days, entries, entries_on_paper
from duty.selectors import rosters
from duty.selectors.superiors import waiting_for
from duty.views.forms import CallForm, CorrectForm, ReplyForm
from org.models import Person, Unit
from org.rules import capabilities
from org.screens.place import chosen_unit, unit_of
from org.selectors.jurisdiction import allowed
from web.dialogs import Act, perform, posted
from web.errors import NotFound
from web.requests import Request
from web.views.waiting import wait_for

PER_PAGE = 50
FIELDS = ("caller_phone", "caller_name", "caller_unit", "caller_post", "place", "content", "measures", "told")


def log(request: Request) -> HttpResponse:
    """``?unit=CODE&day=2026-11-01&until=2026-11-30&text=``; ``day`` alone is that day, ``until`` is the last one."""
    unit = chosen_unit(request)
    page = Paginator(entries(request.user, unit, request.GET), PER_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.turn = _turns(row)
    context = {"unit": unit, "page": page, **{name: request.GET.get(name, "") for name in ("day", "until", "text")}}
    context |= {"may": allowed(request.user, capabilities.ANSWER, unit.path), "months": _months()}
    context["owed"] = owed = list(waiting_for(request.user).filter(unit=unit))
    waiting = {row.pk for row in owed}
    for row in page.object_list:
        row.waits = row.pk in waiting
    if request.headers.get("HX-Request"):
        return render(request, "duty/_log.html", context)
    return render(request, "duty/log.html", context | {"units": units_to_pick(request.user)})


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
    form = CallForm(posted(request), initial={"at": now(), "kind": request.GET.get("kind", "call")})

    def do(data: dict[str, Any]) -> str:
        actions.log_call(by=request.user, unit=unit, **data)
        return _("Logged.")

    act = Act(_("Log a call"), _("Log it"), form, do, _back(unit), template="duty/acts/call.html")
    return perform(request, act)


def reply(request: Request, pk: int) -> HttpResponse:
    row = call_of(request.user, pk)
    form = ReplyForm(
        posted(request), initial={"at": now(), "caller_name": row.caller_name, "caller_phone": row.caller_phone}
    )

    def do(data: dict[str, Any]) -> str:
        actions.reply_to_superior(pk, by=request.user, **data)
        return _("Logged; the call is chased no more.")

    who = row.caller_unit or row.caller_name or _("a superior")
    act = Act(
        _("Reply to %(who)s") % {"who": who}, _("Log the reply"), form, do, _back(row.unit), note=row.content[:200]
    )
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


def _back(unit: Unit) -> str:
    return f"{reverse('duty:log')}?unit={unit.code}"
