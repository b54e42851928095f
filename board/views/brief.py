"""The brief for the video call: of the incident that needs it most, or of one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from board import actions
from board.rules.brief import LONGEST, SECTIONS
from board.screens.brief import brief as sections_of
from board.selectors.situation import incidents_going
from command.models import Incident
from command.selectors.visible import incidents_visible_to
from database.clock import now
from journal.selectors.participants import world_of_request
from org.models import Person
from org.rules.capabilities import INCIDENT
from org.selectors.jurisdiction import allowed
from web.dialogs import Act, PageForm, perform, posted
from web.errors import NotFound
from web.requests import Request


class WordingForm(PageForm):
    text = forms.CharField(
        label=gettext_lazy("Wording"), required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 8}),
        help_text=gettext_lazy("Left empty, the system's own lines stand."),
    )  # fmt: skip
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


@require_safe
def brief(request: Request) -> HttpResponse:
    """Leads to the incident that needs it most; says so where nothing is going on."""
    for one in incidents_going(request.user, None, world_of_request(request))[:1]:
        return redirect("incident-brief", one.incident.pk)
    return render(request, "board/brief.html", {"incident": None, "at": now()})


@require_safe
def incident_brief(request: Request, pk: int) -> HttpResponse:
    incident = _incident(request.user, pk)
    context = {"incident": incident, "sections": sections_of(request.user, incident), "at": now()}
    context["may"] = allowed(request.user, INCIDENT, incident.unit.path)
    return render(request, "board/brief.html", context)


def edit(request: Request, pk: int, section: str) -> HttpResponse:
    incident = _incident(request.user, pk)
    found = next((one for one in sections_of(request.user, incident) if one.code == section), None)
    if found is None:
        raise NotFound
    seen = found.last.seq if found.last else None
    form = WordingForm(posted(request), initial={"text": found.wording, "seen": seen})

    def do(data: dict[str, Any]) -> str:
        actions.edit_brief(pk, by=request.user, section=section, **data)
        return _("Worded.")

    back = reverse("incident-brief", args=[pk])
    return perform(request, Act(str(SECTIONS[section]), _("Keep it"), form, do, back))


def _incident(person: Person, pk: int) -> Incident:
    rows = incidents_visible_to(person).select_related("unit", "commander", "desk_officer")
    incident = rows.defer("area", "unit__boundary").filter(pk=pk).first()
    if incident is None:
        raise NotFound
    return incident
