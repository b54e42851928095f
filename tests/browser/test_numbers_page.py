"""Whoever keeps the register sets a number in a dialog over the page of numbers, wide and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages_open import Server

SignIn = Callable[..., Any]


@pytest.mark.parametrize(("width", "value"), [(390, "45"), (1440, "50")])
def test_a_number_is_set_in_a_dialog(
    server: Server, sign_in: SignIn, axe: Callable[[Page], list[str]], width: int, value: str
) -> None:
    page = sign_in(server, "admin", language="en", width=width)
    page.expected_errors.append("400")
    page.goto("/register/")
    page.get_by_role("link", name="Numbers", exact=True).click()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    line = page.locator(".settings-line", has_text="Gaps are looked for ahead")
    line.get_by_role("link", name="Change").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("New value (days)").fill("0")
    dialog.get_by_label("Source").fill("县政办〔2026〕12 号")
    dialog.get_by_role("button", name="Store").click()
    expect(dialog.locator(".invalid-feedback")).to_be_visible()
    dialog.get_by_label("New value (days)").fill(value)
    assert axe(page) == []
    dialog.get_by_role("button", name="Store").click()
    expect(line.get_by_text(f"{value} days")).to_be_visible()
    line.get_by_role("link", name="Gaps are looked for ahead").click()
    expect(page.get_by_text("earlier").first).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
