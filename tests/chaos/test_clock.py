"""The database's clock set back while Celery is dead: the sentinel takes over within ten seconds, and it is told.

Real processes from the Procfile. The clock is the database's own setting; who is connected is made to connect anew.
"""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections

from database.clock import now
from journal.models import Event, Timer
from journal.timers import Setting, set_timers
from notify.models import Message
from tests.chaos.system import System
from tests.support.own_database import OwnDatabase
from tests.support.processes import eventually

pytestmark = [pytest.mark.chaos, pytest.mark.slow_process, pytest.mark.django_db, pytest.mark.timeout(900)]


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


def set_clock(seconds: int) -> None:
    """For everybody: as a setting of the database, with all its sessions ended so that they see it."""
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE \"{name}\" SET sanji.clock_offset = '{seconds} seconds'")
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )
    connections.close_all()


def rounds_ok(system: System) -> bool | None:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", system.port, timeout=5)) as asked:
        try:
            asked.request("GET", "/readyz")
            return json.loads(asked.getresponse().read())["checks"]["rounds"]["ok"]
        except (OSError, ValueError, KeyError):
            return None


def test_the_sentinel_takes_over_and_it_is_told(system: System) -> None:
    system.end("beat")
    system.end("worker")
    set_clock(-900)
    set_timers([Setting("test.clock", "order:1", now())])
    # Nobody handles this kind: that it was tried at all shows who fires.
    eventually(lambda: Timer.objects.filter(kind="test.clock", attempts__gt=0).exists(), "the sentinel's takeover", 10)
    assert rounds_ok(system) is False
    eventually(lambda: Event.objects.filter(verb="clock.jumped").exists(), "the event", 10)
    eventually(lambda: Message.objects.filter(code="duty.clock_jumped", alarm=True).exists(), "the alarm", 10)
    assert -905 < Event.objects.filter(verb="clock.jumped").first().data["seconds"] < -890
