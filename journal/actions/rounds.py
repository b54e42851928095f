"""The rounds: what is done every second, by Celery's tick or, when Celery is silent, by the sentinel.

Apps add rounds of their own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import connection

from database.registry import Registry
from journal import timers
from journal.actions import relays
from journal.actions.silence import Clock, Silence

_log = logging.getLogger(__name__)

SILENT_AFTER_S = 5.0

Doer = Callable[[], int]
"""A round: does what is due and returns how many things it did."""


ROUNDS: Registry[Doer] = Registry(
    "rounds", "What is done every second. `journal.actions.rounds.every_second`, in an app's `rounds.py`."
)


def every_second(name: str) -> Callable[[Doer], Doer]:
    """Register a round. It waits for nothing outside: it runs where timers do."""

    def register(function: Doer) -> Doer:
        ROUNDS.register(name, function)
        return function

    return register


every_second("timers")(timers.fire_due)
every_second("relays")(relays.run_pending)


def names() -> list[str]:
    return list(ROUNDS)


def run(name: str) -> int:
    """Do one round and note the pulse of its name; returns how many things it did."""
    done = ROUNDS[name]()
    pulse(f"celery:{name}")
    return done


def run_as_sentinel(silence: Silence | None = None, clock: Clock | None = None) -> dict[str, int]:
    """Do each round whose Celery pulse has stopped, and raise the alarms for overdue timers.

    ``silence`` and ``clock`` are what the sentinel remembers from round to round; without them what is stored counts.
    """
    if clock is not None:
        _guarded("clock", clock.look)
    done = {name: _guarded(name, ROUNDS[name]) for name in silent_rounds(silence)}
    _guarded("alarms", timers.raise_alarms)
    pulse("sentinel")
    return {name: count for name, count in done.items() if count is not None}


def _guarded(name: str, function: Doer) -> int | None:
    """Log an exception of a round, so that it keeps no other from running."""
    try:
        return function()
    except Exception:  # the sentinel must outlive anything that a round does
        _log.exception("the sentinel's round %s failed", name)
        return None


def pulse(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_pulse (name, at) VALUES (%s, sanji_now())"
            " ON CONFLICT (name) DO UPDATE SET at = excluded.at",
            [name],
        )


def silent_rounds(silence: Silence | None = None) -> list[str]:
    """The rounds that Celery has not done for `SILENT_AFTER_S`."""
    ages = (silence or Silence()).seconds([f"celery:{name}" for name in ROUNDS])
    return [name for name in ROUNDS if (age := ages[f"celery:{name}"]) is None or age > SILENT_AFTER_S]
