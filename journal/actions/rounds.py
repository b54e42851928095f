"""The rounds: what is done every second, by Celery's tick or, when Celery is silent, by the sentinel.

Apps add rounds of their own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from database.registry import Registry
from journal import timers
from journal.actions import relays
from journal.actions.silence import Clock, Silence

_log = logging.getLogger(__name__)

SILENT_AFTER_S = 5.0

Doer = Callable[[], int]
"""A round: does what is due and returns how many things it did."""


@dataclass(frozen=True)
class Round:
    """``waits``: it waits for the outside world, and so never runs where timers do."""

    do: Doer
    waits: bool = False


ROUNDS: Registry[Round] = Registry(
    "rounds", "What is done every second. `journal.actions.rounds.every_second`, in an app's `rounds.py`."
)


def every_second(name: str, *, waits: bool = False) -> Callable[[Doer], Doer]:
    """Register a round; ``waits`` as in `Round`."""

    def register(function: Doer) -> Doer:
        ROUNDS.register(name, Round(function, waits))
        return function

    return register


every_second("timers")(timers.fire_due)
every_second("relays")(relays.run_pending)


def names() -> list[str]:
    return list(ROUNDS)


def run(name: str) -> int:
    """Do one round and note the pulse of its name; returns how many things it did."""
    done = ROUNDS[name].do()
    pulse(f"celery:{name}")
    return done


def run_as_sentinel(silence: Silence | None = None, clock: Clock | None = None) -> dict[str, int]:
    """Do each round whose Celery pulse has stopped, those that wait for the outside world last and after the alarms.

    ``silence`` and ``clock`` are what the sentinel remembers from round to round; without them what is stored counts.
    """
    if clock is not None:
        _guarded("clock", clock.look)
    silent = silent_rounds(silence)
    done = {name: _guarded(name, ROUNDS[name].do) for name in silent if not ROUNDS[name].waits}
    _guarded("alarms", timers.raise_alarms)
    pulse("sentinel")
    if silence is None:
        done |= run_outside(silent)
    return {name: count for name, count in done.items() if count is not None}


def run_outside(silent: list[str]) -> dict[str, int | None]:
    """Run those rounds that wait for the outside world; the sentinel has a thread for them."""
    return {name: _guarded(name, ROUNDS[name].do) for name in silent if ROUNDS[name].waits}


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
