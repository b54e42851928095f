"""A real server and a real browser: uvicorn as its own process (serving.py) on a copy of the test database of its own.

Fixtures for every browser test:

- ``server`` (one a module): ``server.url``, ``server.token("officer")`` (API key), ``server.fire()`` (what the timers'
  firer would do now). While it runs, the test's own Django connection is the server's database: call actions directly.
- ``own_server``: the same for one test alone, which may ``stop()`` and ``start()`` it (same port) or
  ``travel(minutes=20)`` (the clock of the database, hence of every process).
- ``sign_in``: ``page = sign_in(server, "officer", language="en", theme="light", width=390, height=844)``; each call is
  a browser context of its own; then ``page.goto("/")``. At the end the test fails for any page error, console error or
  CSP violation that it did not ask for (``page.expected_errors.append("part of the text")``).
  ``page.until("javascript condition")`` waits for it; Playwright's own wait_for_function needs eval, which CSP forbids.
- ``proxy``: stands in front of ``server`` with the moods of bad networks (moods.py); ``sign_in(proxy, "village")``,
  then ``proxy.mood = "portal"``.
- ``axe``: ``axe(page)`` gives the list of accessibility violations, empty when there are none.
"""

from __future__ import annotations

import contextlib
import functools
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Playwright's loop runs in the thread that calls the ORM between two steps of a page.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, Error, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from tests.support.moods import Proxy
from tests.support.pages_open import Server, session_of, until

# A deadline for what has gone wrong, not a measure of speed: a machine that does three things at once is slow.
expect.set_options(timeout=60_000)
EXPECTED_EVERYWHERE = ("htmx:sendAbort", "htmx:afterRequest")
"""htmx tells of requests that it gave up for newer ones as errors."""


def _on_the_side(sql: str) -> None:
    """One statement from the maintenance database: a database cannot be copied while somebody is connected to it."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture(scope="module")
def server(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Server]:
    """One server for the tests of a module, which share its data: each uses incidents of its own."""
    with django_db_blocker.unblock():
        yield from _serve(tmp_path_factory.mktemp("server"), None)


@pytest.fixture
def server_environment() -> dict[str, str]:
    """What a fixture in front of ``own_server`` puts in here is added to its process's environment."""
    return {}


@pytest.fixture
def own_server(
    django_db_setup: None, tmp_path: Path, server_environment: dict[str, str], django_db_blocker: DjangoDbBlocker
) -> Iterator[Server]:
    """A server of this test alone, for tests that stop it or travel in time."""
    with django_db_blocker.unblock():
        yield from _serve(tmp_path, server_environment)


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    """In front of ``server``, in a clear mood."""
    standing = Proxy(server.port)
    yield standing
    standing.close()


_originals: list[str] = []
"""The run's test database: the one to copy from, also while another server's database is connected."""


def _serve(folder: Path, environment: dict[str, str] | None) -> Iterator[Server]:
    name = f"sanji_live_{secrets.token_hex(6)}"
    connection.close()
    if not _originals:
        _originals.append(connection.settings_dict["NAME"])
    _on_the_side(f'CREATE DATABASE "{name}" TEMPLATE "{_originals[0]}"')
    running = Server(name, folder / "server.log", environment)
    with _own_connection(name):
        try:
            running.start()
            yield running
        finally:
            running.stop()
    _on_the_side(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextlib.contextmanager
def _own_connection(name: str) -> Iterator[None]:
    """The test's Django connection speaks with the server's database until the end of the test."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


class Watch:
    """What went wrong on a page without any test having asked."""

    def __init__(self, page: Page) -> None:
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("console", self._console)
        page.expected_errors = list(EXPECTED_EVERYWHERE)  # type: ignore[attr-defined]
        self.page = page

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(f"{self.page.url}: {message.text} {message.location.get('url', '')}")

    def unexpected(self) -> list[str]:
        expected = self.page.expected_errors  # type: ignore[attr-defined]
        return [error for error in self.errors if not any(part in error for part in expected)]


@pytest.fixture
def sign_in(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """``sign_in(server, "officer")``: a page of a new browser context; nobody is signed in when no name is given.

    Its paths are the server's: ``page.goto("/")``.
    """
    watches: list[Watch] = []

    def enter(
        server: Server | Proxy, username: str = "", *, language: str = "en", theme: str = "dark", width: int = 1440,
        height: int = 900, **more: Any,
    ) -> Page:  # fmt: skip
        more.setdefault("viewport", {"width": width, "height": height})
        # Hundreds of silent villages that breathe on pages nobody looks at keep a core busy.
        more.setdefault("reduced_motion", "reduce")
        context = chromium.new_context(base_url=server.url, **more)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language, "sanji_theme": theme}
        if username:
            cookies[settings.SESSION_COOKIE_NAME] = session_of(username)
        context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.until = functools.partial(until, page)  # type: ignore[attr-defined]
        watches.append(Watch(page))
        return page

    yield enter
    for watch in watches:
        watch.page.context.close()
    unexpected = [error for watch in watches for error in watch.unexpected()]
    assert not unexpected, "\n".join(unexpected)


# No rule of those that are on reads the style sheets themselves, and what is in order need not be told.
LOOK_FOR = "{resultTypes: ['violations'], preload: {assets: ['media']}}"


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """The violations as lines "rule: help (the elements)"."""

    def violations(page: Page) -> list[dict[str, Any]]:
        page.wait_for_load_state()
        page.evaluate(AXE_SCRIPT)
        found: list[dict[str, Any]] = page.evaluate(f"axe.run({LOOK_FOR}).then(found => found.violations)")
        return found

    def look(page: Page) -> list[str]:
        try:
            found = violations(page)
        except Error:  # the page was left in the middle, for the one that a click led to
            found = violations(page)
        return [f"{v['id']}: {v['help']} ({', '.join(str(n['target']) for n in v['nodes'])})" for v in found]

    return look


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The mark ``django_db`` has pytest-django create the test database: only runs that ask get one."""
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """In place of pytest-django's own, which would open a transaction: these tests' database is their server's."""
