"""The headquarters of the county on a desk and on a phone, and a seat given in a dialog."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages_open import Server

SignIn = Callable[..., Any]


@pytest.mark.parametrize(("width", "language"), [(390, "en"), (1440, "zh-hans")])
def test_the_headquarters_and_a_new_seat(
    server: Server, sign_in: SignIn, axe: Callable[[Page], list[str]], width: int, language: str
) -> None:
    page = sign_in(server, "admin", language=language, width=width)
    page.goto("/register/headquarters/")
    expect(page.locator("section[id^=headquarters-]").first).to_be_visible()
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/hq-{width}.png")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("a[href$='/seats/new/']").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    if folder:
        page.screenshot(path=f"{folder}/hq-seat-{width}.png")
    assert axe(page) == []
