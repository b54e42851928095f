"""Several small queries combined into one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, QuerySet, Value


def sql_of(queryset: QuerySet) -> tuple[str, tuple]:
    """Compile a queryset to SQL and parameters; to a statement without rows where the predicate is always false."""
    try:
        return queryset.order_by().query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint WHERE false", ()


def number_of(queryset: QuerySet) -> QuerySet:
    """A COUNT as a scalar subquery (no row for none)."""
    return queryset.order_by().annotate(_one=Value(1)).values("_one").annotate(_n=Count("pk")).values("_n")


def fetch(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def answers(**questions: QuerySet) -> dict[str, Any]:
    """Run scalar subqueries in one statement; None where one has no row. Also ``at`` (the present) and ``seq``."""
    columns = ["sanji_now()", "(SELECT COALESCE(max(seq), 0) FROM journal_event)"]
    parameters: list[Any] = []
    for question in questions.values():
        try:
            sql, values = question.query.sql_with_params()
        except EmptyResultSet:
            sql, values = "NULL", ()
        columns.append(f"({sql})")
        parameters += values
    return dict(zip(("at", "seq", *questions), fetch(f"SELECT {', '.join(columns)}", parameters)[0], strict=True))
