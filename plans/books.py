"""Opening a workbook and reading its rows by their headers, whatever somebody sends."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from plans.problems import Problem, Refused

LARGEST = 20 * 1024 * 1024
"""Bytes, unpacked."""
ROWS, COLUMNS = 2000, 60


def opened(content: bytes, names: Mapping[str, Sequence[str]]) -> dict[str, Worksheet]:
    """Each of the sheets under one of its names. Refused for what is no workbook, or lacks a sheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(info.file_size for info in archive.infolist()) > LARGEST:
                raise Refused([Problem("", _("This workbook is too large."))])
        book = load_workbook(io.BytesIO(content), data_only=True)
    except Refused:
        raise
    except Exception:  # a broken workbook fails in openpyxl in more ways than it names
        raise Refused([Problem("", _("This is not an Excel workbook (.xlsx)."))]) from None
    found = {}
    for code, spellings in names.items():
        sheet = next((book[one] for one in book.sheetnames if one in spellings), None)
        if not isinstance(sheet, Worksheet):
            message = _("The workbook has no sheet “%(name)s”.") % {"name": " / ".join(spellings)}
            raise Refused([Problem("", message)])
        if sheet.max_row > ROWS or sheet.max_column > COLUMNS:
            raise Refused([Problem(sheet.title, _("A sheet may have at most %(limit)s rows.") % {"limit": ROWS})])
        found[code] = sheet
    return found


def cells_of(sheet: Worksheet, known: Mapping[str, str], problems: list[Problem]) -> list[tuple[int, dict[str, Any]]]:
    """Row number and cells by key, rows without any content left out; ``known`` is folded header → key.

    A header that is unknown or stands twice goes to ``problems``.
    """
    columns: dict[int, str] = {}
    for cell in sheet[1]:
        word = str(cell.value or "").strip()
        name = known.get(word.casefold())
        place = _("%(sheet)s, cell %(cell)s") % {"sheet": sheet.title, "cell": cell.coordinate}
        if word and name is None:
            problems.append(Problem(place, _("There is no column “%(name)s”.") % {"name": word}))
        elif name in columns.values():
            problems.append(Problem(place, _("The column “%(name)s” stands there twice.") % {"name": word}))
        elif name:
            columns[cell.column] = name
    rows = []
    for number in range(2, sheet.max_row + 1):
        cells = {name: sheet.cell(number, column).value for column, name in columns.items()}
        if any(value not in (None, "") for value in cells.values()):
            rows.append((number, cells))
    return rows
