"""A proposed level: its grounds, what it would do, and the decision."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from command import actions
from command.models import Proposal
from command.screens import proposal as proposal_page
from command.screens.level import outlook, part_of
from command.selectors import responses, visible
from command.selectors.grounds import grounds_text
from command.views.acts import Act, go, perform, posted
from command.views.forms import ReasonForm
from command.views.forms_response import AcceptForm
from org.models import Person, in_language
from plans.rules.words import LEVEL_WORDS
from web.errors import ActionError, NotFound
from web.requests import Request


def proposal_of(person: Person, pk: int) -> Proposal:
    rows = responses.with_proposal_parts(visible.proposals_visible_to(person))
    found = rows.select_related("incident__unit").filter(pk=pk).first()
    if found is None:
        raise NotFound
    found.headline = in_language(found.title.get("zh", ""), found.title.get("en", "")) or found.subject
    return found


def proposal(request: Request, pk: int) -> HttpResponse:
    """For the live refresh only what changes."""
    template = (
        "command/proposals/_proposal.html" if request.headers.get("HX-Request") else "command/proposals/page.html"
    )
    return render(request, template, _context(request, proposal_of(request.user, pk), AcceptForm()))


def _context(request: Request, found: Proposal, form: AcceptForm) -> dict[str, Any]:
    by = "place" if request.GET.get("by") == "place" else "phase"
    form.ask(request.user, found.unit)
    open_one = found.status == Proposal.Status.OPEN
    ahead = proposal_page.ahead_of(found, request.user) if open_one else None
    return {
        "proposal": found,
        "form": form,
        "grounds": grounds_text(found),
        "may": proposal_page.may_settle(found, request.user),
        "deciders": proposal_page.deciders(found) if open_one else [],
        "known_incident": proposal_page.incident_of(found) if open_one else found.incident,
        "affected_places": proposal_page.places_of(found, ahead, request.user),
        "who": f"{reverse('command:proposal_who', args=[found.pk])}?",
        "here": "?",
        **(outlook(ahead, by) if ahead else {}),
    }


def who(request: Request, pk: int) -> HttpResponse:
    """One opened part of the preview."""
    ahead = proposal_page.ahead_of(proposal_of(request.user, pk), request.user)
    if ahead is None:
        raise NotFound
    return render(request, "command/response/_who.html", part_of(ahead, request.GET))


@require_POST
def accept(request: Request, pk: int) -> HttpResponse:
    """Open the incident if there is none, start the level, and go to its response board."""
    found = proposal_of(request.user, pk)
    form, status = AcceptForm(request.POST), 400
    form.ask(request.user, found.unit)
    if form.is_valid():
        try:
            response = actions.accept_proposal(pk, by=request.user, consent=form.consent(), **form.cleaned_data)
            return go(request, reverse("command:incident", args=[response.incident_id]) + "?tab=response")
        except NotFound:
            raise
        except ActionError as error:
            form.take(error)
            status, found = error.status, proposal_of(request.user, pk)
    return render(request, "command/proposals/page.html", _context(request, found, form), status=status)


def refuse(request: Request, pk: int) -> HttpResponse:
    found = proposal_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.refuse_proposal(pk, by=request.user, **data)
        return _("Refused: the %(level)s is not started.") % {"level": LEVEL_WORDS[found.level]}

    title = _("Refuse the %(level)s") % {"level": LEVEL_WORDS[found.level]}
    note = f"{found.headline} · {found.version.plan.label}"
    back = reverse("command:proposal", args=[pk])
    form = ReasonForm(posted(request))
    form.fields["reason"].help_text = _("It stands in the record, with your name.")
    return perform(request, Act(title, _("Refuse"), form, do, back, note, danger=True))
