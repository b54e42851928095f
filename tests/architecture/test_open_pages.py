"""Which pages are open to everybody: all of them, so that another one is opened knowingly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

OPEN = {
    "login/", "healthz", "readyz", "metrics", "i18n/setlang/", "jsi18n/", "theme/", "offline/", "public/hazard/",
    "wall/device/<str:token>/", "duty/ical/<str:token>.ics", "sw.js", "manifest.webmanifest",
    "hazards/shell/<str:language>/", "demo/exchange/", "demo/exchange/<str:reference>",
}  # fmt: skip
UNREACHED = {"admin/login/"}
"""Django's own; another view stands before it (emergency/urls.py)."""


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route, one.callback
        else:
            yield from routes(one.url_patterns, route)


def test_these_pages_are_open_and_no_others() -> None:
    found = {
        route
        for route, view in routes(get_resolver().url_patterns)
        if not getattr(view, "login_required", True) and not route.startswith("api/")
    }
    assert found - UNREACHED == OPEN


def test_all_that_the_api_leaves_to_itself_is_the_framework_s() -> None:
    """DRF's views are open to Django's middleware, and ask by their own classes."""
    for route, view in routes(get_resolver().url_patterns):
        if route.startswith("api/"):
            assert hasattr(view, "cls"), route


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/login/", "/admin/", "/admin/org/person/", "/logout/", "/me/session/"])
def test_whoever_is_signed_out_is_led_to_the_one_sign_in(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/login/")


@pytest.mark.django_db
def test_whoever_is_signed_out_is_told_that_there_is_no_such_page(client: Client) -> None:
    assert client.get("/nothing/").status_code == 404
