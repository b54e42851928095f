"""The command map, and the parts of it that follow the events."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from board.selectors import frame_for
from board.selectors.assignments import overdue
from board.selectors.events import event_lines
from board.selectors.silence import silent_list
from board.selectors.situation import (
    incidents_going,
    on_duty,
    orders_of,
    papers_waiting,
    proposals_waiting,
    stopped_clocks,
    unit_card,
    warnings_going,
)
from command.models import Assignment
from command.selectors.visible import SHOWN, incidents_visible_to
from command.views.forms import HOW_WORDS
from database.clock import now
from duty.selectors.desk_alarms import alarms_of
from duty.selectors.leaders import leaders_line
from journal.rules.world import World
from journal.selectors.participants import world_of_request
from org.models import Person
from org.rules.capabilities import INCIDENT, ORDER
from org.rules.codes import normalise
from org.selectors.jurisdiction import allowed, jurisdiction_of
from web.errors import NotFound
from web.requests import Request

LEGEND = [state for state in SHOWN if state != Assignment.Status.CALLED_OFF]
ONE_TAP = [(code, HOW_WORDS[code]) for code in ("phone", "door_knock", "in_person", "loudspeaker")]
"""Ways an answer comes in most; each is one tap in the silent list, the rest are on the form."""


def home(request: Request) -> HttpResponse:
    """The map with its panels, as the address selects: ``?incident=ID&unit=CODE&show=silent|overdue``."""
    person = request.user
    if _serves_one_village(person) and "map" not in request.GET:
        return redirect("/orders/mine/")
    chosen = _chosen(request)
    world, incident = chosen["world"], chosen["incident"]
    panels = {**left_of(person, incident, world), **silent_of(person, chosen), **strip_of(person, world)}
    panels |= events_of(person, incident, world)
    more = {"legend": LEGEND, "tile_url": settings.TILE_URL}
    return render(request, "board/home.html", {**panels, **chosen, **more})


def left(request: Request) -> HttpResponse:
    chosen = _chosen(request)
    return render(request, "board/_left.html", left_of(request.user, chosen["incident"], chosen["world"]))


def silent(request: Request) -> HttpResponse:
    return render(request, "board/_silent.html", silent_of(request.user, _chosen(request)))


def events(request: Request) -> HttpResponse:
    """Lines newer than ``after``, or older than ``before``; without either the newest page."""
    chosen = _chosen(request)
    marks = {name: _number(request.GET.get(name, "")) for name in ("after", "before")}
    context = events_of(request.user, chosen["incident"], chosen["world"], **marks)
    return render(request, "board/_events.html", context)


def strip(request: Request) -> HttpResponse:
    return render(request, "board/_strip.html", strip_of(request.user, world_of_request(request)))


def unit(request: Request, code: str) -> HttpResponse:
    """The unit's card for the map's popup; 404 outside the person's jurisdiction."""
    chosen = _chosen(request)
    card = unit_card(request.user, _normal(code), chosen["incident"], chosen["world"])
    if card is None:
        raise NotFound
    card |= {"incident": chosen["incident"], "may_order": allowed(request.user, ORDER, card["unit"].path)}
    return render(request, "board/_unit.html", card)


def counters(request: Request) -> JsonResponse:
    """The figures of the top bar, for every page."""
    stats = frame_for(request.user, world_of_request(request))
    return JsonResponse(
        {
            "silent": stats.silent,
            "overdue": stats.overdue,
            "open_incidents": stats.open_incidents,
            "response_level": stats.response_level,
            "at": stats.at,
        },
        headers={"Cache-Control": "no-store"},
    )


def left_of(person: Person, incident: int | None, world: World) -> dict[str, Any]:
    """Warnings and incidents in the order of need, or the one chosen with its orders."""
    context: dict[str, Any] = {
        "going": incidents_going(person, incident, world),
        "incident": incident,
        "seen_at": now(),
    }
    context |= {"may_order": _may(person, ORDER), "may_open": _may(person, INCIDENT), "incident_text": str(incident)}
    if incident is None:
        context["warnings"] = warnings_going(person, world)
        context["proposals"] = proposals_waiting(person, world)
        context["papers"] = papers_waiting(person, world)
    else:
        context["orders"] = orders_of(person, incident, world)
    return context


def silent_of(person: Person, chosen: dict[str, Any]) -> dict[str, Any]:
    overdue_only = chosen["show"] == "overdue"
    found = silent_list(person, chosen["incident"], world=chosen["world"], overdue_only=overdue_only)
    return {"silence": found, "overdue_only": overdue_only, "ways": ONE_TAP, "incident": chosen["incident"]}


def events_of(
    person: Person, incident: int | None, world: World, after: int | None = None, before: int | None = None
) -> dict[str, Any]:
    lines, older = event_lines(person, world, after=after, before=before, incident=incident)
    return {"lines": lines, "older": None if after else older, "continued": after is not None or before is not None}


def strip_of(person: Person, world: World) -> dict[str, Any]:
    return {
        "duty": on_duty(person),
        "stopped": stopped_clocks(person, world),
        "alarms": alarms_of(person),
        "leaders": leaders_line(person),
        "past_every_rung": overdue(person, world=world).count(),
    }


def _may(person: Person, capability: str) -> bool:
    """Whether the person has the capability anywhere; the action checks the place."""
    jurisdiction = jurisdiction_of(person)
    return jurisdiction.everything or bool(jurisdiction.scopes(capability))


def _serves_one_village(person: Person) -> bool:
    jurisdiction = jurisdiction_of(person)
    scopes = jurisdiction.scopes()
    return bool(scopes) and not jurisdiction.everything and all(path.count(".") >= 4 for path in scopes)


def _chosen(request: Request) -> dict[str, Any]:
    """What the address selects; what is not there (any more), not in sight or of another world is as if it were not
    named.
    """
    world = world_of_request(request)
    incident = _number(request.GET.get("incident", ""))
    if incident is not None and not incidents_visible_to(request.user).filter(world.rows(), pk=incident).exists():
        incident = None
    show = request.GET.get("show", "")
    return {
        "world": world,
        "incident": incident,
        "unit": _normal(request.GET.get("unit", "")),
        "show": show if show in ("silent", "overdue") else "",
    }


def _number(raw: str) -> int | None:
    return int(raw) if raw.isdecimal() and len(raw) < 19 else None


def _normal(code: str) -> str:
    try:
        return normalise(code)
    except ValueError:
        return ""
