"""Pages of ladders: whom silence calls, by colour; the editor of a new version; its simulation."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from command import actions
from command.actions.ladder import county
from command.models import Colour, Ladder
from command.selectors.ladder_preview import night as night_of
from command.selectors.ladder_words import explain
from command.selectors.ladders import Snapshot, as_data
from command.views.acts import Act, perform, posted
from command.views.forms_ladder import LadderForm
from database.clock import now
from org.models import Person, Unit
from org.rules.capabilities import REGISTER
from org.selectors.jurisdiction import allowed, visible_to
from web.errors import NotFound
from web.requests import Request

VERSIONS_SHOWN = 20


def ladder_list(request: Request) -> HttpResponse:
    """Each colour's version in force, those to come and those before."""
    present, rows = now(), []
    for colour in Colour:
        versions = list(Ladder.objects.filter(colour=colour, fast=False).select_related("set_by")[:VERSIONS_SHOWN])
        current = next((row for row in versions if row.effective_from <= present), None)
        for row in versions:
            row.words = explain(Snapshot(as_data(row)))
        rows.append((colour, current, versions))
    context = {"rows": rows, "at": present, "may": may_edit(request.user)}
    return render(request, "command/ladders.html", context)


def may_edit(person: Person) -> bool:
    return allowed(person, REGISTER, county().path)


def newest(colour: str) -> Ladder:
    found = Ladder.objects.filter(colour=colour, fast=False).order_by("-version").first()
    if found is None:
        raise NotFound
    return found


def edit(request: Request, colour: str) -> HttpResponse:
    """The newest version, to be changed into the next."""
    form = LadderForm(posted(request), ladder=newest(colour))

    def do(data: dict[str, Any]) -> str:
        chosen = {name: data[name] for name in ("source", "effective_from", "expected")}
        row = actions.set_ladder(by=request.user, colour=colour, ladder=form.ladder(), **chosen)
        return _("Version %(version)s is stored; orders from then on escalate by it.") % {"version": row.version}

    button = _("Store as a new version") if may_edit(request.user) else ""
    act = Act(_title(colour), button, form, do, reverse("command:ladders"), template="command/acts/ladder.html")
    act.note = _("Orders already issued keep the rule they started with.")
    act.context = {"colour": colour, "villages": villages(request.user)}
    return perform(request, act)


def _title(colour: str) -> str:
    return _("Escalation rule: %(colour)s") % {"colour": Colour(colour).label}


def villages(person: Person) -> list[Unit]:
    rows = Unit.objects.filter(visible_to(person, "path"), level=Unit.Level.VILLAGE, active=True)
    return list(rows.select_related("parent").defer("boundary", "parent__boundary").order_by("path"))


def night(request: Request, colour: str) -> HttpResponse:
    """Who would be called when tonight: by the form as it stands (POST), or by the version in force."""
    given = request.POST if request.method == "POST" else request.GET
    units = Unit.objects.filter(visible_to(request.user, "path"), code=given.get("night_unit", ""), active=True)
    unit = units.defer("boundary").first()
    ladder = Snapshot(as_data(newest(colour)))
    faults: list[Any] = []
    if request.method == "POST":
        ladder, faults = _typed(request, colour, ladder)
    nights = night_of(ladder, unit) if unit and not faults else []
    return render(request, "command/_night.html", {"unit": unit, "nights": nights, "faults": faults})


def _typed(request: Request, colour: str, ladder: Snapshot) -> tuple[Snapshot, list[str]]:
    form = LadderForm(request.POST, ladder=newest(colour))
    needed = set(form.errors) - {"source", "effective_from"}
    if needed:
        return ladder, [str(error) for name in needed for error in form.errors[name]]
    wanted = form.ladder()
    faults = [text for texts in wanted.check().values() for text in texts]
    data = {"ack_within_s": wanted.ack_within_s, "called": wanted.called, "deputies": wanted.deputies}
    return ladder if faults else Snapshot({**data, "above": wanted.above, "rungs": wanted.rungs}), faults
