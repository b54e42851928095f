"""Filing by phone: the page, its empty shell for when there is no network, the service worker, the app's manifest."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_safe

from hazards.models import Hazard
from hazards.rules.words import Kind
from hazards.screens import phone_app
from web.requests import Request

MOST = 100
FRESH = {"Cache-Control": "no-cache"}
"""Kept by the browser, but asked for anew each time."""


@require_safe
def file(request: Request) -> HttpResponse:
    return render(request, phone_app.TEMPLATE, _context(empty=False))


@login_not_required
@require_safe
def shell(request: Request, language: str) -> HttpResponse:
    """The app shell: the page without personal data, in one language; open to all."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with override(language):
        return render(request, phone_app.TEMPLATE, _context(empty=True))


def _context(*, empty: bool) -> dict[str, Any]:
    return {"tab": "hazard", "kinds": Kind.choices, "shell": empty, "tile_url": "" if empty else settings.TILE_URL}


@require_safe
def mine(request: Request) -> JsonResponse:
    """``?ids=1,2``: how far the person's own tickets have come; others are simply not told."""
    ids = [int(part) for part in request.GET.get("ids", "").split(",")[:MOST] if part.isdecimal() and len(part) < 19]
    waiting = (Hazard.Status.HELD, Hazard.Status.FOUND)
    words = dict(Hazard.Status.choices)
    rows = Hazard.objects.filter(pk__in=ids, finder=request.user).values_list("pk", "ref", "status")
    tickets = {
        pk: {"ref": ref, "status": status, "word": str(words[Hazard.Status(status)]), "accepted": status not in waiting}
        for pk, ref, status in rows
    }
    return JsonResponse({"tickets": tickets})


@login_not_required
@require_safe
def worker(request: Request) -> HttpResponse:
    """Its address makes it stand for the whole site."""
    return HttpResponse(phone_app.worker(), content_type="text/javascript; charset=utf-8", headers=FRESH)


@login_not_required
@require_safe
def manifest(request: Request) -> JsonResponse:
    body = phone_app.manifest(request.LANGUAGE_CODE)
    return JsonResponse(body, content_type="application/manifest+json", headers=FRESH)
