"""Binds the signed-in person to the log lines of a request (emergency/logs.py); django-structlog binds its id."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars

from emergency.middleware.limits import UNCOUNTED, brings_token
from org.models import Person
from org.selectors.jurisdiction import jurisdiction_of


class ActorMiddleware:
    """Binds the actor of a session. Below the rate limits, which have loaded the person already; a token's person is
    bound where the token is checked.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(UNCOUNTED) and not brings_token(request) and request.user.is_authenticated:
            bind_actor(request.user)
        return self.get_response(request)


def bind_actor(person: Person) -> None:
    """Adds the person's primary key and the path of their unit to the log lines of this request.

    The query is the one that the view would begin with: its answer is remembered on this ``person``.
    """
    bind_contextvars(actor=person.pk, unit=" ".join(jurisdiction_of(person).scopes()))
