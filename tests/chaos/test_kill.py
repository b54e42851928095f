"""kill -9, each in turn, while ladders climb: nothing lost, nothing doubled, and who listens ends up with everything.

Real processes from the Procfile, the demonstration ladder (a rung every four seconds), a program and a browser that
listen. The three tests share one system and follow one another.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

# Playwright's loop runs in the thread that calls the ORM between two steps of a page.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import pytest
from django.conf import settings
from django.db import connection, connections
from knox.models import AuthToken
from playwright.sync_api import Browser, Page

from command.actions import issue_order
from command.models import Order
from journal import timers
from journal.models import Event, Timer
from notify.models import Delivery, Message
from org.models import Person
from tests.chaos.system import System
from tests.chaos.watcher import Watcher, seen_in, watch_in
from tests.support.own_database import OwnDatabase
from tests.support.pages_open import session_of
from tests.support.processes import eventually

pytestmark = [pytest.mark.chaos, pytest.mark.slow_process, pytest.mark.django_db, pytest.mark.timeout(900)]

LAST_STEP = 3
"""Of the red ladder: remind, deputy, runner, county, at 4, 8, 12 and 16 s; its repeat comes a minute later."""
TOWNSHIPS = ["331126206", "331126200", "331126105"]


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """In place of pytest-django's own, which would open a transaction: this database is shared with processes."""


@pytest.fixture(scope="module")
def system(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with django_db_blocker.unblock():
        OwnDatabase.take()
        running = System(tmp_path_factory.mktemp("system"))
        try:
            running.start()
            yield running
        finally:
            running.stop()
            OwnDatabase.drop()


@pytest.fixture(scope="module")
def watcher(system: System) -> Iterator[Watcher]:
    token = AuthToken.objects.create(Person.objects.get(username="officer"))[1]
    watching = Watcher(system.port, token, newest())
    yield watching
    watching.stop()


@pytest.fixture(scope="module")
def page(system: System, chromium: Browser) -> Iterator[Page]:
    url = f"http://127.0.0.1:{system.port}"
    with chromium.new_context(base_url=url) as context:
        key = session_of("officer")
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": url}])
        opened = context.new_page()
        opened.goto("/healthz")
        watch_in(opened, newest())
        yield opened
    connections.close_all()


def newest() -> int:
    return Event.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def send_order() -> Order:
    """To three townships and all their villages, on the fast ladder."""
    return issue_order(
        by=Person.objects.get(username="officer"), incident_id=None, text="立即转移危险区人员", units=TOWNSHIPS,
        descendants=True, ladder="red", fast=True,
    )  # fmt: skip


def steps_of(order: Order) -> dict[str, list[int]]:
    """The steps that each assignment has climbed, in the order of the journal."""
    found: dict[str, list[int]] = {f"assignment:{row.pk}": [] for row in order.lines}
    events = Event.objects.filter(verb="assignment.climbed", subject__in=found).order_by("seq")
    for subject, data in events.values_list("subject", "data"):
        found[subject].append(data["step"])
    return found


def at_the_top(order: Order) -> bool:
    return all(steps and steps[-1] >= LAST_STEP for steps in steps_of(order).values())


def assert_climbed_exactly_once(order: Order) -> None:
    expected = {f"assignment:{row.pk}": list(range(row.rung, LAST_STEP + 1)) for row in order.lines}
    assert steps_of(order) == expected, "each step once, in order, none missing"
    subjects = list(expected)
    events = Event.objects.filter(verb="assignment.climbed", subject__in=subjects)
    called = sum(len(data["called"]) for data in events.values_list("data", flat=True))
    messages = Message.objects.filter(subject__in=subjects)
    assert messages.exclude(code="order.called").count() == called, "one message for each person of each climb"
    assert messages.filter(code="order.called").count() == sum(1 for row in order.lines if row.person_id)
    assert Delivery.objects.filter(message__in=messages).count() == messages.count()
    fired = Timer.objects.filter(subject__in=subjects, step__lte=LAST_STEP).values_list("state", flat=True)
    assert set(fired) == {"fired"}


def assert_heard_all(watcher: Watcher, page: Page, start: int) -> None:
    """Both end with exactly the journal's numbers: all of them lie in the officer's county."""
    wanted = set(Event.objects.filter(seq__gt=start).values_list("seq", flat=True))
    eventually(lambda: wanted <= watcher.seqs, "the program's catching up", 20)
    eventually(lambda: wanted <= seen_in(page), "the browser's catching up", 20)
    known = set(Event.objects.values_list("seq", flat=True))
    assert watcher.seqs <= known
    assert seen_in(page) <= known


def test_no_step_is_lost_or_doubled_when_each_process_is_killed_in_turn(
    system: System, watcher: Watcher, page: Page
) -> None:
    start = newest()
    eventually(lambda: watcher.connects and page.evaluate("window.connects"), "both lines", 20)
    order = send_order()
    assert len(order.lines) > 30
    for number, name in enumerate(("worker", "beat", "web", "redis")):
        # Between two rungs and in the middle of one: the rungs come at 4, 8, 12, 16 s.
        due = order.issued_at.timestamp() + 4 * number + 4.05
        eventually(lambda due=due: time.time() >= due, "the moment", 30)
        system.kill(name)
    eventually(lambda: at_the_top(order), "the last rung", 60)
    eventually(system.ready, "everything to be back", 60)
    assert_climbed_exactly_once(order)
    assert_heard_all(watcher, page, start)
    assert watcher.connects >= 2, "the web server was killed"
    assert page.evaluate("window.connects") >= 2


def test_two_firers_at_the_same_time_climb_every_rung_once(system: System, watcher: Watcher, page: Page) -> None:
    start = newest()
    ending = threading.Event()

    def fire() -> None:
        with contextlib.closing(connection):
            while not ending.wait(0.01):
                timers.fire_due()

    second = threading.Thread(target=fire)
    second.start()
    try:
        order = send_order()
        eventually(lambda: at_the_top(order), "the last rung", 60)
    finally:
        ending.set()
        second.join(10)
    assert_climbed_exactly_once(order)
    assert_heard_all(watcher, page, start)


def test_the_sentinel_alone_keeps_the_ladder_climbing(system: System, watcher: Watcher, page: Page) -> None:
    system.end("worker")
    system.end("beat")
    start = newest()
    order = send_order()
    eventually(lambda: at_the_top(order), "the last rung", 60)
    assert_climbed_exactly_once(order)
    assert_heard_all(watcher, page, start)
