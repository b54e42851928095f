"""The check of what townships have (六有), as a sheet."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from board.selectors.six import ITEMS, Row
from web.workbook_writing import Book

WIDTHS = (14, 20, 34, 24, 34, 30, 44, 44, 10, 10)


def sheet(rows: Sequence[Row], language: str) -> bytes:
    head = [_("Code"), _("Township"), *(str(word) for word in ITEMS.values()), _("Of six"), _("Vacancies")]
    lines = [
        [row.unit.code, row.unit.label, *(f"{'✓' if m.there else '✗'} {m.said}" for m in row.marks), row.total,
         row.vacancies]
        for row in rows
    ]  # fmt: skip
    book = Book()
    book.sheet("六有" if language.startswith("zh") else "six", head, lines, WIDTHS)
    return book.content
