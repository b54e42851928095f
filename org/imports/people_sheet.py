"""Reading the people's sheet of an Excel workbook into plain rows, cell by cell; and making the empty template."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from org.imports.problems import Problem, Unreadable, at_cell
from org.text import clean
from org.text import name as spelled

MAX_BYTES = 60 * 1024 * 1024
"""Unpacked; an .xlsx is a zip, and a small one can hold a very large one."""
MAX_ROWS = 20_000
HEADERS = {
    "unit": ("单位代码", "unit code", "unit", "code", "代码", "单位编码"),
    "post": ("岗位", "post", "职务", "职责"),
    "name": ("姓名", "name"),
    "phone": ("电话", "phone", "手机", "手机号", "联系电话", "mobile", "telephone"),
    "role": ("角色", "role", "ab岗", "a/b岗", "a/b", "a/b role"),
}
NEEDED = ("unit", "post", "name", "phone")


@dataclass
class Line:
    """One row of the sheet: text by column, and the cell each stands in."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    faults: list[Problem] = field(default_factory=list)


def read(content: bytes) -> list[Line]:
    """The rows under the header of the first sheet, empty ones left out. Unreadable when there is no such sheet or
    header.
    """
    sheet = _sheet(content)
    for number in range(1, min(sheet.max_row, 10) + 1):
        columns = _columns(sheet[number])
        if len(columns) >= 2:
            break
    else:
        raise Unreadable(_("No header was found: the columns are unit code, post, name, phone and role."))
    missing = [HEADERS[name][0] for name in NEEDED if name not in columns.values()]
    if missing:
        raise Unreadable(_("The header lacks the columns: %(names)s") % {"names": "、".join(missing)})
    if sheet.max_row - number > MAX_ROWS:
        raise Unreadable(_("A sheet may have at most %(limit)s rows.") % {"limit": MAX_ROWS})
    return list(_lines(sheet, number + 1, columns))


def _sheet(content: bytes) -> Worksheet:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
                raise Unreadable(_("This workbook is too large."))
        # Formulas are wanted as such: their last computed value may be anybody's.
        return load_workbook(io.BytesIO(content), data_only=False).worksheets[0]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, OSError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(_("This is not an Excel workbook (.xlsx).")) from None


def _columns(row: tuple[Cell, ...]) -> dict[int, str]:
    """Column number → what it holds, for the cells of a header row that name something."""
    found: dict[int, str] = {}
    for cell in row:
        text = spelled(str(cell.value or "")).rstrip("*").strip().lower()
        for column, spellings in HEADERS.items():
            if text in spellings and column not in found.values():
                found[cell.column] = column
    return found


def _lines(sheet: Worksheet, first: int, columns: dict[int, str]) -> Iterator[Line]:
    merged = {
        coordinate: str(area)
        for area in sheet.merged_cells.ranges
        if area.max_row >= first
        for row in sheet.iter_rows(area.min_row, area.max_row, area.min_col, area.max_col)
        for coordinate in (cell.coordinate for cell in row)
    }
    for row in sheet.iter_rows(min_row=first, max_col=max(columns)):
        line = Line(row[0].row)
        for cell in row:
            name = columns.get(cell.column)
            if name is None:
                continue
            line.cells[name] = cell.coordinate
            line.values[name], fault = _text(cell.value, getattr(cell, "data_type", "n"))
            if cell.coordinate in merged:
                fault = _("Merged cells (%(area)s): give every row its own.") % {"area": merged[cell.coordinate]}
            if fault:
                line.faults.append(Problem(at_cell(cell.coordinate), fault))
        if any(line.values.values()) or line.faults:
            yield line


def _text(value: Any, kind: str) -> tuple[str, str]:
    """(text, fault) of a cell's value. Excel turns long codes into numbers; a whole number is taken back as its
    digits.
    """
    if value is None:
        return "", ""
    if kind == "f":
        return "", _("A formula stands here; paste its value.")
    if kind == "e":
        return "", _("Excel shows an error here: %(value)s") % {"value": value}
    if isinstance(value, (bool, dt.datetime, dt.date, dt.time, dt.timedelta)):
        return "", _("A date or a truth value stands here; format the column as text.")
    if isinstance(value, float):
        if not value.is_integer():
            return "", _("A number with decimals stands here; format the column as text.")
        value = int(value)
    return clean(str(value)), ""


def template(language: str, posts: list[tuple[str, str]]) -> bytes:
    """An empty workbook: the header, columns kept as text, and a second sheet with the posts (code, name)."""
    chinese = language.startswith("zh")
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("人员" if chinese else "people")
    sheet.append([HEADERS[name][0 if chinese else 1] for name in HEADERS])
    for column, width in zip("ABCDE", (18, 26, 14, 18, 8), strict=True):
        sheet.column_dimensions[column].width = width
        sheet[f"{column}1"].font = Font(bold=True)
        for row in range(2, 402):
            # As text, or Excel rounds the twelve digits of a village's code.
            sheet[f"{column}{row}"].number_format = "@"
    sheet.freeze_panes = "A2"
    listed = book.create_sheet("岗位" if chinese else "posts")
    for post in posts:
        listed.append(post)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
