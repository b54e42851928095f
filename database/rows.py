"""Bulk INSERT and UPDATE: many rows with one statement.

Django's own bulk writers spend several times the database's time on composing theirs, and the ladder of a whole county
climbs by the thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection, models
from django.utils.functional import Promise

Row = Sequence[Any]


def as_json(value: Any) -> str | None:
    """The text of a jsonb column; dates ISO 8601 with offset, lazy translations as text. None stays SQL's NULL."""
    return None if value is None else orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()


def _plain(value: Any) -> Any:
    """What orjson does not know by itself. TypeError for anything else: a slip must not become somebody's repr()."""
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, (Promise, Decimal)):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def insert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    returning: Sequence[str] = (),
    ignore_conflicts: bool = False,
) -> list[tuple[Any, ...]]:
    """INSERT the rows, in order, and give back ``returning`` of each in the same order.

    Columns left out take the database's defaults. JSON comes as text (`as_json`). Empty rows: no statement.
    """
    if not rows:
        return []
    names = ", ".join(f'"{name}"' for name in columns)
    one = f"({', '.join(['%s'] * len(columns))})"
    sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES {", ".join([one] * len(rows))}'
    if ignore_conflicts:
        sql += " ON CONFLICT DO NOTHING"
    if returning:
        sql += " RETURNING " + ", ".join(f'"{name}"' for name in returning)
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for row in rows for value in row])
        return cursor.fetchall() if returning else []


def update(model: type[models.Model], columns: dict[str, str], rows: Sequence[Row]) -> int:
    """UPDATE each row by its id: ``rows`` hold the id first, then the values of ``columns`` (name → SQL type) in order.

    Returns how many were found. One statement, joined to the values by primary key.
    """
    if not rows:
        return 0
    key = model._meta.pk.column  # type: ignore[union-attr]
    sets = ", ".join(f'"{name}" = v."{name}"' for name in columns)
    names = ", ".join(["key", *(f'"{name}"' for name in columns)])
    arrays = ", ".join(["%s::bigint[]", *(f"%s::{kind}[]" for kind in columns.values())])
    table = model._meta.db_table
    sql = f'UPDATE "{table}" SET {sets} FROM unnest({arrays}) AS v({names}) WHERE "{table}"."{key}" = v.key'
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(column) for column in zip(*rows, strict=True)])
        return cursor.rowcount
