"""The call log as an Excel sheet: every row, struck-through ones among them, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from duty.models import CallLog
from web.workbook_writing import Book, strike

TEXTS = ("caller_unit", "caller_name", "caller_post", "caller_phone")
REST = ("place", "content", "measures", "told")
WIDTHS = (17, 18, 12, 14, 15, 17, 22, 48, 30, 20, 12, 26)


def call_sheet(rows: Iterable[CallLog]) -> bytes:
    """Oldest last, as the page shows them. Text is stored as text: nothing a caller said is taken for a formula."""
    labels = {field.name: str(field.verbose_name) for field in CallLog._meta.fields}
    heads = [labels[name] for name in ("at", *TEXTS, "occurred_at", *REST)]
    lines, struck = [], []
    for number, row in enumerate(rows, start=2):
        texts = ([getattr(row, name) for name in names] for names in (TEXTS, REST))
        lines.append([row.at, *next(texts), row.occurred_at, *next(texts), row.recorder.label, remark(row)])
        struck += [number] if row.struck else []
    book = Book()
    sheet = book.sheet(_("Call log"), [*heads, _("recorder"), _("remark")], lines, WIDTHS, wrap=True)
    for number in struck:
        strike(sheet, number)
    return book.content


def remark(row: CallLog) -> str:
    parts = []
    if row.struck:
        parts.append(_("struck through"))
    if row.corrects_id:
        parts.append(_("corrects an entry: %(reason)s") % {"reason": row.reason})
    return "; ".join(parts)
