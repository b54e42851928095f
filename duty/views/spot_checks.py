"""Spot checks: those that run, with their clock, what was found, and what is planned."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from database.clock import today
from duty import actions
from duty.models import DutyPost, SpotCheck
from duty.screens.spot_checks import right_answers
from duty.selectors import rosters, watch
from duty.views.forms import CheckForm, OutcomeForm, PlanForm, SaidForm
from org.models import Person, Unit
from org.rules import capabilities
from org.screens.place import frame_of, home_of, may_somewhere
from org.selectors.jurisdiction import allowed, visible_to
from web.dialogs import Act, NoFields, perform, posted
from web.errors import Forbidden, NotFound
from web.requests import Request

PER_PAGE = 40
RUNNING = ("calling", "second_call", "leader_called")


def checks(request: Request) -> HttpResponse:
    rows = rosters.with_check_parts(rosters.spot_checks_visible_to(request.user))
    running = list(rows.filter(status__in=RUNNING).order_by("call_back_due_at"))
    for row in running:
        row.may = allowed(request.user, capabilities.VERIFY, row.unit.path) and row.person_id != request.user.pk
    planned = rows.filter(status="planned").order_by("planned_at")
    closed = rows.filter(status="closed").order_by("-closed_at")
    page = Paginator(closed, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"running": running, "planned": planned[:100], "page": page}
    context["may"] = may_somewhere(request.user, capabilities.VERIFY)
    template = "duty/_checks.html" if request.headers.get("HX-Request") else "duty/checks.html"
    return render(request, template, context)


def check_of(person: Person, pk: int) -> SpotCheck:
    found = rosters.with_check_parts(rosters.spot_checks_visible_to(person)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def check(request: Request, pk: int) -> HttpResponse:
    """One check: whoever is on duty answers here, whoever checks records what they found."""
    row = check_of(request.user, pk)
    row.may = allowed(request.user, capabilities.VERIFY, row.unit.path) and row.person_id != request.user.pk
    on = any(one.person_id == request.user.pk for one in watch.on_duty([row.unit_id]))
    context = {"row": row, "running": row.status in RUNNING, "on_duty": on, **frame_of(request.user)}
    template = "duty/_check.html" if request.headers.get("HX-Request") else "duty/check.html"
    return render(request, template, context)


def to_check(request: Request, pk: int) -> HttpResponse:
    return redirect("duty:check", pk=pk)


def start(request: Request) -> HttpResponse:
    initial = {"post": DutyPost.MAIN, "method": "phone", "unit": request.GET.get("unit", "")}
    form = CheckForm(posted(request), person=request.user, initial=initial)

    def do(data: dict[str, Any]) -> str:
        row = actions.start_spot_check(by=request.user, **data)
        return _("%(unit)s is being called.") % {"unit": row.unit.label}

    note = _("Whoever is on duty is called at once; they have five minutes to call back.")
    return perform(request, Act(_("Check now"), _("Call now"), form, do, reverse("duty:checks"), note=note))


def plan(request: Request) -> HttpResponse:
    initial = {"levels": ["township"], "month": today(), "each": 1, "method": "phone"}
    form = PlanForm(posted(request), initial=initial)

    def do(data: dict[str, Any]) -> str:
        rows = _plan(request.user, data)
        return ngettext("%(n)s check is planned.", "%(n)s checks are planned.", len(rows)) % {"n": len(rows)}

    note = _("At random moments of the month, day and night. Nobody below sees them before they are called.")
    return perform(request, Act(_("Plan random checks"), _("Plan"), form, do, reverse("duty:checks"), note=note))


def _plan(person: Person, data: dict[str, Any]) -> list[SpotCheck]:
    units = Unit.objects.filter(visible_to(person, "path", capabilities.VERIFY), active=True, level__in=data["levels"])
    checking = home_of(person)
    if checking is None:  # somebody without a post, who sees nothing
        raise Forbidden(_("You may not do this."))
    return actions.plan_spot_checks(
        by=person, checking=checking, units=list(units.defer("boundary")), month=data["month"],
        each=data["each"], seed=secrets.randbits(31), method=data["method"],
    )  # fmt: skip


def outcome(request: Request, pk: int) -> HttpResponse:
    row = check_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        found = actions.record_outcome(pk, by=request.user, **data)
        return _("Recorded.") if found.status == SpotCheck.Status.CLOSED else _("Noted; the clock runs on.")

    title = _("What you found at %(unit)s") % {"unit": row.unit.label}
    form = OutcomeForm(posted(request), initial={"outcome": "normal"})
    note = _(
        "Ask all three questions. “No answer” and “line busy” let the clock run on: the second call, then the leader."
    )
    act = Act(title, _("Record"), form, do, reverse("duty:checks"), note=note, template="duty/acts/outcome.html")
    act.context = {"right": right_answers(row.unit)}
    return perform(request, act)


def answer(request: Request, pk: int) -> HttpResponse:
    """Whoever is on duty answers the three questions from their own screen."""
    check_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.answer_spot_check(pk, by=request.user, **data)
        return _("Answered.")

    return perform(request, Act(_("Spot check"), _("I am here"), SaidForm(posted(request)), do, reverse("duty:me")))


def cancel(request: Request, pk: int) -> HttpResponse:
    row = check_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.cancel_spot_check(pk, by=request.user)
        return _("The check is cancelled.")

    title = _("Cancel the check of %(unit)s") % {"unit": row.unit.label}
    act = Act(title, _("Cancel the check"), NoFields(posted(request)), do, reverse("duty:checks"), danger=True)
    return perform(request, act)
