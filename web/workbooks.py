"""Reading .xlsx workbooks from outside, for every import: in a worker process, within bounds, values only.

`sheets_of` gives the rows that hold something; `Cell.text` is the one place where a cell's value becomes text.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils.cell import get_column_letter, range_boundaries

from database.text import name as spelled
from database.text import visible
from web.limited import Limits, Unfit, pool
from web.problems import Unreadable

LARGEST = 20 * 1024 * 1024
"""Bytes, as sent."""
LIMITS = Limits(memory=300 * 1024 * 1024, seconds=12)
"""60 MB of XML take four seconds."""
MOST_COLUMNS = 200
HEAD = 10
"""Rows at the top among which the header stands."""
EXACT = 10**15
"""Excel keeps fifteen digits of a number; of a longer one the last are zeros."""
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})", re.ASCII)


@dataclass(frozen=True)
class Cell:
    """``value``: text, number, truth, date, time, duration or None. ``merged``: the range that it stands in, or empty.

    ``kind`` is "e" for an error that Excel shows (its text is the value).
    """

    row: int
    column: int
    value: Any = None
    kind: str = "s"
    formula: bool = False
    merged: str = ""

    @property
    def coordinate(self) -> str:
        return f"{get_column_letter(self.column)}{self.row}"

    @property
    def text(self) -> str:
        """Its value as one line of text without invisible characters; whole numbers without a decimal point."""
        return cell_text(self.value)

    @property
    def lines(self) -> str:
        """`text`, with its lines as they are."""
        return cell_text(self.value, lines=True)

    def fault(self, *, digits: bool = False) -> str:
        """Why its text must not be taken for what was meant, or empty. ``digits``: for codes and phone numbers."""
        if self.merged:
            return _("Merged cells (%(area)s): give every row its own.") % {"area": self.merged}
        if self.kind == "e":
            return _("Excel shows an error here: %(value)s") % {"value": str(self.value)[:40]}
        if self.formula and self.value is None:
            return _("A formula stands here; paste its value.")
        return _lost_digits(self.value) if digits else ""


@dataclass
class Sheet:
    """``rows``: number → column → cell, in order; rows and cells without content are left out."""

    title: str
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: dict[tuple[int, int], str] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> Cell:
        found = self.rows.get(row, {}).get(column)
        return found or Cell(row, column, merged=self.merged.get((row, column), ""))

    def below(self, first: int) -> list[int]:
        """Numbers of the rows that hold something, from ``first`` on."""
        return [number for number in self.rows if number >= first]


def sheets_of(
    content: bytes, *, sender: str, most_rows: int, names: Sequence[Sequence[str]] | None = None
) -> list[Sheet]:
    """The first sheet, or for each of ``names`` the one with any of these titles. Unreadable, in one sentence, for what
    is no whole workbook or too large; Busy (503) when many files are being read.

    ``most_rows``: below the header, rows with content. Call it before any lock is taken.
    """
    if len(content) > LARGEST:
        raise Unreadable(_sentence(Unfit("too_large")))
    with pool.turn(sender) as turn:
        options = {"sheets": names and [list(one) for one in names], "rows": most_rows + HEAD, "columns": MOST_COLUMNS}
        try:
            found, _made = turn.run("web.workbook_parts:read", content, LIMITS, **options)
        except Unfit as unfit:
            raise Unreadable(_sentence(unfit)) from None
    return [_sheet(one) for one in found]


def _sheet(found: dict[str, Any]) -> Sheet:
    sheet = Sheet(found["title"])
    for ref in found["merged"]:
        left, top, right, bottom = range_boundaries(ref)
        places = ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
        sheet.merged.update(dict.fromkeys(places, ref))
    for number, cells in found["rows"]:
        row = sheet.rows.setdefault(number, {})
        for column, kind, value, formula in cells:
            merged = sheet.merged.get((number, column), "")
            row[column] = Cell(number, column, _value(kind, value, formula), kind, formula, merged)
    return sheet


def _value(kind: str, value: Any, formula: bool) -> Any:
    if kind == "d":
        return dt.datetime.fromisoformat(value)
    if kind == "T":
        return dt.time.fromisoformat(value)
    if kind == "P":
        return dt.timedelta(seconds=value)
    if kind == "t":  # a date as text, which the format allows and hardly anybody writes
        try:
            return dt.datetime.fromisoformat(value)
        except ValueError:
            return value
    return None if formula and value == "" else value


def cell_text(value: Any, *, lines: bool = False) -> str:
    """A cell's value as text, by one rule for every import: without invisible characters, in half width.

    One line, unless ``lines``; a whole number as its digits, also one in scientific notation that has them all.
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        value = int(value)
    shown = [" ".join(line.split()) for line in visible(str(value)).splitlines()]
    text = "\n".join(shown).strip() if lines else " ".join(shown).strip()
    parts = _SCIENTIFIC.fullmatch(text)
    return parts[1] + (parts[2] or "") if parts and len(parts[2] or "") == int(parts[3]) else text


