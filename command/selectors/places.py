"""Assignments and tasks by place: a township with its villages, a department, or the county's own posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Case, F, Q, QuerySet, When

from org.models import Unit, in_language

Rows = TypeVar("Rows", bound=QuerySet[Any])
_NAMES = ("code", "path", "name", "name_en", "level")
PLACE = tuple(f"place_{name}" for name in _NAMES)
"""What `with_place` adds to each row."""


@dataclass(frozen=True)
class Place:
    """``counts``: of what is there, where that is asked for; ``stamp`` changes whenever one of them does."""

    code: str
    path: str
    name: str
    level: str
    counts: Mapping[str, Any] = field(default_factory=dict)
    stamp: str = ""


def with_place(rows: Rows) -> Rows:
    """Each row of a unit (``unit``) with its place in the columns PLACE."""
    village = Q(unit__level=Unit.Level.VILLAGE)
    return rows.annotate(
        **{
            column: Case(When(village, then=F(f"unit__parent__{name}")), default=F(f"unit__{name}"))
            for column, name in zip(PLACE, _NAMES, strict=True)
        }
    )


def at_place(code: str) -> Q:
    """The rows of one place."""
    return Q(unit__code=code) | Q(unit__parent__code=code, unit__level=Unit.Level.VILLAGE)


def place_of(row: Mapping[str, Any], **more: Any) -> Place:
    """Of a row that has the columns PLACE, in the reader's language."""
    name = in_language(row["place_name"], row["place_name_en"])
    return Place(row["place_code"], row["place_path"], name, row["place_level"], **more)
