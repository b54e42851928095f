"""Sessions and servers of browser tests."""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from knox.models import AuthToken
from playwright.sync_api import Page

from emergency.authentication.sessions import SessionStore
from org.models import Person
from tests.support.processes import PATIENCE
from tests.support.serving import process_of


class Server:
    """One uvicorn on one database. ``environment``, of a server that ``travels``, is added to the process's own."""

    def __init__(self, database: str, log: Path, environment: dict[str, str] | None = None) -> None:
        self.database = database
        self.log = log
        self.travels = environment is not None
        self.environment = environment or {}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: BaseProcess | None = None

    def start(self) -> None:
        self.process = process_of(self.database, self.port, self.log, self.environment, travels=self.travels)
        self.process.start()
        self._wait()

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        self.process.join(10)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process = None

    def _wait(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.is_alive():
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            with contextlib.suppress(OSError, http.client.HTTPException):
                link.request("GET", "/healthz")
                if link.getresponse().status == 200:
                    return
            time.sleep(0.02)
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-3000:]}")

    def travel(self, **delta: float) -> None:
        """Move every process's clock ahead, from its next connection on (`own_server` opens one a request)."""
        assert self.travels, "take own_server"
        seconds = sum(value * {"hours": 3600, "minutes": 60, "seconds": 1}[unit] for unit, value in delta.items())
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{self.database}" SET sanji.clock_offset = %s', [f"{seconds} s"])
        connection.close()

    def fire(self) -> None:
        """Fire every timer that is due, as Celery's tick would."""
        from journal.timers import fire_due

        fire_due()

    def token(self, username: str) -> str:
        return AuthToken.objects.create(Person.objects.get(username=username))[1]


def until(page: Page, condition: str, timeout: float = 15) -> None:
    """Wait until a JavaScript expression holds on the page."""
    timeout *= PATIENCE
    deadline = time.monotonic() + timeout
    while not page.evaluate(f"() => Boolean({condition})"):
        assert time.monotonic() < deadline, f"not within {timeout} s: {condition}"
        page.wait_for_timeout(40)


def session_of(username: str) -> str:
    """The key of a fresh session, as the sign-in page would have made it."""
    person = Person.objects.get(username=username)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "emergency.authentication.sessions.PeopleBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)
