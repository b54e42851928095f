"""The one clock of the system: the database's (docs/laws.md 6). Python's clock never decides anything.

``sanji_now()`` is the start of the present statement plus the session setting ``sanji.clock_offset``, which is unset in
operation; tests move it to travel in time without touching the machine's clock.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.models import DateTimeField, Func
from django.utils import timezone


class DatabaseNow(Func):
    """``sanji_now()`` as an expression, for filters and column defaults."""

    function = "sanji_now"
    template = "%(function)s()"
    arity = 0
    output_field = DateTimeField()


def now() -> dt.datetime:
    """The database's present moment, aware, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sanji_now()")
        return cursor.fetchone()[0]


def today() -> dt.date:
    """The date in Beijing, by the database's clock."""
    return timezone.localtime(now()).date()
