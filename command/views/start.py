"""Where a person lands after signing in: the map in a command room, their own orders on a phone in the field."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect, render

from org.models import Appointment, Unit
from org.selectors.register import held_now
from web.requests import Request

GROUND = {Unit.Level.TOWNSHIP, Unit.Level.VILLAGE}


def on_the_ground(posts: Sequence[Appointment]) -> bool:
    """Whether all posts are those of townships and villages (at least one is)."""
    return bool(posts) and all(post.unit.level in GROUND for post in posts)


def start(request: Request) -> HttpResponse:
    """A phone says so in its headers; otherwise the page looks at its own width and goes on by itself."""
    posts = held_now(Appointment.objects.filter(person=request.user)).select_related("unit").defer("unit__boundary")
    if not on_the_ground(list(posts)):
        return redirect("/")
    agent = request.headers.get("User-Agent", "")
    if request.headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobi" in agent:
        return redirect("command:mine")
    return render(request, "command/start.html")
