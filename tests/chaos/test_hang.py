"""A database that hangs, a Redis that is away or hangs, a full disk: it is said, nothing is lost, and all goes on by
itself afterwards. Real processes from the Procfile; the three tests share one system and follow one another.
"""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

# Playwright's loop runs in the thread that calls the ORM between two steps of a page.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone
from knox.models import AuthToken
from playwright.sync_api import Browser, Page, expect

from command.actions import issue_order
from command.models import Assignment, Incident
from emergency.http import THREADS
from journal.models import Attachment, Event
from org.models import Person
from tests.chaos.system import System
from tests.chaos.visitors import Answer, Visitor
from tests.support.gate import Gate
from tests.support.hazards import VILLAGE, point_in
from tests.support.own_database import OwnDatabase
from tests.support.pages_open import session_of
from tests.support.photos import jpeg
from tests.support.processes import eventually

pytestmark = [
    pytest.mark.chaos, pytest.mark.slow_process, pytest.mark.django_db, pytest.mark.timeout(900), pytest.mark.quiet,
]  # fmt: skip

PHONE_S = 20.0
"""As long as a page of ours waits for an answer (static/js/core/http.js)."""
MONITOR_S = 2.0
"""As long as whoever watches over the system waits for an answer."""


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """In place of pytest-django's own, which would open a transaction: this database is shared with processes."""


class Gated(System):
    """Its processes reach PostgreSQL through a gate, and keep uploads in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        parts = urlsplit(self.env["DATABASE_URL"])
        self.gate = Gate(parts)
        self.env["DATABASE_URL"] = urlunsplit(parts._replace(netloc=f"sanji_app@127.0.0.1:{self.gate.port}"))
        self.media = folder / "media"
        self.media.mkdir()
        self.env["MEDIA_ROOT"] = str(self.media)

    def told(self) -> dict[str, bool]:
        """What a monitor learns from /readyz in its two seconds: which checks hold; empty without an answer."""
        try:
            answer = Visitor(self.port, timeout=MONITOR_S).get("/readyz")
        except OSError:
            return {}
        return {name: check["ok"] for name, check in json.loads(answer[1])["checks"].items()}


@pytest.fixture(scope="module")
def system(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    with django_db_blocker.unblock():
        OwnDatabase.take()
        running = Gated(tmp_path_factory.mktemp("system"))
        try:
            running.start()
            yield running
        finally:
            running.gate.open()
            running.stop()
            running.gate.close()
            OwnDatabase.drop()


@pytest.fixture(scope="module")
def program(system: Gated) -> Visitor:
    token = AuthToken.objects.create(Person.objects.get(username="officer"))[1]
    return Visitor(system.port, token=token, timeout=PHONE_S)


@pytest.fixture(scope="module")
def phone(system: Gated, chromium: Browser) -> Iterator[Page]:
    url = f"http://127.0.0.1:{system.port}"
    size = {"width": 390, "height": 844}
    with chromium.new_context(base_url=url, viewport=size, reduced_motion="reduce") as context:
        cookies = {settings.SESSION_COOKIE_NAME: session_of("village"), settings.LANGUAGE_COOKIE_NAME: "en"}
        context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
        opened = context.new_page()
        opened.goto("/orders/mine/")
        expect(opened.locator("[data-live]")).to_have_attribute("data-live-state", "live", timeout=20_000)
        yield opened
    connections.close_all()


def order() -> Assignment:
    """To the village that holds the phone."""
    made = issue_order(
        by=Person.objects.get(username="officer"), incident_id=None, text="查看河道水位", units=[VILLAGE], ladder="red"
    )
    return next(row for row in made.lines if row.person and row.person.username == "village")


def open_incident(program: Visitor, title: str, key: str) -> Answer:
    body = {"title": title, "category": "accident", "unit": "331126", "point": [119.06, 27.62]}
    return program.send("POST", "/api/v1/incidents/", json.dumps(body).encode(), "application/json", key=key)


def all_threads_connected(program: Visitor) -> None:
    """Each of the web server's threads keeps a connection, which then hangs in the middle of a session."""
    with ThreadPoolExecutor(4 * THREADS) as many:
        assert {answer[0] for answer in many.map(program.get, ["/api/v1/incidents/"] * 8 * THREADS)} == {200}


