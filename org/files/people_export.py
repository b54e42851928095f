"""The people of the register as the sheet that the import reads: taken away, edited, brought back."""

from __future__ import annotations

import io

from django.utils.translation import get_language
from openpyxl import Workbook
from openpyxl.styles import Font

from org.files.people_sheet import HEADERS
from org.models import Appointment, Person
from org.selectors.jurisdiction import registered_by
from org.selectors.register import held_now
from web.workbook_cells import append


def export_people(by: Person) -> bytes:
    """A row for each post that somebody holds now in the units that ``by`` keeps; one query. Every value is text, so
    that codes and numbers keep their zeros.
    """
    spelling = 1 if (get_language() or "").startswith("en") else 0
    book = Workbook()
    sheet = book.active
    append(sheet, [HEADERS[name][spelling] for name in HEADERS])
    held = held_now(Appointment.objects.filter(unit__in=registered_by(by).values("pk"), person__is_device=False))
    rows = held.order_by("unit__path", "post__rank", "role", "person__sort_key", "pk")
    for code, post, name, phone, role in rows.values_list(
        "unit__code", "post__code", "person__name", "person__phone", "role"
    ):
        append(sheet, [code, post, name, phone, role])
    for column, width in zip("ABCDE", (18, 26, 14, 18, 8), strict=True):
        sheet.column_dimensions[column].width = width
        sheet[f"{column}1"].font = Font(bold=True)
    sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
