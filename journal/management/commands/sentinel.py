"""``manage.py sentinel``: the second firer of timers (docs/laws.md 6). It needs the database only, and takes over
whatever Celery has stopped doing."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, connection
from structlog.contextvars import bound_contextvars

from database import patience
from journal.actions import rounds
from journal.actions.silence import Clock, Silence

_log = logging.getLogger(__name__)


class Command(BaseCommand):
    requires_system_checks = ()  # as in emergency/celery.py
    help = "Do Celery's rounds (timers, relays) whenever Celery is silent, and raise an alarm for overdue timers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do one round and exit")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        # Imported by name, because it is in an upper layer: no published password where DEMO is off
        # (board/selectors/published.py).
        self.check(tags=["published"], include_deployment_checks=True)
        connection.close()
        if once:
            with bound_contextvars(firer="sentinel"):
                self._say(rounds.run_as_sentinel())
            return
        patience.begin()
        stopping = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopping.set())
        silence, clock = Silence(), Clock()
        while not stopping.is_set():
            self._guarded(lambda: rounds.run_as_sentinel(silence, clock))
            stopping.wait(1.0)

    def _guarded(self, do: Any) -> None:
        with bound_contextvars(firer="sentinel"):
            try:
                self._say(do())
            except Error as error:  # the database restarts: stay, and connect anew
                _log.warning("the sentinel cannot reach the database: %s", error)
                connection.close()

    @staticmethod
    def _say(done: Mapping[str, int | None]) -> None:
        if any(done.values()):
            _log.warning("Celery is silent; the sentinel did its work: %s", done)
