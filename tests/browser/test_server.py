"""The browser tests' own ground: a server on a database of its own, signed-in pages, a clock that can be moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from database.clock import now


def test_a_signed_in_page_gets_the_design_page_in_its_language(server: Any, sign_in: Callable[..., Page]) -> None:
    page = sign_in(server, "officer", language="en")
    page.goto("/design/")
    assert page.locator("html").get_attribute("lang") == "en"
    assert "Silence is loud" in page.content()


def test_the_documentation_of_the_api_lists_its_addresses(server: Any, sign_in: Callable[..., Page]) -> None:
    page = sign_in(server, "officer")
    page.goto("/api/docs/")
    paths = page.locator("#swagger-ui .opblock-summary-path")
    expect(paths.first).to_be_visible()
    wanted = paths.filter(has_text="/api/v1/hazards/").first
    for _ in range(40):  # only what is near the window is drawn
        if wanted.count():
            break
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(100)
    expect(wanted).to_be_visible()


def test_nobody_is_led_to_the_sign_in_page(server: Any, sign_in: Callable[..., Page]) -> None:
    page = sign_in(server)
    page.goto("/design/")
    assert "/login/" in page.url


def test_travelling_moves_the_clock_of_the_test_and_of_a_restarted_server(
    own_server: Any, sign_in: Callable[..., Page]
) -> None:
    before = now()
    own_server.travel(minutes=20)
    assert (now() - before).total_seconds() > 1199
    own_server.stop()
    own_server.start()
    assert sign_in(own_server, "village").goto("/design/").status == 200
