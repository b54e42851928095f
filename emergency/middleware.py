"""Sign-in by default, and refused actions as pages in the user's language."""

from __future__ import annotations

import re
from collections.abc import Callable

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from journal.bounds import check_query
from journal.errors import ActionError
from journal.rest import conflict_of

OPEN_PREFIXES = (
    "/login/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/",
    "/static/",
    "/i18n/",
    "/jsi18n/",
    "/theme/",
    "/public/",
    "/wall/device/",
    "/offline/",
    "/duty/ical/",
    "/sw.js",
    "/manifest.webmanifest",
    "/hazards/shell/",
)


DATA = ("application/json", "application/geo+json")


class BoundsMiddleware:
    """An address that is too long, or holds what the database cannot, is refused before anybody looks anything up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        check_query(request.META.get("QUERY_STRING", ""))
        return self.get_response(request)


class DocumentPolicyMiddleware(CSPMiddleware):
    """The content security policy, on whatever a browser could show as a document; data runs nothing."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "")
        return response if kind.startswith(DATA) else super().process_response(request, response)


PERSON_HEADER = "X-Sanji-Person"
"""Sent by our scripts with whose page asks (static/js/http.js): what one person left on a page, a form or a queue is
never taken under the name of who signed in later in the same browser."""


class SamePersonMiddleware:
    """A page of somebody who is not the one signed in now is signed out, whatever it asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meant = request.headers.get(PERSON_HEADER)
        if meant is None or not request.user.is_authenticated or meant == str(request.user.pk):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            detail = _("Somebody else is signed in on this phone.")
            return JsonResponse({"code": "not_authenticated", "detail": detail, "fields": {}}, status=401)
        return to_sign_in(request)


class LoginRequiredMiddleware:
    """Every page asks for a sign-in unless its path is listed as open; the API answers 401 by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN_PREFIXES) or request.user.is_authenticated:
            return self.get_response(request)
        return to_sign_in(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    target = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request"):
        # htmx would put the login form into the middle of the page: have the browser go there instead.
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


ITEM_HEADER = "X-Sanji-Item"
"""The UUID of an act that waits in a browser's outbox (static/js/outbox.js): echoed when a view has decided on it."""
_STAMP = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class ActionErrorMiddleware:
    """A refused action becomes its own page (or a fragment for htmx) with its status, never a 500.

    Stands innermost, so it also knows that a view has decided on an item of an outbox, and says so: nobody who answers
    before it, the sign-in, the CSRF check, a gateway, can.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        stamp = request.headers.get(ITEM_HEADER, "")
        if _STAMP.fullmatch(stamp) and getattr(request, "csrf_processing_done", False) and response.status_code < 500:
            response[ITEM_HEADER] = stamp
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, (IntegrityError, OperationalError)):
            exception = conflict_of(exception) or exception
        if not isinstance(exception, ActionError):
            return None
        own = (403, 404, 409, 503)
        template = f"{exception.status if exception.status in own else 400}.html"
        if request.headers.get("HX-Request"):
            template = "components/error_panel.html"
        answer = render(request, template, {"error": exception}, status=exception.status)
        if exception.retry_after:
            answer["Retry-After"] = str(exception.retry_after)
        return answer
