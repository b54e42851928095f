"""Heartbeats: for how long a process was silent, and whether the database's clock jumped, by this process's monotonic
clock.

The stored time of a pulse alone would be worth nothing: with the clock set back an hour, a firer that died looks alive
for an hour. So it counts as well when the stored time was last seen to change.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterable

from django.db import connection, transaction

from journal.actions.recording import SYSTEM, record
from org.models import Unit

AHEAD_S = 2.0
"""A pulse stored this far in the future was written before the clock was set back: whoever wrote it was not heard of
since. More than any two statements of one moment lie apart."""
JUMP_S = 5.0
"""Smaller steps are a time server's corrections."""


class Silence:
    """Heartbeat monitor of one process: remembers when each pulse last changed. The longer of that and of what is
    stored counts.
    """

    def __init__(self) -> None:
        self._seen: dict[str, tuple[dt.datetime, float]] = {}
        self._lock = threading.Lock()

    def seconds(self, names: Iterable[str]) -> dict[str, float | None]:
        """Name → seconds of silence; None for one that was never heard of, or before the clock was set back."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, at, extract(epoch FROM sanji_now() - at)::float8 FROM journal_pulse")
            stored = {name: (at, age) for name, at, age in cursor.fetchall()}
        with self._lock:
            return {name: self._of(name, *stored[name]) if name in stored else None for name in names}

    def _of(self, name: str, at: dt.datetime, age: float) -> float | None:
        present = time.monotonic()
        seen_at, since = self._seen.get(name, (None, present))
        if seen_at != at:
            since = present
            self._seen[name] = (at, since)
        return None if age < -AHEAD_S else max(age, present - since)


class Clock:
    """Detects clock jumps: compares the database's clock with this process's monotonic clock."""

    def __init__(self) -> None:
        self._last: tuple[dt.datetime, float, float] | None = None

    def look(self) -> int:
        """Record `clock.jumped` when the database's clock has moved by over `JUMP_S` more or less than time passed.

        The database is asked between two readings, so its slowness is never taken for a jump. Returns how many.
        """
        before = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SELECT sanji_now(), (SELECT at FROM journal_pulse WHERE name = 'sentinel')")
            present, pulsed = cursor.fetchone()
        after = time.monotonic()
        expected = self._expected(present, pulsed, before, after)
        told = 0 if abs((present - expected).total_seconds()) <= JUMP_S else self._told(present, expected)
        self._last = (present, before, after)  # after it is told: a jump that could not be recorded is told next time
        return told

    def _expected(self, present: dt.datetime, pulsed: dt.datetime | None, before: float, after: float) -> dt.datetime:
        """What the clock should say: as near to what it does say as the two readings allow."""
        if self._last is None:  # it may have been set back while no sentinel was there to see it
            return max(pulsed or present, present)
        then, earlier, later = self._last
        soonest, latest = (then + dt.timedelta(seconds=s) for s in (before - later, after - earlier))
        return min(max(present, soonest), latest)

    @staticmethod
    @transaction.atomic
    def _told(present: dt.datetime, expected: dt.datetime) -> int:
        """``seconds`` is negative when the clock was set back."""
        top = Unit.objects.filter(parent=None).values_list("path", flat=True).first() or ""
        data = {"seconds": round((present - expected).total_seconds()), "at": present, "expected": expected}
        with connection.cursor() as cursor:
            # What was to wait for a moment would otherwise wait for as long as the clock was set back.
            cursor.execute(
                "UPDATE journal_relay SET not_before = sanji_now() WHERE state = 'pending' AND not_before > sanji_now()"
            )
        record("clock.jumped", "clock:database", top, by=SYSTEM, data=data)
        return 1
