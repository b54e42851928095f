"""The walk's county behind a real server process, asked over real HTTP with every kind of credential.

The test client is not what a machine meets: a request comes through the server (emergency/http.py), and a socket goes
another way than it.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import secrets
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from knox.models import AuthToken

from board.actions import add_device
from command.actions import open_incident
from duty import actions as duty
from hazards.models import Poster
from journal.actions.recording import SYSTEM
from org.models import Appointment, Person
from tests.architecture.test_jurisdiction_walk import Planted, plant
from tests.support.pages_open import session_of
from tests.support.serving import UNLIMITED, process_of

HOME = "331126206"
TOWNSHIP, SCREENS = ("township token", "township session"), ("screen token", "screen session")
REFUSED = ("platform", "inactive", "expired", "calendar", "poster", "garbage", "basic", "nobody")
Headers = dict[str, str]


@dataclass
class Answer:
    status: int
    location: str
    kind: str
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace") + self.location


class Served:
    """``ask`` keeps one connection alive; ``headers`` are those of each kind of credential by its name."""

    def __init__(self, port: int, planted: Planted, log: Path) -> None:
        self.port, self.planted, self.log = port, planted, log
        self._link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        officer = Person.objects.get(username="officer")
        self.own = open_incident(by=officer, title="OURS", category="accident", unit=HOME)
        self.headers = self._credentials()

    def ask(self, method: str, path: str, who: str = "", body: str | None = None, **more: str) -> Answer:
        sent = {"Accept-Language": "en", **self.headers.get(who, {}), **more}
        self._link.request(method, path, body, sent)
        answer = self._link.getresponse()
        content = answer.read()
        return Answer(answer.status, answer.getheader("Location", ""), answer.getheader("Content-Type", ""), content)

    def _credentials(self) -> dict[str, Headers]:
        township = Person.objects.get(username="township")
        screen = add_device(name="home", unit=HOME, by=SYSTEM)[1]
        nobody = Person.objects.create(username="postless", name="无岗")
        gone = Person.objects.create(username="gone", name="离岗", is_active=False)
        held = Appointment.objects.filter(person=township, valid_to=None)[0]
        Appointment.objects.create(person=gone, unit=held.unit, post=held.post, valid_from=held.valid_from)
        expired, secret = AuthToken.objects.create(township)
        AuthToken.objects.filter(digest=expired.digest).update(expiry="2020-01-01T00:00Z")
        poster = Poster.objects.get(pk=self.planted.hazards["hazards/posters/"])
        return {
            "officer": _token(_new(Person.objects.get(username="officer"))),
            "township token": _token(_new(township)),
            "township session": {"Cookie": f"sessionid={session_of('township')}"},
            "postless": _token(_new(nobody)),
            "screen token": _token(screen, "tOkEn"),
            "screen session": {"Cookie": f"sessionid={self._session_of_screen(screen)}"},
            "platform": _token("t" * 40),
            "inactive": _token(_new(gone)),
            "expired": _token(secret),
            "calendar": _token(duty.issue_feed(by=township)),
            "poster": _token(poster.key),
            "garbage": {"Authorization": "Token " + "\xff\xfe口".encode().decode("latin-1")},
            "basic": {"Authorization": "Basic " + base64.b64encode(b"officer:sanji-demo").decode()},
            "nobody": {},
        }

    def _session_of_screen(self, token: str) -> str:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        link.request("GET", f"/wall/device/{token}/")
        cookies = link.getresponse().getheader("Set-Cookie", "")
        link.close()
        return cookies.partition("sessionid=")[2].partition(";")[0]


def _new(person: Person) -> str:
    return str(AuthToken.objects.create(person)[1])


def _token(secret: str, scheme: str = "Token") -> Headers:
    return {"Authorization": f"{scheme} {secret}"}


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Served]:
    """One server process on a copy of the test database, in which the neighbour's things are planted and committed."""
    name, original = f"sanji_served_{secrets.token_hex(6)}", connection.settings_dict["NAME"]
    before, settings.MEDIA_ROOT = settings.MEDIA_ROOT, folder
    connection.close()
    with connection._nodb_cursor() as beside:
        beside.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
    connection.settings_dict["NAME"] = name
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "server.log"
    process: Any = process_of(name, port, log, {"MEDIA_ROOT": str(folder), UNLIMITED: "1"}, travels=False)
    process.start()
    try:
        planted = plant()
        _wait(port, log)
        yield Served(port, planted, log)
    finally:
        process.terminate()
        process.join(10)
        connection.close()
        connection.settings_dict["NAME"] = original
        settings.MEDIA_ROOT = before
        with connection._nodb_cursor() as beside:
            beside.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _wait(port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException):
            link.request("GET", "/healthz")
            if link.getresponse().status == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{log.read_text()[-3000:]}")
