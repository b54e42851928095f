"""Several small questions in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Count, QuerySet, Value

from org.prepared import fetch_again


def sql_of(queryset: QuerySet) -> tuple[str, tuple]:
    """The statement and its parameters; one that finds nothing where the predicate allows nothing."""
    try:
        return queryset.order_by().query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint WHERE false", ()


def number_of(queryset: QuerySet) -> QuerySet:
    """How many rows, as a subquery of one value (no row for none)."""
    return queryset.order_by().annotate(_one=Value(1)).values("_one").annotate(_n=Count("pk")).values("_n")


@dataclass(frozen=True)
class Row:
    """Several questions as one statement, to be asked again and again."""

    names: tuple[str, ...]
    sql: str
    values: tuple[Any, ...]

    def read(self) -> dict[str, Any]:
        """The answers by name; None where a question has no row. Also ``at`` (the present) and ``seq``."""
        return dict(zip(self.names, fetch_again(self.sql, self.values)[0], strict=True))


def row_of(**questions: QuerySet) -> Row:
    """Each question is a queryset of one value."""
    columns = ["sanji_now()", "(SELECT COALESCE(max(seq), 0) FROM journal_event)"]
    parameters: list[Any] = []
    for question in questions.values():
        try:
            sql, values = question.query.sql_with_params()
        except EmptyResultSet:
            sql, values = "NULL", ()
        columns.append(f"({sql})")
        parameters += values
    return Row(("at", "seq", *questions), f"SELECT {', '.join(columns)}", tuple(parameters))
