"""Somebody whose name is being guessed at: what a new browser is told, and how an administrator unlocks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from norms.rules.numbers import NUMBERS
from tests.chaos.visitors import Visitor
from tests.support.pages_open import Server

SignIn = Callable[..., Any]


def attack(server: Server, username: str) -> None:
    """From the address at which the browsers of this test are too."""
    stranger = Visitor(server.port)
    for n in range(NUMBERS["sign_in_failures"].default):
        status, _content, _seconds = stranger.post("/login/", username=username, password=f"guess {n}")
    assert status == 429


def enter(page: Page, username: str) -> None:
    page.goto("/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill("sanji-demo")
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize(("who", "width"), [("officer", 390), ("leader", 1440)])
def test_a_new_computer_is_told_until_when_and_let_in_once_unlocked(
    server: Server, sign_in: SignIn, axe: Callable[[Page], list[str]], who: str, width: int
) -> None:
    known, new = (sign_in(server, language="en", width=width) for _ in range(2))
    enter(known, who)
    known.wait_for_url(lambda url: "/login/" not in url)
    attack(server, who)
    new.expected_errors.append("429")
    enter(new, who)
    expect(new.get_by_role("heading", name="Too many failed attempts")).to_be_visible()
    assert axe(new) == []
    assert new.evaluate("document.documentElement.scrollWidth <= innerWidth")
    known.context.clear_cookies(name="sessionid")
    enter(known, who)
    known.wait_for_url(lambda url: "/login/" not in url)

    keeper = sign_in(server, "admin", language="en", width=width)
    keeper.goto("/setup/access/")
    assert axe(keeper) == []
    assert keeper.evaluate("document.documentElement.scrollWidth <= innerWidth")
    line = keeper.locator(".settings-line", has_text="new browsers at 127.0.0.1")
    line.get_by_role("link", name="Unlock").click()
    keeper.get_by_role("dialog").get_by_role("button", name="Unlock").click()
    expect(keeper.get_by_text("Nobody is locked out.")).to_be_visible()
    enter(new, who)
    new.wait_for_url(lambda url: "/login/" not in url)
