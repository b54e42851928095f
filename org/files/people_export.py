"""The people of the register as the sheet that the import reads: taken away, edited, brought back."""

from __future__ import annotations

from django.utils.translation import get_language

from org.files.people_sheet import HEADERS, TITLE, WIDTHS
from org.models import Appointment, Person
from org.selectors.jurisdiction import registered_by
from org.selectors.register import held_now
from web.workbook_writing import Book


def export_people(by: Person) -> bytes:
    """A row for each post that somebody holds now in the units that ``by`` keeps; one query. Every value is text, so
    that codes and numbers keep their zeros.
    """
    spelling = 1 if (get_language() or "").startswith("en") else 0
    held = held_now(Appointment.objects.filter(unit__in=registered_by(by).values("pk"), person__is_device=False))
    rows = held.order_by("unit__path", "post__rank", "role", "person__sort_key", "pk")
    lines = rows.values_list("unit__code", "post__code", "person__name", "person__phone", "role")
    book = Book()
    book.sheet(TITLE[spelling], [both[spelling] for both in HEADERS.values()], lines, WIDTHS)
    return book.content