def header(
    sheet: Sheet, spellings: Mapping[str, Sequence[str]], needed: Sequence[str], missing: str, key: str = ""
) -> tuple[dict[str, int], int]:
    """Column of each name that the header has, and the number of the first row below it.

    The header is the first row at the top with two names, ``key`` among them. Unreadable with ``missing`` where there
    is none, and with the names where some that are ``needed`` lack.
    """
    for number, cells in sheet.rows.items():
        if number > HEAD:
            break
        found: dict[str, int] = {}
        for column, cell in cells.items():
            word = unicodedata.normalize("NFKC", spelled(cell.text)).rstrip("*").strip().lower()
            for name, known in spellings.items():
                if word in known and name not in found:
                    found[name] = column
        if len(found) > 1 and (not key or key in found):
            lacking = [spellings[name][0] for name in needed if name not in found]
            if lacking:
                raise Unreadable(_("The header lacks the columns: %(names)s") % {"names": "、".join(lacking)})
            return found, number + 1
    raise Unreadable(missing)


def _lost_digits(value: Any) -> str:
    """Why no code or phone number can be read from this value: Excel has rounded it, or made something else of it."""
    if isinstance(value, (bool, dt.datetime, dt.date, dt.time, dt.timedelta)):
        return _("A date or a truth value stands here; format the column as text.")
    if isinstance(value, float) and not value.is_integer():
        return _("A number with decimals stands here; format the column as text.")
    if (isinstance(value, (int, float)) and abs(value) >= EXACT) or _SCIENTIFIC.fullmatch(cell_text(value)):
        said = _("Excel has shortened this number to %(value)s; format the column as text and type it again.")
        return said % {"value": str(value)[:40]}
    return ""


def _sentence(unfit: Unfit) -> str:
    params = dict(unfit.params)
    if unfit.code == "rows":
        params["limit"] -= HEAD
    sentences = {
        "no_workbook": _("This is not an Excel workbook (.xlsx)."),
        "old_or_locked": _(
            "This workbook has a password or is of Excel 97–2003 (.xls). Save it as .xlsx, unprotected."
        ),
        "other_kind": _("This is a workbook of another program. Save it as an Excel workbook (.xlsx)."),
        "too_large": _("This workbook is too large. Copy the rows that matter into a new one."),
        "merged": _("Cells are merged over %(area)s. Undo that, and give every row its own values."),
        "rows": _("A sheet may have at most %(limit)s rows."),
        "columns": _("A sheet may have at most %(limit)s columns."),
        "no_sheet": _("The workbook has no sheet “%(name)s”.")
        if params.get("name")
        else _("The workbook has no sheet."),
        "time": _("This workbook takes too much work to be read. Copy the rows that matter into a new one."),
        "memory": _("This workbook takes too much work to be read. Copy the rows that matter into a new one."),
    }
    damaged = _("This is not a whole workbook; it was damaged on its way. Save it again and send it once more.")
    return sentences.get(unfit.code, damaged) % params