def assert_said(answer: Answer, part: str) -> None:
    status, content, _seconds = answer
    assert status == 503, content
    told = json.loads(content)
    assert (set(told), told["code"]) == ({"code", "detail", "fields"}, "unavailable")
    assert part in told["detail"]


def test_a_database_that_hangs_is_said_and_what_was_tapped_meanwhile_arrives(
    system: Gated, program: Visitor, phone: Page
) -> None:
    row, key = order(), str(uuid.uuid4())
    card = phone.locator(f"#order-card-{row.pk}")
    expect(card).to_be_visible(timeout=20_000)
    all_threads_connected(program)
    system.gate.shut()
    eventually(lambda: system.told().get("database") is False, "word that the database hangs")
    assert (system.told()["redis"], system.told()["disk"]) == (True, True)
    card.get_by_role("button", name="Received").click()
    assert_said(open_incident(program, "桥面塌陷", key), "database does not answer")
    expect(card).to_contain_text("Not sent, will retry", timeout=40_000)
    expect(phone.locator("[data-live]")).not_to_have_attribute("data-live-state", "live")
    system.gate.open()
    eventually(system.ready, "readiness", 60)
    eventually(lambda: Assignment.objects.get(pk=row.pk).status == "received", "the tap", 60)
    expect(phone.locator("[data-live]")).to_have_attribute("data-live-state", "live", timeout=40_000)
    assert open_incident(program, "桥面塌陷", key)[0] == 201
    assert Incident.objects.filter(title="桥面塌陷").count() == 1


@pytest.mark.parametrize("how", ["away", "hanging"])
def test_without_redis_writes_go_on_pages_stay_live_and_it_is_said(
    system: Gated, program: Visitor, phone: Page, how: str
) -> None:
    eventually(system.ready, "readiness", 60)
    stop = {"away": system.end, "hanging": system.freeze}[how]
    stop("redis")
    eventually(lambda: system.told().get("redis") is False, "word that Redis is gone")
    assert system.told()["database"] is True
    assert open_incident(program, f"redis {how}", str(uuid.uuid4()))[0] == 201
    row = order()
    expect(phone.locator(f"#order-card-{row.pk}")).to_be_visible(timeout=20_000)
    system.thaw("redis")
    eventually(system.ready, "readiness", 60)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_keeps_no_part_of_a_photo_and_takes_it_when_there_is_room(system: Gated, program: Visitor) -> None:
    lon, lat = point_in(VILLAGE)
    ticket = {
        "client_id": str(uuid.uuid4()), "kind": "cut_slope", "description": "坡面裂缝", "point": [lon, lat],
        "found_at": timezone.now().isoformat(),
    }  # fmt: skip
    status, content, _seconds = program.send(
        "POST", "/api/v1/hazards/", json.dumps(ticket).encode(), "application/json"
    )
    assert status == 201, content
    address, photo = f"/api/v1/hazards/{json.loads(content)['id']}/photos/", jpeg()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(system.media)], check=True)
    try:
        others = system.media / "others"
        with pytest.raises(OSError, match="No space left"):
            others.write_bytes(bytes(100_000))
        before = Attachment.objects.count(), Event.objects.filter(verb="attachment.added").count()
        eventually(lambda: system.told().get("disk") is False, "word that the disk is full")
        assert_said(program.upload(address, "photo", photo, "a.jpg"), "no room left")
        assert (Attachment.objects.count(), Event.objects.filter(verb="attachment.added").count()) == before
        assert [path for path in system.media.rglob("*") if path.is_file()] == [others]
        subprocess.run(["mount", "-o", "remount,size=1g", str(system.media)], check=True)
        status, content, _seconds = program.upload(address, "photo", photo, "a.jpg")
        assert status == 201, content
        eventually(system.ready, "readiness", 60)
    finally:
        subprocess.run(["umount", str(system.media)], check=True)
