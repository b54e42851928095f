"""One's own password and tokens, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages_open import Server

NEW = "a mountain road at night"


@pytest.mark.parametrize(("who", "width"), [("village", 390), ("admin", 1440)])
def test_a_token_is_made_shown_and_revoked(
    server: Server, sign_in: Callable[..., Any], axe: Callable[[Page], list[str]], who: str, width: int
) -> None:
    page = sign_in(server, who, language="en", theme="dark", width=width, height=844)
    page.goto("/me/")
    page.get_by_role("link", name="Manage").click()
    page.get_by_role("link", name="New API token").click()
    assert axe(page) == []
    page.get_by_label("What it is for").fill("Rain gauge")
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_label("API token", exact=True)).to_have_value(re.compile(r"[0-9a-f]{64}"))
    assert axe(page) == []
    page.get_by_role("link", name="My API tokens").click()
    expect(page.locator(".token-line")).to_contain_text(["Rain gauge"])
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".token-line", has_text="Rain gauge").get_by_role("link", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.locator(".token-line", has_text="Rain gauge")).to_have_count(0)


def test_a_new_password_leaves_this_browser_signed_in_and_no_secret_in_its_storage(
    server: Server, sign_in: Callable[..., Any], axe: Callable[[Page], list[str]]
) -> None:
    page = sign_in(server, "township", language="en", theme="light", width=390, height=844)
    page.goto("/me/password/")
    assert axe(page) == []
    for label, text in (("Present password", "sanji-demo"), ("New password", NEW), ("New password once more", NEW)):
        page.get_by_label(label, exact=True).fill(text)
    stored = page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert "sanji-demo" not in stored
    assert NEW not in stored
    page.get_by_role("button", name="Change the password").click()
    page.wait_for_url("**/me/")
    page.until("document.querySelector('[data-live]').dataset.liveState === 'live'")
