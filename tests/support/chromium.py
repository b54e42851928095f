"""The browser that tests drive: one a process, for Playwright's loop runs once in a thread."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator

from django.db import connection
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = os.environ.get("SANJI_BROWSER") or shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--autoplay-policy=user-gesture-required"),
]


@contextlib.contextmanager
def running() -> Iterator[Browser]:
    # Where Django keeps its connection depends on whether a loop runs in the thread: one opened before Playwright's
    # loop could not be found and closed while it runs, and a database in use cannot be copied or dropped.
    connection.close()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
        connection.close()
