"""Writing cells of .xlsx workbooks: text stays text, whatever it begins with, and is read back as it was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.worksheet.worksheet import Worksheet


def put(cell: Cell, value: Any) -> Cell:
    """Write a value, safe from formula injection: text that begins with ``=``, ``+``, ``-`` or ``@`` is marked as text,
    so that Excel does not make a formula of it when somebody edits the cell.
    """
    if not isinstance(value, str):
        cell.value = value
        return cell
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
    if cell.value:
        cell.data_type = "s"
    if value[:1] in "=+-@":
        cell.quotePrefix = True
    return cell


def append(sheet: Worksheet, values: Iterable[Any]) -> None:
    """One more row below the last one, by `put`."""
    row = sheet.max_row + 1 if sheet.max_row > 1 or sheet.cell(1, 1).value is not None else 1
    for column, value in enumerate(values, start=1):
        put(sheet.cell(row, column), value)
