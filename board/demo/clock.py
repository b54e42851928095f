"""Telling a story in the past: the session's clock stands still relative to the story, and is put back at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


class StoryClock:
    """Moves ``sanji.clock_offset`` of this session only."""

    def __init__(self, start: dt.timedelta) -> None:
        self.offset = start
        self._set()

    def on(self, **by: float) -> None:
        """Go on by ``minutes=4`` and the like."""
        self.offset += dt.timedelta(**by)
        self._set()

    def _set(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('sanji.clock_offset', %s, false)", [f"{self.offset.total_seconds()} seconds"]
            )


@contextmanager
def story(**ago: float) -> Iterator[StoryClock]:
    """A story that begins ``days=9`` and the like before now."""
    try:
        yield StoryClock(-dt.timedelta(**ago))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('sanji.clock_offset', '', false)")
