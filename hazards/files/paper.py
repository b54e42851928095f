"""Template contexts of the hazards' PDFs: supervision letter, circular or listing (templates/hazards/letter.html)."""

from __future__ import annotations

from typing import Any

from hazards.models import Deadline, Supervision
from hazards.selectors import tickets
from norms.rules import deadlines
from org.models import Person, Unit
from org.rules.codes import county_of
from web.errors import NotFound

LETTER = "hazards/letter.html"


def letter_for(reader: Person, hazard_id: int, letter_id: int) -> Supervision:
    """The paper, if its ticket is the reader's to see; NotFound otherwise, and for one of another ticket."""
    mine = tickets.hazards_visible_to(reader).filter(pk=hazard_id).values("pk")
    found = Supervision.objects.filter(pk=letter_id, hazard__in=mine)
    row = found.select_related("to", "hazard__unit", "hazard__owner", "hazard__leader").first()
    if row is None:
        raise NotFound
    return row


def letter_figures(row: Supervision) -> dict[str, Any]:
    """For ``hazards/letter.html``: from the county, with the deadline that was missed and why it was what it was.

    ``missed`` is what had run out when the paper was issued, so that a later printing says the same.
    """
    hazard = row.hazard
    ran_out = Deadline.objects.filter(hazard=hazard, due_at__lt=row.issued_at, set_at__lt=row.issued_at)
    missed = ran_out.exclude(ended_at__lt=row.issued_at).order_by("due_at").first()
    earlier = Supervision.objects.filter(hazard=hazard, pk__lt=row.pk).order_by("pk")
    return {
        "row": row,
        "hazard": hazard,
        "county": Unit.objects.filter(path=county_of(hazard.unit.path)).defer("boundary").first(),
        "missed": missed,
        "why": deadlines.say(missed.why) if missed else "",
        "days": (deadlines.day_of(row.issued_at) - deadlines.day_of(missed.due_at)).days if missed else 0,
        "plan": tickets.plans_of(hazard).first(),
        "earlier": list(earlier),
    }
