"""The clock of the database and the way people sign in, for tests."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from tests.support import codes  # noqa: F401 - registers them
from tests.support.own_database import OwnDatabase


class Clock:
    """The database's clock (database/clock.py), moved for this test's connections; Python's clock stays where it is."""

    def __init__(self) -> None:
        self.offset = dt.timedelta(0)

    def travel(self, **by: float) -> None:
        """Go on by ``minutes=15`` and the like. A committing test's other connections follow when they are opened."""
        self.offset += dt.timedelta(**by)
        text = f"{self.offset.total_seconds()} seconds"
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('sanji.clock_offset', %s, false)", [text])
            if OwnDatabase.original is not None:
                name = connection.settings_dict["NAME"]
                cursor.execute(f"ALTER DATABASE \"{name}\" SET sanji.clock_offset = '{text}'")

    @staticmethod
    def now() -> dt.datetime:
        from database.clock import now

        return now()


BACKEND = "emergency.authentication.sessions.PeopleBackend"
