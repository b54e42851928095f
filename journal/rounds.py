"""What is done every second, by Celery's tick or, when Celery is silent, by the sentinel.

Apps add rounds of their own.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from django.db import connection

from journal import relays, timers

_log = logging.getLogger(__name__)

SILENT_AFTER = dt.timedelta(seconds=5)

Round = Callable[[], int]
_rounds: dict[str, Round] = {"timers": timers.fire_due, "relays": relays.run_pending}


def every_second(name: str) -> Callable[[Round], Round]:
    def register(function: Round) -> Round:
        _rounds[name] = function
        return function

    return register


def names() -> list[str]:
    return list(_rounds)


def run(name: str) -> int:
    """Do one round and note the pulse of its name; returns how many things it did."""
    done = _rounds[name]()
    pulse(f"celery:{name}")
    return done


def run_as_sentinel() -> dict[str, int]:
    """Do each round whose Celery pulse has stopped. An error in one does not keep the others from running."""
    done = {}
    for name in silent_rounds():
        try:
            done[name] = _rounds[name]()
        except Exception:  # the sentinel must outlive anything that a round does
            _log.exception("the sentinel's round %s failed", name)
    timers.raise_alarms()
    pulse("sentinel")
    return done


def pulse(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_pulse (name, at) VALUES (%s, sanji_now())"
            " ON CONFLICT (name) DO UPDATE SET at = excluded.at",
            [name],
        )


def silent_rounds() -> list[str]:
    """The rounds that Celery has not done for `SILENT_AFTER`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM journal_pulse WHERE at > sanji_now() - %s", [SILENT_AFTER])
        alive = {row[0] for row in cursor.fetchall()}
    return [name for name in _rounds if f"celery:{name}" not in alive]
