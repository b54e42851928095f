"""The second firer (DESIGN law 5): needs the database only, and takes over whatever Celery has stopped doing."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, connection

from journal import rounds

_log = logging.getLogger(__name__)


class Command(BaseCommand):
    requires_system_checks = ()  # as in emergency/celery.py
    help = "Fire timers, relays and deliveries whenever Celery is silent, and raise an alarm for overdue timers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do one round and exit")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        # By its name alone, for it lies above: no published password where DEMO is off (board/checks.py).
        self.check(tags=["published"], include_deployment_checks=True)
        connection.close()
        stopping = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopping.set())
        while True:
            self._round()
            if once or stopping.wait(1.0):
                return

    @staticmethod
    def _round() -> None:
        try:
            done = rounds.run_as_sentinel()
            if any(done.values()):
                _log.warning("Celery is silent; the sentinel did its work: %s", done)
        except Error as error:  # the database restarts: stay, and connect anew
            _log.warning("the sentinel cannot reach the database: %s", error)
            connection.close()
