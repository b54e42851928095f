"""What is done every second, by Celery's tick or, when Celery is silent, by the sentinel.

Apps add rounds of their own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import connection

from journal import timers
from journal.actions import relays
from journal.actions.silence import Clock, Silence

_log = logging.getLogger(__name__)

SILENT_AFTER_S = 5.0

Round = Callable[[], int]
_rounds: dict[str, Round] = {"timers": timers.fire_due, "relays": relays.run_pending}
_outside: set[str] = set()


def every_second(name: str, *, waits: bool = False) -> Callable[[Round], Round]:
    """Register a round. ``waits``: it waits for the outside world, and so never runs where timers do."""

    def register(function: Round) -> Round:
        _rounds[name] = function
        if waits:
            _outside.add(name)
        return function

    return register


def names() -> list[str]:
    return list(_rounds)


def run(name: str) -> int:
    """Do one round and note the pulse of its name; returns how many things it did."""
    done = _rounds[name]()
    pulse(f"celery:{name}")
    return done


def run_as_sentinel(silence: Silence | None = None, clock: Clock | None = None) -> dict[str, int]:
    """Do each round whose Celery pulse has stopped, those that wait for the outside world last and after the alarms.

    ``silence`` and ``clock`` are what the sentinel remembers from round to round; without them what is stored counts.
    """
    if clock is not None:
        _guarded("clock", clock.look)
    silent = silent_rounds(silence)
    done = {name: _guarded(name, _rounds[name]) for name in silent if name not in _outside}
    _guarded("alarms", timers.raise_alarms)
    pulse("sentinel")
    if silence is None:
        done |= run_outside(silent)
    return {name: count for name, count in done.items() if count is not None}


def run_outside(silent: list[str]) -> dict[str, int | None]:
    """Of these rounds those that wait for the outside world; the sentinel has a thread for them."""
    return {name: _guarded(name, _rounds[name]) for name in silent if name in _outside}


def _guarded(name: str, function: Round) -> int | None:
    """An error in one round keeps no other from running."""
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
    ages = (silence or Silence()).seconds([f"celery:{name}" for name in _rounds])
    return [name for name in _rounds if (age := ages[f"celery:{name}"]) is None or age > SILENT_AFTER_S]
