"""Who is behind a line of the log (emergency/logs.py). The request's id is django-structlog's RequestMiddleware's."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars

from emergency.middleware.limits import UNCOUNTED, brings_token
from org.models import Person
from org.selectors.jurisdiction import jurisdiction_of


class ActorMiddleware:
    """Stands below the limits, which have asked who it is already. A token's person is bound with the token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(UNCOUNTED) and not brings_token(request) and request.user.is_authenticated:
            bind_actor(request.user)
        return self.get_response(request)


def bind_actor(person: Person) -> None:
    """By number, as the journal names people, and with the path of the unit whose tree they see; no query, for a
    person comes with their posts (org/selectors/known.py). django-structlog forgets both when the request is over.
    """
    bind_contextvars(actor=person.pk, unit=" ".join(jurisdiction_of(person).scopes()))
