"""Decisions about a response: starting a level, changing it, approving, stopping, and saying what condition is met."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from command import actions
from command.models import EndCondition, Incident, Response
from command.screens.level import choice_of, context_of, part_of
from command.selectors import responses, visible
from command.views.acts import Act, go, perform, posted
from command.views.forms import ReasonForm
from command.views.forms_response import ApproveForm, ConditionForm, PlanLevelForm
from command.views.incidents import incident_of
from org.models import Person
from plans.rules.words import LEVEL_WORDS
from web.errors import ActionError, NotFound
from web.requests import Request


def _board(incident: int) -> str:
    return reverse("command:incident", args=[incident]) + "?tab=response"


def plan_level(request: Request, pk: int) -> HttpResponse:
    """The plan, its level and the preview; POST puts it into effect, or shows what stands against it."""
    found, form, status = incident_of(request.user, pk), PlanLevelForm(posted(request)), 200
    form.ask(request.user, found.unit)
    if request.method == "POST":
        try:
            if form.is_valid():
                return go(request, _decide(request.user, found, form))
            status = 400
        except NotFound:
            raise
        except ActionError as error:
            form.take(error)
            status = error.status
    return _page(request, found, form, status)


def _page(request: Request, found: Incident, form: PlanLevelForm, status: int) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    found.refresh_from_db(fields=["response_level", "status"])
    context = {**context_of(choice_of(request.user, found, asked)), "form": form}
    return render(request, "command/response/level.html", context, status=status)


def _decide(person: Person, found: Incident, form: PlanLevelForm) -> str:
    """Start the level, or change the one that runs; returns the address of the response board."""
    data, consent = form.cleaned_data, form.consent()
    wanted: dict[str, Any] = {"level": data["level"], "grounds": data["grounds"], "document": data["document"]}
    wanted |= {"area": data["area"] or None, "consent": consent, "sign_notice": data["sign_notice"]}
    if data["response"]:
        seen = Response.objects.filter(incident=found, pk=data["response"]).first()
        if seen is None:
            raise NotFound
        actions.change_level(seen.pk, by=person, expected=data["expected"], **wanted)
    else:
        actions.start_level(found.pk, by=person, version_id=data["version"], act_first=data["act_first"], **wanted)
    return _board(found.pk)


def plan_level_who(request: Request, pk: int) -> HttpResponse:
    """One opened part of the preview."""
    choice = choice_of(request.user, incident_of(request.user, pk), request.GET)
    if choice.preview is None:
        raise choice.refused or NotFound
    return render(request, "command/response/_who.html", part_of(choice.preview, request.GET))


def response_of(person: Person, pk: int) -> Response:
    rows = visible.responses_visible_to(person).select_related(
        "incident__unit", "version__plan__unit", "started_by", "approved_by", "consent_by", "headquarters"
    )
    rows = rows.defer("incident__area", "incident__unit__boundary", "version__plan__unit__boundary")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def approve(request: Request, pk: int) -> HttpResponse:
    found = response_of(request.user, pk)

    form = ApproveForm(posted(request))
    form.ask(request.user, found.incident.unit)

    def do(data: dict[str, Any]) -> str:
        actions.approve_response(pk, by=request.user, consent=form.consent(), sign_notice=data["sign_notice"])
        return _("Approved: what the plan asks of others goes out now.")

    act = Act(_("Approve the response"), _("Approve"), form, do, _board(found.incident_id))
    act.template, act.context = "command/acts/approve.html", {"level": found.level}
    act.note = _begun_before(found)
    return perform(request, act)


def _begun_before(found: Response) -> str:
    note = _("%(name)s started the %(level)s of “%(plan)s” before it was approved. Approving sends the rest.")
    return note % {"name": found.started_by.label, "level": LEVEL_WORDS[found.level], "plan": found.version.plan.label}


def stop(request: Request, pk: int) -> HttpResponse:
    found = response_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.stop_response(pk, by=request.user, **data)
        return _("The response is stopped.")

    note = _("Everything that is not done is called off, and the incident is watched again.")
    title = _("Stop the response to %(ref)s") % {"ref": found.incident.ref}
    form = ReasonForm(posted(request))
    return perform(request, Act(title, _("Stop the response"), form, do, _board(found.incident_id), note, True))


def condition(request: Request, pk: int, code: str) -> HttpResponse:
    """Whether one condition of ending is met: who says so, on what grounds."""
    found = response_of(request.user, pk)
    row = next((one for one in responses.conditions(found) if one.code == code), None)
    if row is None:
        raise NotFound
    title = str(EndCondition.Code(code).label)
    form = ConditionForm.of(posted(request), row)

    def do(data: dict[str, Any]) -> str:
        actions.say_condition(pk, by=request.user, code=code, **data)
        return _("Noted: %(condition)s.") % {"condition": title}

    note = _("The response ends only when every condition is met.")
    return perform(request, Act(capfirst(title), _("Put on record"), form, do, _board(found.incident_id), note=note))
