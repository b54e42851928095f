"""A backup is restored while pages are open: all of them load anew, and nothing stale stays green."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from journal.actions import epochs

pytestmark = [pytest.mark.browser, pytest.mark.quiet]

PAGES = [
    ("officer", "/", 1440),
    ("leader", "/incidents/", 1440),
    ("village", "/orders/mine/", 390),
    ("officer", "/wall/", 1920),
]


def test_desk_list_phone_and_wall_load_anew_when_a_backup_was_restored(own_server: Any, sign_in: Any) -> None:
    pages = [sign_in(own_server, username, width=width) for username, _path, width in PAGES]
    for page, (_username, path, _width) in zip(pages, PAGES, strict=True):
        page.goto(path)
        expect(page.locator("[data-live-seq]")).to_have_attribute("data-live-state", "live")
    epoch = epochs.begin("restored")
    for page in pages:
        # The page itself names its epoch, so this is another page.
        expect(page.locator("[data-live-seq]")).to_have_attribute("data-live-epoch", epoch, timeout=20_000)
        expect(page.locator("[data-live-seq]")).to_have_attribute("data-live-state", "live")


def test_a_cursor_of_the_future_loads_the_page_anew_without_a_socket_too(own_server: Any, sign_in: Any) -> None:
    page = sign_in(own_server, "officer")
    page.add_init_script("window.WebSocket = class { close() {} }")
    page.clock.install()
    page.goto("/incidents/")
    epoch = epochs.begin("restored")
    page.clock.run_for(40_000)
    expect(page.locator("[data-live-seq]")).to_have_attribute("data-live-epoch", epoch)
