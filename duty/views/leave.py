"""Leave: asking, recording, deciding; the list."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from database.clock import now
from duty import actions
from duty.actions.lookup import unit_for
from duty.models import Leave
from duty.rules.spans import span
from duty.screens.place import may_roster
from duty.selectors import rosters
from duty.selectors.leave import warnings
from duty.views.forms import AnswerForm, LeaveForm, RecordLeaveForm
from org.models import Person
from org.rules import capabilities
from org.screens.place import frame_of, may_somewhere
from web.dialogs import Act, NoFields, perform, posted
from web.errors import NotFound
from web.requests import Request

PER_PAGE = 50
OPEN = ("asked", "approved")


def leaves(request: Request) -> HttpResponse:
    show = request.GET.get("show", "open")
    rows = rosters.with_leave_parts(rosters.leaves_visible_to(request.user))
    if show == "open":
        rows = rows.filter(status__in=OPEN, during__endswith__gt=now()).order_by("during", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        _with_acts(row, request.user)
    keeps = may_somewhere(request.user, capabilities.ROSTER)
    template = "duty/_leaves.html" if request.headers.get("HX-Request") else "duty/leaves.html"
    return render(request, template, {"page": page, "show": show, "keeps": keeps, **frame_of(request.user)})


def _with_acts(row: Leave, person: Person) -> None:
    """What this person may do with it, and what whoever decides must know."""
    keeps, over = may_roster(person, row.unit), row.during.upper <= now()
    row.may_decide = keeps and row.status == "asked" and row.person_id != person.pk
    own = person.pk in (row.person_id, row.asked_by_id)
    row.may_withdraw = row.status in OPEN and not over and (keeps or own)
    row.warnings = [] if over else warnings(row)


def leave_of(person: Person, pk: int) -> Leave:
    found = rosters.with_leave_parts(rosters.leaves_visible_to(person)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def ask(request: Request) -> HttpResponse:
    def do(data: dict[str, Any]) -> str:
        row = actions.ask_leave(by=request.user, **data)
        return " ".join([_("Asked. Whoever keeps the roster decides."), *map(str, warnings(row))])

    note = _("Until it is approved you stay on duty where you are planned.")
    return perform(request, Act(_("Ask for leave"), _("Ask"), LeaveForm(posted(request)), do, _list(), note=note))


def record(request: Request, code: str) -> HttpResponse:
    unit = unit_for(code, by=request.user, capability=capabilities.ROSTER)

    def do(data: dict[str, Any]) -> str:
        row = actions.record_leave(by=request.user, unit=unit, **data)
        return " ".join(
            [_("Recorded: %(name)s is on leave then.") % {"name": row.person.label}, *map(str, warnings(row))]
        )

    note = _("%(unit)s: nobody plans them in that time, and where they are planned their stand-in answers.")
    form = RecordLeaveForm(posted(request), unit=unit)
    return perform(request, Act(_("Record a leave"), _("Record"), form, do, _list(), note=note % {"unit": unit.label}))


@require_POST
def approve(request: Request, pk: int) -> HttpResponse:
    leave_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        row = actions.approve_leave(pk, by=request.user)
        return _("Approved: %(name)s is on leave then.") % {"name": row.person.label}

    return perform(request, Act(_("Approve the leave"), _("Approve"), NoFields(posted(request)), do, _list()))


def refuse(request: Request, pk: int) -> HttpResponse:
    leave_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.refuse_leave(pk, by=request.user, **data)
        return _("Refused; they are told.")

    return perform(request, Act(_("Refuse the leave"), _("Refuse"), AnswerForm(posted(request)), do, _list()))


def withdraw(request: Request, pk: int) -> HttpResponse:
    row = leave_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.withdraw_leave(pk, by=request.user)
        return _("Withdrawn: they are on duty again where they are planned.")

    note = f"{row.person.label} · {span(row.during)}"
    act = Act(_("Withdraw the leave"), _("Withdraw"), NoFields(posted(request)), do, _list(), note=note)
    return perform(request, act)


def _list() -> str:
    return reverse("duty:leaves")
