"""The page of a ticket, its card on the map."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from database.clock import now
from hazards.screens.asked import SHORT
from hazards.screens.place import hazard_of
from hazards.screens.ticket import whole
from hazards.states import ENDED
from hazards.views.acts import KINDS
from org.screens.place import frame_of
from web.requests import Request


@require_safe
def ticket(request: Request, pk: int) -> HttpResponse:
    hazard = hazard_of(request.user, pk)
    found = whole(hazard, request.user)
    context = {**frame_of(request.user), "tab": "hazard", "hazard": hazard, **found, **_acts(pk, found["possible"])}
    part = request.headers.get("HX-Request")
    return render(request, "hazards/desk/_ticket.html" if part else "hazards/desk/ticket.html", context)


@require_safe
def card(request: Request, pk: int) -> HttpResponse:
    """What the map's popup says; for a reader without a script, the page itself."""
    if not request.headers.get("HX-Request"):
        return redirect("hazards:ticket", pk)
    hazard = hazard_of(request.user, pk)
    context = {"hazard": hazard, "at": now(), "ended": hazard.status in ENDED, "state": SHORT[hazard.status]}
    return render(request, "hazards/desk/_card.html", context)


def _acts(pk: int, names: list[str]) -> dict[str, Any]:
    """The next step as the button, everything else in a menu."""
    offered = [{"name": name, "kind": KINDS[name], "href": reverse("hazards:act", args=[pk, name])} for name in names]
    first = [one for one in offered if one["name"] in FIRST]
    return {"first": first, "more": [one for one in offered if one not in first]}


FIRST = (
    "take-up", "register", "grade", "plan", "submit", "inspect", "send-back", "sign", "close", "decide", "publish",
)  # fmt: skip
"""Steps that the ticket waits for."""
