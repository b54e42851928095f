"""Statements that the database plans once for each connection, not once for each request.

For the few that every request of a busy night runs: there, planning takes longer than answering.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

_PLACE = re.compile(r"%\((\w+)\)s|%%")


class Prepared:
    """``sql`` with ``%(name)s`` where values go and ``%%`` for a per cent sign, as for ``cursor.execute``.

    ``types``: name → SQL type, needed where the place does not tell it, as in the list of an ``INSERT … SELECT``.
    """

    def __init__(self, name: str, sql: str, types: Mapping[str, str] | None = None) -> None:
        found = [match[1] for match in _PLACE.finditer(sql) if match[1]]
        self._names = list(dict.fromkeys(found))
        places = {name: f"${n}" for n, name in enumerate(self._names, 1)}
        text = _PLACE.sub(lambda match: places[match[1]] if match[1] else "%", sql)
        given = ", ".join((types or {}).get(name, "unknown") for name in self._names)
        self._prepare = f"PREPARE {name}{f' ({given})' if given else ''} AS {text}"
        values = ", ".join(["%s"] * len(self._names))
        self._execute = f"EXECUTE {name}{f' ({values})' if values else ''}"
        self._known: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()

    def fetch(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows. A prepared statement outlives the transaction that prepared it, also when that is rolled back."""
        with connection.cursor() as cursor:
            if connection.connection not in self._known:
                cursor.execute(self._prepare)
                self._known[connection.connection] = True
            cursor.execute(self._execute, [values[name] for name in self._names])
            return cursor.fetchall()
