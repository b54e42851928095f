"""The error pages that Django calls by itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from journal.bounds import code_of, sentence_of, status_of
from journal.errors import ActionError, NotFound


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What Django itself refuses before a view is asked: too many fields or files, too much text, a broken body."""
    error = ActionError(sentence_of(exception), code=code_of(exception))
    status = status_of(exception)
    if of_api(request):
        return as_data(status, error.code, str(error.detail))
    # Rendered without the request: its body is what could not be read.
    return HttpResponse(render_to_string("400.html", {"error": error, "back": request.path}), status=status)


def of_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def as_data(status: int, code: str, detail: str) -> JsonResponse:
    """An error of the API in the shape of all of them (journal/rest.py)."""
    return JsonResponse({"code": code, "detail": detail, "fields": {}}, status=status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if of_api(request):
        return as_data(403, "forbidden", _("You may not do this."))
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if of_api(request):
        return as_data(404, "not_found", str(NotFound().detail))
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Self-contained: what broke may be what the frame needs."""
    if of_api(request):
        return as_data(500, "broken", _("Something went wrong on our side."))
    return render(request, "500.html", status=500)
