"""The design page and the login in a real browser: axe, keyboard, width, and no request to another host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SignIn = Callable[..., Page]
Axe = Callable[[Page], list[str]]

LOOKS = [("dark", "zh-hans"), ("light", "en")]


def _design(server: Any, sign_in: SignIn) -> Page:
    page = sign_in(server, "officer")
    page.goto("/design/")
    return page


@pytest.mark.parametrize(("theme", "language"), LOOKS)
def test_the_design_page_has_no_accessibility_violation(
    server: Any, sign_in: SignIn, axe: Axe, theme: str, language: str
) -> None:
    page = sign_in(server, "officer", theme=theme, language=language, reduced_motion="reduce")
    page.goto("/design/")
    assert axe(page) == []


@pytest.mark.parametrize(("theme", "language"), LOOKS)
def test_the_login_page_has_no_accessibility_violation(
    server: Any, sign_in: SignIn, axe: Axe, theme: str, language: str
) -> None:
    page = sign_in(server, theme=theme, language=language)
    page.goto("/login/")
    assert axe(page) == []


@pytest.mark.parametrize("path", ["/design/", "/login/", "/offline/"])
def test_a_narrow_phone_never_scrolls_sideways(server: Any, sign_in: SignIn, path: str) -> None:
    page = sign_in(server, "officer" if path == "/design/" else "", width=360, height=740)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("(document.querySelector('.main') || document.body).scrollWidth") <= 360


def test_no_text_on_screen_is_smaller_than_twelve_pixels(server: Any, sign_in: SignIn) -> None:
    page = _design(server, sign_in)
    small = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter((e) => e.offsetParent
             && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())
             && parseFloat(getComputedStyle(e).fontSize) < 12).map((e) => e.outerHTML)"""
    )
    assert small == []


def test_the_theme_switches_at_once_and_is_kept(server: Any, sign_in: SignIn) -> None:
    page = _design(server, sign_in)
    page.locator(".menu-theme > summary").click()
    with page.expect_response("**/theme/"):
        page.locator(".menu-theme button[value=light]").click()
    expect(page.locator("body")).to_have_css("background-color", "rgb(244, 246, 249)")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_the_shortcut_sheet_opens_by_key_and_gives_the_focus_back(server: Any, sign_in: SignIn) -> None:
    page = _design(server, sign_in)
    page.locator("[data-sample-toast]").focus()
    page.keyboard.press("?")
    expect(page.locator("#shortcuts-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-sample-toast]")).to_be_focused()


def test_a_sequence_of_keys_goes_to_a_section(server: Any, sign_in: SignIn) -> None:
    page = _design(server, sign_in)
    page.evaluate(
        """() => document.querySelector('a[data-key="g i"]').addEventListener('click', (event) => {
             event.preventDefault(); window.went = true; })"""
    )
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_function("window.went === true")


def test_a_destructive_act_waits_for_the_answer(server: Any, sign_in: SignIn) -> None:
    page = _design(server, sign_in)
    before = page.url
    page.locator("[data-confirm]").click()
    expect(page.locator("#confirm-dialog")).to_contain_text("23")
    page.locator("#confirm-dialog button[value=no]").click()
    expect(page.locator("#confirm-dialog")).to_be_hidden()
    assert page.url == before
    page.locator("[data-confirm]").click()
    page.locator("#confirm-dialog button[value=yes]").click()
    page.wait_for_url("**/design/?#dialogs")


def test_waiting_times_count_by_themselves(server: Any, sign_in: SignIn) -> None:
    page = _design(server, sign_in)
    first = page.locator("#times .waiting").first
    shown = first.text_content()
    expect(first).not_to_have_text(shown or "", timeout=20_000)


def test_one_tap_signs_a_demo_account_in(server: Any, sign_in: SignIn) -> None:
    page = sign_in(server)
    page.goto("/login/?next=/design/")
    page.locator("[data-demo-username=officer]").click()
    page.wait_for_url("**/design/")


def test_no_request_leaves_the_host(server: Any, sign_in: SignIn) -> None:
    page = sign_in(server, "officer")
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto("/design/", wait_until="networkidle")
    assert seen
    assert [url for url in seen if not url.startswith((server.url, "data:"))] == []
