"""Real deliverers, killed and started again, and a county's box in a process of its own that fails as it is told:
nobody is sent to twice unless nobody can know, nobody is lost, and timers fire on time beside it.

Texts go through an account that can be asked, calls through one that cannot.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection, connections
from django.test import Client

from database.clock import now
from journal import timers
from journal.actions.recording import SYSTEM
from journal.models import Event
from journal.timers import Setting, set_timers
from notify.actions.messages import send_all
from notify.files.sealing import seal
from notify.models import Account, Delivery, ReachRule
from notify.rules.notices import Notice
from org.models import Person, Unit
from org.rules.tokens import digest_of
from tests.chaos.system import free_port
from tests.support.gateways import TOKEN
from tests.support.own_database import OwnDatabase
from tests.support.processes import eventually, send

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.quiet,
    pytest.mark.slow_process,
    pytest.mark.django_db,
    pytest.mark.timeout(900),
]

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20
PEOPLE = 240
AWAY_S = 4.0
KIND = "test.beside_deliverer"


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """In place of pytest-django's own, which would open a transaction: this database is shared with processes."""


class Box:
    """The double, and what it says it took."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "uvicorn", "tests.support.box:application", "--port", str(self.port)]
        with (folder / "box.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--log-level", "error"], cwd=ROOT, stdout=log, stderr=log,
                env={**os.environ, "BOX_SECRET": "secret"},
            )  # fmt: skip
        eventually(self.answers, "the box", 30)

    def answers(self) -> bool:
        try:
            return httpx.get(self.url("/state"), trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def control(self, **settings: Any) -> None:
        httpx.post(self.url("/control"), json=settings, trust_env=False).raise_for_status()

    def taken(self) -> list[list[Any]]:
        found: list[list[Any]] = httpx.get(self.url("/state"), trust_env=False, timeout=10).json()["taken"]
        return found

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


class Deliverers:
    """One at a time, as its keeper would have it."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "deliverer.log"
        name = connection.settings_dict["NAME"]
        base, _slash, _old = os.environ["DATABASE_URL"].rpartition("/")
        self.env = {**os.environ, "DATABASE_URL": f"{base}/{name}"}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "deliverer"], cwd=ROOT, env=self.env, stdout=log, stderr=log
            )

    def kill(self) -> None:
        assert self.process is not None
        send(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()


class Beside:
    """A timer every 50 ms, fired by a loop of its own; how late each was, s."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self.over = threading.Event()
        timers.handler(KIND)(self.fired)
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def fired(self, due: Any) -> None:
        present = now()
        self.late += [(present - one.due_at).total_seconds() for one in due]

    def run(self) -> None:
        step = 0
        while not self.over.wait(0.05):
            step += 1
            set_timers([Setting(KIND, "clock:test", now(), step=step)])
            timers.fire_due()
        connections.close_all()

    def stop(self) -> list[float]:
        self.over.set()
        self.thread.join(20)
        return sorted(self.late)


@pytest.fixture
def folder(django_db_setup: None, django_db_blocker: Any, tmp_path: Path) -> Iterator[Path]:
    with django_db_blocker.unblock():
        OwnDatabase.take()
        try:
            yield tmp_path
        finally:
            OwnDatabase.drop()


@pytest.fixture
def box(folder: Path) -> Iterator[Box]:
    made = Box(folder)
    yield made
    made.stop()


@pytest.fixture
def deliverers(folder: Path) -> Iterator[Deliverers]:
    made = Deliverers(folder)
    yield made
    made.stop()


def account(code: str, channel: str, box: Box, *, asked: bool) -> Account:
    county = Unit.objects.filter(level=Unit.Level.COUNTY).defer("boundary").first()
    settings = {"url": box.url("/send")}
    if asked:
        settings["look_up_url"] = box.url("/look/")
    return Account.objects.create(
        code=code, gateway="generic", name=code, unit=county, channels=[channel], rate_per_s=40, lines=200,
        settings=settings, sealed=seal({"secret": "secret"}), inbound_digest=digest_of(TOKEN),
    )  # fmt: skip


def queue(count: int, first: int, *, alarm: bool) -> None:
    people = Person.objects.exclude(phone="").order_by("pk")[first : first + count]
    send_all([Notice(one.pk, "duty.gap", f"gap:{one.pk}", "33.11.26", alarm=alarm) for one in people], by=SYSTEM)


def out() -> Any:
    return Delivery.objects.exclude(channel="in_app")


def report(box: Box, dice: random.Random) -> None:
    """Receipts for what was taken: 10 % have none, half come twice, all out of order, and some are of nothing of ours.
    They come by the real door.
    """
    client = Client()
    receipts = []
    for reference, to, channel, _at in box.taken():
        if dice.random() >= 0.1:
            outcome = "heard" if channel == "voice" else "delivered"
            code = "cannot-be-asked" if channel == "voice" else "can-be-asked"
            receipts += [(code, {"reference": reference, "outcome": outcome, "phone": to})] * dice.choice((1, 2))
    dice.shuffle(receipts)
    receipts += [("can-be-asked", {"reference": "zzzz-1", "outcome": "delivered"})] * 2
    for code in {code for code, _ in receipts}:
        body = [one for owner, one in receipts if owner == code]
        answer = client.post(
            f"/api/v1/inbound/receipt/{code}/", body, content_type="application/json",
            headers={"Authorization": f"Token {TOKEN}"},
        )  # fmt: skip
        assert answer.status_code == 200, answer.content


def test_nobody_is_sent_to_twice_and_nobody_is_lost(box: Box, deliverers: Deliverers) -> None:
    dice = random.Random(16)
    ReachRule.objects.all().delete()
    ReachRule.objects.create(alarm=True, asked="message", channels=["sms"], source="test")
    ReachRule.objects.create(alarm=False, asked="message", channels=["voice"], source="test")
    account("can-be-asked", "sms", box, asked=True)
    account("cannot-be-asked", "voice", box, asked=False)
    box.control(answer_s=0.3, hang_share=10)
    queue(PEOPLE, 0, alarm=True)
    queue(40, PEOPLE, alarm=False)
    beside = Beside()
    for number in range(KILLS):  # at any instant: while it starts, claims, sends, writes down
        deliverers.start()
        if number == KILLS // 2:
            box.control(fault="away")
        time.sleep(1.2 + dice.random() * 1.5)
        if number == KILLS // 2:
            box.control(fault="")
        deliverers.kill()
    box.control(hang_share=0)
    Account.objects.update(failures=0, resting_until=None)
    deliverers.start()
    report(box, dice)
    eventually(lambda: not out().filter(state__in=("queued", "handed_over")).exists(), "an end", 120)
    report(box, dice)
    late = beside.stop()

    rows = {row.address: row for row in out()}
    assert len(rows) == PEOPLE + 40
    times = Counter(to for _reference, to, _channel, _at in box.taken())
    twice = {to for to, count in times.items() if count > 1}
    assert {rows[to].channel for to in twice} <= {"voice"}, "whoever can be asked was asked"
    assert [to for to in twice if not rows[to].repeated] == [], "each second call is marked"
    failed = {row.message.subject for row in rows.values() if row.state == "failed"}
    told = set(Event.objects.filter(verb="delivery.failed").values_list("data__about", flat=True))
    assert failed <= told, "what was given up is known"
    lost = [to for to, row in rows.items() if not times[to] and row.state != "failed"]
    assert lost == []
    assert len(late) > 200
    assert late[len(late) * 99 // 100] <= 1.0, "timers beside it"


def test_a_gateway_that_is_away_is_waited_for_and_each_is_sent_once(box: Box, deliverers: Deliverers) -> None:
    ReachRule.objects.all().delete()
    ReachRule.objects.create(alarm=True, asked="message", channels=["sms"], source="test")
    account("can-be-asked", "sms", box, asked=True)
    box.control(answer_s=0.1, fault="away")
    deliverers.start()
    queue(60, 0, alarm=True)
    eventually(lambda: Account.objects.get(code="can-be-asked").resting_until is not None, "a rest", 30)
    time.sleep(AWAY_S)
    box.control(fault="")
    Account.objects.update(resting_until=now())  # its rest is over: thirty seconds, scaled
    eventually(lambda: out().filter(state="sent").count() == 60, "all of them", 60)
    times = Counter(to for _reference, to, _channel, _at in box.taken())
    assert len(times) == 60
    assert set(times.values()) == {1}
    assert not out().filter(repeated=True).exists()
