"""A shifted clock for the demo's history: the database session's offset, moved while the past is told and reset at
the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import Min
from django.db.models.functions import Greatest

from database.clock import now
from journal.models import Timer
from journal.timers import fire_due


class StoryClock:
    """Moves ``sanji.clock_offset`` of this session only; ``start`` is added to where it stood."""

    def __init__(self, start: dt.timedelta) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('sanji.clock_offset', true), sanji_now() - statement_timestamp()")
            self.before, offset = cursor.fetchone()
        self.offset = offset + start
        self._set(f"{self.offset.total_seconds()} seconds")

    def on(self, **by: float) -> None:
        """Go on by ``minutes=4`` and the like."""
        self.offset += dt.timedelta(**by)
        self._set(f"{self.offset.total_seconds()} seconds")

    def go(self, until: dt.datetime) -> None:
        """Go on to ``until``, never back; what is due on the way fires when it is due.

        A timer that an earlier part of the demonstration set, at a later hour than this story has reached, cannot fire
        before it was set (``not_before``), however long it has been due.
        """
        waiting = Timer.objects.filter(state=Timer.State.PENDING, attempts=0)
        waiting = waiting.annotate(ready=Greatest("due_at", "not_before")).filter(ready__lte=until)
        while (ready := waiting.aggregate(at=Min("ready"))["at"]) is not None:
            self._reach(ready)
            if not fire_due():  # another firer holds it
                break
        self._reach(until)

    def _reach(self, moment: dt.datetime) -> None:
        self.on(seconds=max(0.0, (moment - now()).total_seconds()))

    def put_back(self) -> None:
        self._set(self.before or "")

    @staticmethod
    def _set(offset: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('sanji.clock_offset', %s, false)", [offset])


@contextmanager
def story(**ago: float) -> Iterator[StoryClock]:
    """A story that begins ``days=9`` and the like before now."""
    clock = StoryClock(-dt.timedelta(**ago))
    try:
        yield clock
    finally:
        clock.put_back()
