"""Rate-limit middleware (settings.RATES): by person, by token, and by address for those not signed in.

Whoever floods is answered 429 with Retry-After and the others are served, also those at the same address: a person by
their session, a program by its token, and a browser in which somebody has signed in before by itself, so that a flood
from its address does not keep it from the sign-in page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from knox.models import AuthToken
from rest_framework.throttling import BaseThrottle

from emergency.middleware.refusals import SAFE
from emergency.views.errors import as_data, of_api
from journal.live.rights import mark_of
from org.selectors import browsers
from org.selectors.tokens import brought
from web import rates
from web.addresses import network_of
from web.errors import TooMany

UNCOUNTED = ("/static/", "/healthz", "/readyz", "/metrics")


class LimitsMiddleware:
    """Rate limit for browsers and anonymous requests; those with a token are counted by `PerToken`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(UNCOUNTED) and not brings_token(request):
            whose, sender = sender_of(request)
            what = kind_of(request)
            if wait := rates.take(settings.RATES[whose][what], f"{what}:{sender}"):
                return refused(request, rates.too_many(wait))
        return self.get_response(request)


def brings_token(request: HttpRequest) -> bool:
    """Whether a request carries an API token: a program behind a gateway is not counted with its address."""
    return of_api(request) and brought(request.headers.get("Authorization", "").encode()) is not None


def sender_of(request: HttpRequest) -> tuple[str, str]:
    """The budget in settings.RATES, and the key under which this sender is counted."""
    if request.user.is_authenticated:
        return "person", f"person:{request.user.pk}"
    if browser := browsers.of(request):
        return "person", f"browser:{browser}"
    return "address", f"address:{network_of(request.META.get('REMOTE_ADDR', ''))}"


def kind_of(request: HttpRequest) -> str:
    """The kind of request (read, act, upload), each with a budget of its own."""
    if request.method in (*SAFE, "OPTIONS"):
        return "reads"
    return "uploads" if request.content_type == "multipart/form-data" and _has_files(request) else "acts"


def _has_files(request: HttpRequest) -> bool:
    """Whether it is an upload, by its length: parsing the body is the work to be avoided. Our forms are smaller."""
    length = request.headers.get("Content-Length", "")
    return not length.isdigit() or int(length) > LARGEST_FORM


LARGEST_FORM = 16 * 1024
"""Bytes. Scripts send forms without files as multipart too, and an answer must not count as an upload."""


def refused(request: HttpRequest, error: TooMany) -> HttpResponse:
    """JSON for programs and scripts, a part of a page for htmx, a page with a sentence for people."""
    if of_api(request):
        answer: HttpResponse = as_data(error.status, error.code, str(error.detail))
    elif request.headers.get("HX-Request"):
        answer = render(request, "components/error_panel.html", {"error": error}, status=error.status)
    else:
        # Rendered without the request, so that the context processors run no queries.
        answer = HttpResponse(render_to_string("429.html", {"error": error, "back": request.path}), status=error.status)
    answer["Retry-After"] = str(error.retry_after)
    return answer


class PerToken(BaseThrottle):
    """DRF throttle: each API token by itself, once it is known to be valid; web/rest.py renders TooMany."""

    def allow_request(self, request: Any, view: Any) -> bool:
        if isinstance(request.auth, AuthToken):
            what = kind_of(request._request)
            rates.refuse_above(settings.RATES["token"][what], f"{what}:token:{mark_of(request.auth.digest)}")
        return True
