"""A wall screen sees the wall and nothing else, however it was let in."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from board.actions import PREFIX

OPEN_TO_SCREENS = (
    "/wall/",
    "/board/counters/",
    "/api/v1/map/",
    "/api/v1/events/",
    "/static/",
    "/jsi18n/",
    "/healthz",
    "/me/session/",
)
SAFE = ("GET", "HEAD", "OPTIONS")


class DeviceMiddleware:
    """Refuses a screen everything but reading the wall's own pages and layers (403)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_screen(request) or (request.method in SAFE and request.path.startswith(OPEN_TO_SCREENS)):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return JsonResponse({"code": "forbidden", "detail": "a wall screen only looks", "fields": {}}, status=403)
        return render(request, "403.html", status=403)


def is_screen(request: HttpRequest) -> bool:
    """By its session, or by a screen's token in the header."""
    header = request.headers.get("Authorization", "")
    return getattr(request.user, "is_device", False) or header.partition(" ")[2].strip().startswith(PREFIX)
