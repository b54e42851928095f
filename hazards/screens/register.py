"""The register (台账) as it is printed: the tickets that the filters let through, and the filters in words."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from database.clock import now
from hazards.models import Hazard
from hazards.rules.words import Grade, Kind
from hazards.screens.asked import Asked, asked
from hazards.selectors import queue, tickets
from journal.selectors.participants import world_asked
from org.models import Person
from org.screens.place import home_of
from web.errors import Invalid

MOST_ON_PAPER = 600
"""Lines of one PDF: some forty pages, half a minute of one core."""


def refuse_too_many(number: int) -> None:
    if number > MOST_ON_PAPER:
        most = {"n": number, "most": MOST_ON_PAPER}
        raise Invalid(_("%(n)s hazards; one PDF takes %(most)s. Choose fewer by the filters.") % most)


def figures(person: Person, query: QueryDict, most: int) -> dict[str, Any]:
    found = asked(query)
    rows = queue.queue(person, found.filters, world_asked(person, query))
    number = rows.count()
    lines = tickets.with_parts(rows).order_by("unit__path", "id")[:most]
    return {
        "asked": found,
        "unit": home_of(person),
        "rows": list(lines),
        "number": number,
        "left_out": max(0, number - most),
        "most": most,
        "at": now(),
        "what": what_is_chosen(found),
        "counted": ngettext("%(n)s hazard", "%(n)s hazards", number) % {"n": number},
    }


def what_is_chosen(found: Asked) -> str:
    """The filters in words, since paper carries no address."""
    filters = found.filters
    choices = {"status": Hazard.Status.choices, "kind": Kind.choices, "grade": Grade.choices}
    words = [str(dict(labels)[value]) for name, labels in choices.items() for value in getattr(filters, name)]
    if filters.open:
        words.append(pgettext("hazards", "open"))
    if filters.overdue:
        words.append(pgettext("hazards", "overdue"))
    if filters.due_before:
        words.append(_("due before %(day)s") % {"day": timezone.localtime(filters.due_before).date()})
    words += [code for code in (filters.unit, filters.owner) if code]
    if filters.q:
        words.append(f"“{filters.q}”")
    return " · ".join(words)
