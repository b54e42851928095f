"""Statements that the database plans once for each connection, not once for each request.

`Prepared` is for the few that every request of a busy night runs, `fetch_again` for what is asked again and again in
the same words: lists and layers of many screens, the figures of every page, who is on. There, planning takes longer
than answering.
"""

from __future__ import annotations

import itertools
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

_PLACE = re.compile(r"%\((\w+)\)s|%%")
_names = itertools.count()
"""Never a name that was used: a plan outlives the statement and the transaction that made it, also one that failed."""


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
        self._name, self._body = name, f"{f' ({given})' if given else ''} AS {text}".replace("%", "%%")
        values = ", ".join(["%s"] * len(self._names))
        self._values = f" ({values})" if values else ""
        self._known: WeakKeyDictionary[Any, str] = WeakKeyDictionary()

    def fetch(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows."""
        given = [values[name] for name in self._names]
        with connection.cursor() as cursor:
            if name := self._known.get(connection.connection):
                cursor.execute(f"EXECUTE {name}{self._values}", given)
            else:
                name = f"{self._name}_{next(_names)}"
                # A plan for any values, made once: by itself the database may go on making one for each execution's.
                prepare = f"SET plan_cache_mode = force_generic_plan; PREPARE {name}{self._body}"
                cursor.execute(f"{prepare}; EXECUTE {name}{self._values}", given)
                self._known[connection.connection] = name
            return cursor.fetchall()


KEPT = 40
"""Of the statements that a connection has met again, so many plans are kept, those used last."""
_met: WeakKeyDictionary[Any, OrderedDict[str, str]] = WeakKeyDictionary()


def fetch_again(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement that is planned when its connection meets it the second time with the same values.

    With its values written into it, so that partial indexes still serve; what is asked once only is never prepared.
    """
    with connection.cursor() as cursor:
        text = cursor.mogrify(sql, values).decode()
        met = _met.setdefault(connection.connection, OrderedDict())
        name = met.get(text)
        if name == "":
            name = f"again_{next(_names)}"
            cursor.execute(f"PREPARE {name} AS {text}; EXECUTE {name}")
        else:
            cursor.execute(f"EXECUTE {name}" if name else text)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        met[text] = name or ""
        met.move_to_end(text)
        while len(met) > KEPT:
            _, old = met.popitem(last=False)
            if old:
                cursor.execute(f"DEALLOCATE {old}")
    return found
