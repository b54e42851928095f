"""Writing .xlsx workbooks, for every export: sheets of a bold header that stays in sight, and rows of values.

Text stays text, whatever it begins with, and is read back as it was; moments are shown on the county's clock.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

WIDTH = 12
"""Of a column, in characters, where none is given."""
MOMENT = "yyyy-mm-dd hh:mm"


class Book:
    """Sheets one after the other, then the file."""

    def __init__(self) -> None:
        self._book = Workbook()
        self._book.remove(self._book.active)

    def sheet(
        self, title: str, heads: Iterable[Any], rows: Iterable[Iterable[Any]], widths: Sequence[int] = (), *,
        wrap: bool = False,
    ) -> Worksheet:  # fmt: skip
        """One more sheet, without a header where ``heads`` are none. ``wrap``: long texts go on in the next line of
        their cell.
        """
        sheet, names = self._book.create_sheet(str(title)), list(heads)
        for number, row in enumerate(itertools.chain([names] if names else [], rows), start=1):
            for column, value in enumerate(row, start=1):
                if value not in (None, ""):
                    cell = put(sheet.cell(number, column), value)
                    if wrap:
                        cell.alignment = Alignment(wrap_text=True, vertical="top")
        for column in range(1, len(names) + 1):
            letter = get_column_letter(column)
            sheet.column_dimensions[letter].width = widths[column - 1] if column <= len(widths) else WIDTH
            sheet[f"{letter}1"].font = Font(bold=True)
        sheet.freeze_panes = "A2" if names else None
        return sheet

    @property
    def content(self) -> bytes:
        buffer = io.BytesIO()
        self._book.save(buffer)
        return buffer.getvalue()


def put(cell: Cell, value: Any) -> Cell:
    """Write a value. Text that begins with ``=``, ``+``, ``-`` or ``@`` is no formula: it is marked as text, so that
    Excel does not make one of it when somebody edits the cell.
    """
    if isinstance(value, dt.datetime):
        cell.value = timezone.make_naive(value) if timezone.is_aware(value) else value
        cell.number_format = MOMENT
    elif isinstance(value, (str, Promise)):
        text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
        if text:
            cell.value, cell.data_type, cell.quotePrefix = text, "s", text[0] in "=+-@"
    else:
        cell.value = value
    return cell


def strike(sheet: Worksheet, row: int) -> None:
    """Show a row as struck through."""
    for cell in sheet[row]:
        cell.font = Font(strike=True)
