"""Opening a workbook and reading its rows by their headers, whatever somebody sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from plans.rules.problems import Problem, Refused
from web.problems import Unreadable
from web.workbooks import Sheet, sheets_of

ROWS = 2000


def opened(content: bytes, names: Mapping[str, Sequence[str]], *, sender: str) -> dict[str, Sheet]:
    """Each of the sheets under one of its names. Refused for what is no workbook, or lacks a sheet."""
    try:
        found = sheets_of(content, sender=sender, most_rows=ROWS, names=list(names.values()))
    except Unreadable as error:
        raise Refused([Problem("", str(error))]) from None
    return dict(zip(names, found, strict=True))


def cells_of(sheet: Sheet, known: Mapping[str, str], problems: list[Problem]) -> list[tuple[int, dict[str, Any]]]:
    """Row number and cells by key, rows without any content left out; ``known`` is folded header → key.

    A header that is unknown or stands twice goes to ``problems``.
    """
    columns: dict[int, str] = {}
    for cell in sheet.rows.get(1, {}).values():
        word = cell.text
        name = known.get(word.casefold())
        place = _("%(sheet)s, cell %(cell)s") % {"sheet": sheet.title, "cell": cell.coordinate}
        if word and name is None:
            problems.append(Problem(place, _("There is no column “%(name)s”.") % {"name": word}))
        elif name in columns.values():
            problems.append(Problem(place, _("The column “%(name)s” stands there twice.") % {"name": word}))
        elif name:
            columns[cell.column] = name
    rows = []
    for number in sheet.below(2):
        found = {name: sheet.cell(number, column) for column, name in columns.items()}
        for cell in found.values():
            if fault := cell.fault():
                place = _("%(sheet)s, cell %(cell)s") % {"sheet": sheet.title, "cell": cell.coordinate}
                problems.append(Problem(place, fault))
        # As they stand: a workbook that was written from a plan gives back the same plan.
        cells = {name: cell.value for name, cell in found.items()}
        if any(value not in (None, "") for value in cells.values()):
            rows.append((number, cells))
    return rows
