"""The error pages that Django calls by itself."""

from __future__ import annotations

import errno
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from structlog.contextvars import get_contextvars

from web.bounds import code_of, sentence_of, status_of
from web.errors import ActionError, NotFound


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400: requests that Django refuses before a view runs, with too many fields or files, too much text, a
    broken body.
    """
    error = ActionError(sentence_of(exception), code=code_of(exception))
    status = status_of(exception)
    if of_api(request):
        return as_data(status, error.code, str(error.detail))
    # Rendered without the request: its body is what could not be read.
    return HttpResponse(render_to_string("400.html", {"error": error, "back": request.path}), status=status)


def of_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def as_data(status: int, code: str, detail: str) -> JsonResponse:
    """An error of the API in the shape of all of them (web/rest.py)."""
    return JsonResponse({"code": code, "detail": detail, "fields": {}}, status=status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if of_api(request):
        return as_data(403, "forbidden", _("You may not do this."))
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if of_api(request):
        return as_data(404, "not_found", str(NotFound().detail))
    return render(request, "404.html", status=404)


DISK_FULL = "53100"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


class Unavailable(ActionError):
    """503: a service that the system needs is away. Nothing was stored, and the same request succeeds later."""

    status = 503
    code = "unavailable"
    retry_after = 5


def unavailable_of(error: BaseException | None) -> Unavailable | None:
    """The 503 for a full disk, or a database that is away or hangs; None for a bug of ours."""
    full = getattr(getattr(error, "__cause__", None), "pgcode", None) == DISK_FULL
    if full or (isinstance(error, OSError) and error.errno in NO_ROOM):
        return Unavailable(_("The server has no room left on its disk. Nothing was stored: tell the administrator."))
    if isinstance(error, (OperationalError, InterfaceError)):
        return Unavailable(_("The database does not answer at the moment. Nothing was stored: try again."))
    return None


CODE_LENGTH = 8
"""Characters of a request's id that people read out on the telephone; enough to find its lines in the log."""


def support_code() -> str:
    """The first characters of the request id that each log line of this request carries (emergency/logs.py)."""
    return str(get_contextvars().get("request_id", ""))[:CODE_LENGTH]


def with_code(detail: object) -> str:
    code = support_code()
    return _("%(detail)s Code for support: %(code)s.") % {"detail": detail, "code": code} if code else str(detail)


def unavailable(request: HttpRequest, error: Unavailable) -> HttpResponse:
    if of_api(request):
        answer: HttpResponse = as_data(error.status, error.code, with_code(error.detail))
    else:
        told = {"error": error, "back": request.path, "support_code": support_code()}
        answer = HttpResponse(render_to_string("503.html", told), status=error.status)
    answer["Retry-After"] = str(error.retry_after)
    return answer


def broken(request: HttpRequest) -> HttpResponse:
    """handler500: a self-contained page, for what broke may be what the frame needs. What mends itself, or the
    administrator, is a 503.
    """
    if (error := unavailable_of(sys.exc_info()[1])) is not None:
        return unavailable(request, error)
    if of_api(request):
        return as_data(500, "broken", with_code(_("Something went wrong on our side.")))
    if request.headers.get("HX-Request"):  # a few words, which the page shows beside what it has (frame/ui.js)
        return HttpResponse(with_code(_("Something went wrong on our side.")), status=500, content_type="text/plain")
    return render(request, "500.html", {"support_code": support_code()}, status=500)
