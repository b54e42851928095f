"""``manage.py deliverer``: hands messages to gateways (docs/adr/0046). It needs PostgreSQL only."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, connection
from structlog.contextvars import bound_contextvars

from database import patience
from journal.actions.rounds import pulse
from notify.actions.deliver import Deliverer

_log = logging.getLogger(__name__)

T = TypeVar("T")

EXCHANGE_STARTS_S = 15.0
PAUSE_S = 0.2
"""Between two turns that had nothing to do."""


class Command(BaseCommand):
    requires_system_checks = ()  # as in emergency/celery.py
    help = "Hand queued messages to their gateways, and look after those whose outcome is unknown."

    _pulsed = float("-inf")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="until nothing is due and nothing is on its way, then exit"
        )

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        self.check(tags=["published"], include_deployment_checks=True)
        connection.close()
        patience.begin()
        stopping = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopping.set())
        self._let_the_exchange_start(stopping, once=once)
        deliverer = Deliverer()
        with bound_contextvars(firer="deliverer"):
            while not stopping.is_set():
                done = self._turn(deliverer)
                if once and not done and deliverer.idle():
                    break
                if not done:
                    deliverer.wait(PAUSE_S)
        deliverer.close()

    def _let_the_exchange_start(self, stopping: threading.Event, *, once: bool) -> None:
        """The demonstration's gateway is answered by our own web process, which starts at the same time."""
        until = time.monotonic() + (0 if once or not settings.DEMO else EXCHANGE_STARTS_S)
        while time.monotonic() < until and not stopping.is_set():
            self._reach(self._pulse)
            stopping.wait(0.5)

    def _pulse(self) -> None:
        """Once a second, however many turns there are."""
        if time.monotonic() - self._pulsed >= 1.0:
            pulse("deliverer")
            self._pulsed = time.monotonic()

    def _turn(self, deliverer: Deliverer) -> int:
        def turn() -> int:
            done = deliverer.turn()
            self._pulse()  # not after a turn that failed: the silence of a deliverer that hands nothing over is told
            return done

        return self._reach(turn) or 0

    def _reach(self, ask: Callable[[], T]) -> T | None:
        """What `ask` gives; None when the database is away: stay, and connect anew."""
        try:
            return ask()
        except Error as error:
            _log.warning("the deliverer cannot reach the database: %s", error)
            connection.close()
            return None
