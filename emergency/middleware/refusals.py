"""Sign-in by default, and refused actions as pages in the user's language."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from emergency.views.errors import refused
from journal.actions import epochs
from web.bounds import LARGEST_NUMBER, REFUSED, Unreadable, check_query, check_text, unstorable
from web.errors import ActionError, Conflict
from web.rest import conflict_of

log = logging.getLogger(__name__)


def is_open(path: str) -> bool:
    """Whether the page needs no login (``login_not_required``). One that does not exist does; the API answers 401
    itself.
    """
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    return not getattr(view, "login_required", True)


DATA = ("application/json", "application/geo+json")


class MarkMiddleware:
    """Outermost: every answer, errors and redirects too, carries a mark. What lacks it came from a network in between
    (static/js/core/http.js).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers["X-Sanji"] = "1"
        return response


class BoundsMiddleware:
    """Input limits: what is too long, or holds what the database cannot store, is refused before any query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (refused := request.META.get("asgi.scope", {}).get(REFUSED)) is not None:
            raise refused
        check_query(request.META.get("QUERY_STRING", ""))
        check_text(request.path_info)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """Numbers in the address as far as ids go; a page's form fields. The API's serializers look at theirs."""
        if any(isinstance(value, int) and value > LARGEST_NUMBER for value in kwargs.values()):
            raise Http404
        if request.method == "POST" and not request.path.startswith("/api/"):
            for name, values in request.POST.lists():
                check_text(name, *values)


class DocumentPolicyMiddleware(CSPMiddleware):
    """Content-Security-Policy on every response that a browser could show as a document; data runs nothing."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "")
        return response if kind.startswith(DATA) else super().process_response(request, response)


PERSON_HEADER = "X-Sanji-Person"
"""Sent by our scripts with whose page asks (core/http.js): what one person left on a page, a form or a queue is
never taken under the name of who signed in later in the same browser."""


class SamePersonMiddleware:
    """Refuses requests from a page of another person than the one signed in now, as signed out."""

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


class SignedInMiddleware(LoginRequiredMiddleware):
    """Login required by default, unless the view is marked ``login_not_required``."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        return to_sign_in(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Redirect to the sign-in page, and from there back to a whole page. A script gets a status instead, and its page
    decides.
    """
    if request.headers.get("HX-Request"):
        # A redirect would put the login form into the middle of the page; 204 leaves everything as it stands.
        return HttpResponse(status=204, headers={"HX-Redirect": sign_in_address(page_of(request))})
    if is_script(request):
        detail = _("You are signed out. Sign in again.")
        return JsonResponse({"code": "not_authenticated", "detail": detail, "fields": {}}, status=401)
    asked = request.get_full_path() if request.method in SAFE else page_of(request)
    return redirect(sign_in_address(asked))


SAFE = ("GET", "HEAD")


def sign_in_address(page: str) -> str:
    return f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': page})}"


def is_script(request: HttpRequest) -> bool:
    """Whether the request comes from fetch(): it expects a fragment or data, nothing to be redirected back to."""
    return request.headers.get("Sec-Fetch-Dest") == "empty" or "json" in request.headers.get("Accept", "")


def page_of(request: HttpRequest) -> str:
    """The address (path, query, fragment) of the whole page that asks, as it says itself; ``/`` when it is not ours."""
    for said in (request.headers.get("HX-Current-URL"), request.headers.get("Referer")):
        if said and url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure()):
            path, query, fragment = (url := urlsplit(said)).path or "/", url.query, url.fragment
            if not is_open(path):
                return urlunsplit(("", "", path, query, fragment))
    return "/"


class FreshMiddleware:
    """Cache headers (no-store, Vary): Back, the history and a reopened tab show whole, current pages.

    A part of a page and the whole page may share an address, so that caches have to tell them apart by the header.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_bare(request, response):
            response = redirect(settings.LOGIN_REDIRECT_URL)
        kind = response.headers.get("Content-Type", "")
        patch_vary_headers(response, ["HX-Request", "Cookie", "Accept-Language"])
        part = "HX-Request" in request.headers and kind.startswith("text/html")
        if part or ("Cache-Control" not in response.headers and "javascript" not in kind):
            response.headers["Cache-Control"] = "private, no-store"
        return response


def is_bare(request: HttpRequest, response: HttpResponse) -> bool:
    """A part of a page, or its data, about to be shown as if it were one: by Back, a bookmark or ``next``."""
    headers = request.headers
    shown = "text/html" in headers.get("Accept", "") and headers.get("Sec-Fetch-Dest", "document") == "document"
    if not shown or "HX-Request" in headers or request.method != "GET" or response.status_code != 200:
        return False
    kind = response.headers.get("Content-Type", "")
    if kind.startswith(DATA):
        return not is_open(request.path_info)
    if response.streaming or not kind.startswith("text/html"):
        return False
    return not response.content[:200].lstrip().lower().startswith((b"<!doctype", b"<html"))


ITEM_HEADER = "X-Sanji-Item"
"""The UUID of an act that waits in a browser's outbox (core/outbox.js): echoed when a view has decided on it."""
EPOCH_HEADER = "X-Sanji-Epoch"
"""The journal's epoch in which an act was done: one that was kept since before a backup was restored names things by
numbers that may be others now."""
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

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        meant = request.headers.get(EPOCH_HEADER)
        if meant is None or request.method in SAFE or meant == epochs.current():
            return None
        said = _("A backup was restored since you did this. Look at it again before you answer.")
        return self.process_exception(request, Conflict(said, code="other_epoch"))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, (IntegrityError, OperationalError)):
            exception = conflict_of(exception) or exception
        if unstorable(exception):
            log.warning("a value that the database cannot hold, at %s", request.path, exc_info=exception)
            return refused(request, Unreadable())
        if not isinstance(exception, ActionError):
            return None
        own = (403, 404, 409, 429, 503)
        template = f"{exception.status if exception.status in own else 400}.html"
        if request.headers.get("HX-Request"):
            template = "components/error_panel.html"
        answer = render(request, template, {"error": exception}, status=exception.status)
        if exception.retry_after:
            answer["Retry-After"] = str(exception.retry_after)
        return answer
