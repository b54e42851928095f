"""The call log as an Excel sheet: every row, struck-through ones among them, in the reader's language."""

from __future__ import annotations

import io
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font

from duty.models import CallLog

TEXTS = ("caller_unit", "caller_name", "caller_post", "caller_phone")
REST = ("place", "content", "measures", "told")
WIDTHS = (17, 18, 12, 14, 15, 17, 22, 48, 30, 20, 12, 26)


def call_sheet(rows: Iterable[CallLog]) -> bytes:
    """Oldest last, as the page shows them. Text is stored as text: nothing a caller said is taken for a formula."""
    book = Workbook()
    sheet = book.active
    fields = {field.name: str(field.verbose_name) for field in CallLog._meta.fields}
    named = [fields[name] for name in ("at", *TEXTS, "occurred_at", *REST)]
    sheet.append([*named, _("recorder"), _("remark")])
    for number, row in enumerate(rows, start=2):
        values = [row.at, *(getattr(row, n) for n in TEXTS), row.occurred_at, *(getattr(row, n) for n in REST)]
        for column, value in enumerate([*values, row.recorder.label, remark(row)], start=1):
            cell = sheet.cell(number, column)
            if isinstance(value, str):
                cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", value), "s"
            elif value is not None:
                cell.value, cell.number_format = timezone.make_naive(value), "yyyy-mm-dd hh:mm"
            cell.font = Font(strike=row.struck)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCDEFGHIJKL", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}1"].font = Font(bold=True)
    sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def remark(row: CallLog) -> str:
    parts = []
    if row.struck:
        parts.append(_("struck through"))
    if row.corrects_id:
        parts.append(_("corrects an entry: %(reason)s") % {"reason": row.reason})
    return "; ".join(parts)
