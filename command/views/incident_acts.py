"""What can be done to an incident from its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from command import actions
from command.models import Incident, Response
from command.screens.plan_choice import running
from command.selectors import responses
from command.selectors.approvers import approvers
from command.views.acts import Act, perform, posted
from command.views.forms import EndForm, LevelForm, MoveForm, OfferForm
from command.views.forms_response import EndResponseForm
from command.views.incidents import incident_of
from org.models import Person
from plans.rules.words import LEVEL_WORDS
from web.dialogs import NoFields
from web.errors import NotFound
from web.requests import Request


def _back(pk: int) -> str:
    return reverse("command:incident", args=[pk])


def level(request: Request, pk: int) -> HttpResponse:
    found = incident_of(request.user, pk)
    form = LevelForm(posted(request), initial={"expected": found.response_level})
    form.ask(request.user, found.unit)
    rows = approvers(found, request.user)
    title = _("Change the response level") if found.response_level else _("Start a response")

    def do(data: dict[str, Any]) -> str:
        actions.set_response_level(pk, by=request.user, consent=form.consent(), **data)
        return _("In effect now: %(level)s.") % {"level": LEVEL_WORDS[data["level"]]}

    button = _("Put into effect") if any(row["may"] and row["is"] != "current" for row in rows) else ""
    act = Act(title, button, form, do, _back(pk), template="command/acts/level.html")
    act.context = {"incident": found, "approvers": rows}
    return perform(request, act)


def end(request: Request, pk: int) -> HttpResponse:
    found = incident_of(request.user, pk)
    response = running(found)
    form = EndResponseForm(posted(request)) if response else EndForm(posted(request))

    def do(data: dict[str, Any]) -> str:
        actions.end_incident(pk, by=request.user, **data)
        return _("The response has ended.")

    title = _("End the response to %(ref)s") % {"ref": found.ref}
    act = Act(title, _("End the response"), form, do, _back(pk), danger=True)
    _how_it_ends(act, found, response)
    return perform(request, act)


def _how_it_ends(act: Act, found: Incident, response: Response | None) -> None:
    """Without a plan the conditions are confirmed here; with one each was said to be met beforehand."""
    act.note = _("Every condition must be met. Unanswered orders stay in force until they are called off.")
    act.template, act.context = "command/acts/end.html", {"incident": found}
    if response is not None:
        act.note = _("What is not done is called off with it, and those called are told.")
        act.template = "command/response/end.html"
        act.context |= {"response": response, "conditions": responses.conditions(response), "changed": False}


def offer(request: Request, pk: int) -> HttpResponse:
    found = incident_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        to = Person.objects.filter(pk=data["to"]).first()
        if to is None:
            raise NotFound
        actions.offer_command(pk, by=request.user, to=to)
        return _("Command is offered to %(name)s.") % {"name": to.label}

    now_in_charge = found.commander or found.desk_officer
    note = _("%(name)s commands until the other one accepts.") % {"name": now_in_charge.label}
    form = OfferForm(posted(request), incident=found)
    return perform(request, Act(_("Hand over command"), _("Offer command"), form, do, _back(pk), note=note))


@require_POST
def accept(request: Request, pk: int) -> HttpResponse:
    return _simple(request, pk, actions.accept_command, _("You command now."))


@require_POST
def decline(request: Request, pk: int) -> HttpResponse:
    return _simple(request, pk, actions.decline_command, _("Command stays where it was."))


def _simple(request: Request, pk: int, action: Callable[..., Any], said: str) -> HttpResponse:
    def do(data: dict[str, Any]) -> str:
        action(pk, by=request.user)
        return said

    return perform(request, Act(_("Transfer of command"), _("Confirm"), NoFields(posted(request)), do, _back(pk)))


MOVES = {
    "warn": (actions.warn, "warned"),
    "recovery": (actions.start_recovery, "recovering"),
    "reopen": (actions.reopen, "monitored"),
    "review": (actions.review, "reviewed"),
    "archive": (actions.archive, "archived"),
}


def move(request: Request, pk: int, verb: str) -> HttpResponse:
    """The steps of an incident's life that need only grounds."""
    found = incident_of(request.user, pk)
    action, to = MOVES[verb]
    status = Incident.Status(to).label

    def do(data: dict[str, Any]) -> str:
        action(pk, by=request.user, **data)
        return _("The incident is now “%(state)s”.") % {"state": status}

    title = _("Set %(ref)s to “%(state)s”") % {"ref": found.ref, "state": status}
    return perform(request, Act(title, _("Confirm"), MoveForm(posted(request)), do, _back(pk)))
