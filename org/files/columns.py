"""Which column of a file's attributes holds the unit code, which its name: known names, or what somebody chose. Pure.

Shapefiles cut a column's name after ten bytes (行政区划代码 becomes 行政区划代), so a name that only begins like a
known one is a guess: it is offered, not taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from database.text import clean, folded
from org.rules.codes import of_survey
from org.rules.phones import whole

CODES = (
    "code",
    "unit",
    "unit_code",
    "xzqdm",
    "xzdm",
    "zldwdm",
    "adcode",
    "pac",
    "dm",
    "代码",
    "区划代码",
    "单位代码",
    "行政区划代码",
)
NAMES = ("name", "xzqmc", "xzmc", "zldwmc", "mc", "名称", "单位名称", "行政区划名称", "乡镇名称", "村名")
SAMPLES = 3
"""Values of a column that are shown, for somebody to know it by."""
_GUESSED_FROM = 50
"""Rows whose values a guess looks at."""

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    name: str
    samples: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} ({', '.join(self.samples)})" if self.samples else self.name


@dataclass(frozen=True)
class Columns:
    """All columns of a file; ``code`` and ``name`` are the ones to read (empty: none is known), ``guess`` the one that
    looks like codes where none is known.
    """

    all: tuple[Column, ...]
    code: str
    name: str
    guess: str


def value_of(properties: Properties, column: str) -> str:
    """A value as text; a number loses the decimals that spreadsheets add."""
    value = properties.get(column)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = clean("" if value is None else str(value))
    return whole(text) if text[:1].isdigit() else text


def chosen(rows: Sequence[Properties], code: str = "", name: str = "") -> Columns:
    """``code`` and ``name`` are what somebody chose, in any spelling; LookupError when the file has no such column."""
    names = list(dict.fromkeys(str(column) for row in rows for column in row))
    known = {folded(column): column for column in reversed(names)}
    code_column = _named(known, code) if code else _known(names, CODES)
    name_column = _named(known, name) if name else _known(names, NAMES)
    shown = tuple(Column(column, _samples(rows, column)) for column in names)
    return Columns(shown, code_column, name_column, "" if code_column else _guess(rows, names))


def _named(known: Mapping[str, str], wanted: str) -> str:
    if folded(wanted) not in known:
        raise LookupError(wanted)
    return known[folded(wanted)]


def _known(names: Iterable[str], spellings: Sequence[str]) -> str:
    found = {clean(column).lower(): column for column in reversed(list(names))}
    return next((found[spelling] for spelling in spellings if spelling in found), "")


def _samples(rows: Sequence[Properties], column: str) -> tuple[str, ...]:
    values = (_sample(row, column) for row in rows[:_GUESSED_FROM])
    return tuple(dict.fromkeys(value for value in values if value))[:SAMPLES]


def _sample(row: Properties, column: str) -> str:
    try:
        text = value_of(row, column)
    except ValueError:
        text = str(row.get(column))
    return text if len(text) <= 40 else text[:39] + "…"


def _guess(rows: Sequence[Properties], names: Iterable[str]) -> str:
    """The first column whose values all are unit codes; else one whose name begins like a known one."""
    names = list(names)
    for column in names:
        values = [row.get(column) for row in rows[:_GUESSED_FROM] if row.get(column) not in (None, "")]
        if values and all(_is_code(row, column) for row in rows[:_GUESSED_FROM] if row.get(column) not in (None, "")):
            return column
    return next((c for c in names if len(c) > 1 and any(known.startswith(clean(c).lower()) for known in CODES)), "")


def _is_code(row: Properties, column: str) -> bool:
    try:
        return bool(of_survey(value_of(row, column)))
    except ValueError:
        return False
