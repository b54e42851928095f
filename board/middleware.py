"""A wall screen sees the wall and nothing else, however it was let in."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from board.rules.wall_screens import PREFIX

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
REFUSED = _("A wall screen shows the wall and nothing else.")


def open_to_screens(method: str | None, path: str) -> bool:
    """Allow-list of requests for wall screens. The API applies it too, in its authentication
    (emergency/authentication/tokens.py).
    """
    return method in SAFE and path.startswith(OPEN_TO_SCREENS)


class DeviceMiddleware:
    """Refuses a screen every page but the wall's own (403)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_screen(request) or open_to_screens(request.method, request.path):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return JsonResponse({"code": "forbidden", "detail": str(REFUSED), "fields": {}}, status=403)
        return render(request, "403.html", status=403)


def is_screen(request: HttpRequest) -> bool:
    """Whether a request comes from a wall screen, by its session or by a screen's token in the header."""
    words = request.headers.get("Authorization", "").split()
    return getattr(request.user, "is_device", False) or (len(words) > 1 and words[1].startswith(PREFIX))
