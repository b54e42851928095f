"""The error pages that Django calls by itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from journal.bounds import sentence_of, status_of
from journal.errors import ActionError


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What Django itself refuses before a view is asked: too many fields or files, too much text, a broken body."""
    error = ActionError(sentence_of(exception), code="too_much")
    status = status_of(exception)
    if request.path.startswith("/api/"):
        body = {"code": error.code, "detail": error.detail, "fields": {}}
        return JsonResponse(body, status=status)
    # Rendered without the request: its body is what could not be read.
    return HttpResponse(render_to_string("400.html", {"error": error, "back": request.path}), status=status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Self-contained: what broke may be what the frame needs."""
    return render(request, "500.html", status=500)
