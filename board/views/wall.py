"""The wall screen: no navigation and no forms; opened by somebody signed in, or by a screen with its token."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from board.selectors.events import event_lines
from board.selectors.silence import silent_list
from board.selectors.situation import on_duty, stopped_clocks
from command.selectors.cut_off import cut_off_now
from journal.rules.world import World
from journal.selectors.participants import world_of_request
from org.models import Person
from org.selectors.tokens import known_token
from web.errors import NotFound
from web.requests import Request

BACKEND = "emergency.authentication.sessions.PeopleBackend"
STAYS_SIGNED_IN = 400 * 24 * 3600
"""Session lifetime of a screen in seconds: it is signed out by revoking it, not by expiry."""
ROWS = 60
CUT_OFF = 6


def wall(request: Request) -> HttpResponse:
    return render(
        request, "board/wall.html", {**_side(request.user, world_of_request(request)), "tile_url": settings.TILE_URL}
    )


def side(request: Request) -> HttpResponse:
    """Silent list, duty and newest event, which follow the events."""
    return render(request, "board/_wall_side.html", _side(request.user, world_of_request(request)))


@login_not_required
def device(request: Request, token: str) -> HttpResponse:
    """Signs the screen in and leads it to the wall; a wrong or revoked token is an address that is not there."""
    known = known_token(token.encode())
    if known is None or not known.person.is_device or not known.person.is_active:
        raise NotFound
    login(request, known.person, backend=BACKEND)
    request.session.set_expiry(STAYS_SIGNED_IN)
    return redirect("wall")


def _side(person: Person, world: World) -> dict[str, object]:
    return {
        "silence": silent_list(person, world=world, shown=ROWS),
        "duty": on_duty(person),
        "cut_off": list(cut_off_now(person)[:CUT_OFF]),
        "stopped": stopped_clocks(person, world),
        "newest": event_lines(person, world, limit=1)[0][:1],
    }
