"""The phone: what the person was called for, one order in full, and the silence of their area.

A repeated tap is harmless: an answer that is there already is shown as it stands, never as an error.
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from command import actions
from command.actions import photos
from command.models import Assignment
from command.screens.phone import card_of, cards_of, sections_of
from command.screens.rights import may
from command.selectors import lists, responses, visible
from command.templatetags.command_ui import at_least
from command.views.order_acts import assignment_of
from database.clock import now
from journal.models import Event
from journal.rules.world import World
from journal.selectors.attachments import photos_of
from org.models import Person
from web.errors import ActionError, Conflict, Invalid
from web.requests import Request

MOST = 60


def mine(request: Request) -> HttpResponse:
    rows = list(lists.my_assignments(request.user).select_related("task__action")[: MOST + 1])
    sections = sections_of(cards_of(request.user, rows[:MOST]))
    context = {
        "sections": sections,
        "more": len(rows) > MOST,
        "responses": list(responses.my_responses(request.user)),
        "exercises": [_played(request.user, world) for world in visible.my_exercises(request.user)],
        "tab": "orders",
        "at": now(),
        **phone_frame(request.user, sections),
    }
    template = "command/phone/_mine.html" if request.headers.get("HX-Request") else "command/phone/mine.html"
    return render(request, template, context)


def _played(person: Person, world: World) -> dict[str, Any]:
    """What an exercise asks of the person, apart from all that is real."""
    rows = lists.my_assignments(person, world).select_related("task__action")[:MOST]
    return {"cards": cards_of(person, list(rows)), "responses": list(responses.my_responses(person, world))}


def phone_frame(person: Person, sections: dict[str, list[dict[str, Any]]] | None = None) -> dict[str, Any]:
    """What the bar at the foot needs."""
    if sections is None:
        return {"open_orders": lists.my_assignments(person).filter(status=Assignment.Status.CALLED).count()}
    return {"open_orders": len(sections["waiting"])}


def one(request: Request, pk: int) -> HttpResponse:
    row = assignment_of(request.user, pk)
    context = {"card": card_of(request.user, row), "row": row, "tab": "orders", **_around(request.user, row)}
    template = "command/phone/_one.html" if request.headers.get("HX-Request") else "command/phone/one.html"
    return render(request, template, context | phone_frame(request.user))


def _around(person: Person, row: Assignment) -> dict[str, Any]:
    subject = f"assignment:{row.pk}"
    return {
        "photos": photos_of([subject]),
        "events": Event.objects.filter(subject=subject).order_by("-seq")[:50],
        "may": may(person, row.unit.path),
    }


@require_POST
def act(request: Request, pk: int) -> HttpResponse:
    """One step, with a note and a photo if there are any; answers with the card as it stands now."""
    refused = _acted(request, pk)
    if not request.headers.get("HX-Request") and refused is None:
        return redirect("command:mine_one", pk=pk)
    row = assignment_of(request.user, pk)
    whole = request.POST.get("whole") or not request.headers.get("HX-Request")
    context = {"card": card_of(request.user, row), "row": row, "refused": refused}
    context |= {name: request.POST.get(name, "") for name in ("note", "figure")}
    if whole:
        context |= _around(request.user, row) | phone_frame(request.user) | {"tab": "orders"}
    part = "_one.html" if request.headers.get("HX-Request") else "one.html"
    template = f"command/phone/{part if whole else '_card.html'}"
    return render(request, template, context, status=refused.status if refused else 200)


def _acted(request: Request, pk: int) -> ActionError | None:
    """Do it; None when it is so now, whoever did it first; else what stands against it."""
    step, note = request.POST.get("step", ""), request.POST.get("note", "")
    photo = request.FILES.get("photo")
    try:
        if step == Assignment.Status.RECEIVED:
            actions.acknowledge(pk, by=request.user)
        else:
            figure = _figure(request.POST.get("figure", ""))
            photos.progress_with_photo(pk, by=request.user, step=step, note=note, figure=figure, photo=photo)
    except Conflict as error:
        return _already(request, pk, error)
    except ActionError as error:
        return error
    return None


def _figure(text: str) -> int | None:
    """A whole number as it was typed; Invalid for anything else."""
    if not text.strip():
        return None
    if not text.strip().isdecimal() or len(text.strip()) > 9:
        raise Invalid.field("figure", _("Give a whole number, in figures."))
    return int(text)


def _already(request: Request, pk: int, error: Conflict) -> ActionError | None:
    """The step stands already: a repeat keeps its photo and is no error; a note that would be lost is one."""
    row = assignment_of(request.user, pk)
    if not at_least(row.status, request.POST.get("step", "")):
        return error
    photo = request.FILES.get("photo")
    if isinstance(photo, UploadedFile):
        photo.seek(0)
        try:
            photos.progress_with_photo(pk, by=request.user, photo=photo)
        except ActionError as refusal:
            return refusal
    lost = request.POST.get("note", "").strip()
    if lost and lost != row.note:
        return Conflict(_("This step stands already; your note was not stored: %(note)s") % {"note": lost})
    return None


def area(request: Request) -> HttpResponse:
    """Whoever is silent in the person's own units, to be called one after the other; then what awaits a second look."""
    waiting, done = _below(request.user)
    context = {"waiting": waiting, "done": done, "tab": "area", "at": now(), **phone_frame(request.user)}
    template = "command/phone/_area.html" if request.headers.get("HX-Request") else "command/phone/area.html"
    return render(request, template, context)


def _below(person: Person) -> tuple[list[Assignment], list[Assignment]]:
    """Who has not answered, and what is reported done by others; each with what the person may do there."""
    rows = lists.below(person).prefetch_related("calls__person")
    waiting = list(rows.filter(status=Assignment.Status.CALLED)[:MOST])
    done = list(rows.filter(status=Assignment.Status.DONE).exclude(answered_by=person)[:MOST])
    for row in (*waiting, *done):
        row.may = may(person, row.unit.path)
    return waiting, done
