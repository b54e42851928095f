"""Words and shapes of the four scales and the answer states: one table for templates, the map's legend and the wall."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

LEVELS = ("I", "II", "III", "IV")

LEVEL_OF_COLOUR = {"red": "I", "orange": "II", "yellow": "III", "blue": "IV"}

GRADE_WORDS = {
    "I": _("Extremely major (I)"),
    "II": _("Major (II)"),
    "III": _("Large (III)"),
    "IV": _("General (IV)"),
}
RESPONSE_WORDS = {
    "I": _("Response level I"),
    "II": _("Response level II"),
    "III": _("Response level III"),
    "IV": _("Response level IV"),
}
COLOUR_WORDS = {
    "I": _("Red warning"),
    "II": _("Orange warning"),
    "III": _("Yellow warning"),
    "IV": _("Blue warning"),
}
NONE_WORDS = {"grade": _("Not graded"), "response": _("No response running"), "colour": _("No warning")}
WORDS = {"grade": GRADE_WORDS, "response": RESPONSE_WORDS, "colour": COLOUR_WORDS}

STATES = {
    "silent": _("Silent"),
    "climbed": _("Climbed"),
    "called": _("Called"),
    "not_called": _("Not called"),
    "received": _("Received"),
    "passed_on": _("Passed on"),
    "in_place": _("In place"),
    "done": _("Done"),
    "verified": _("Verified"),
    "answered_for": _("Answered by another"),
    "called_off": _("Called off"),
}
"""In the order of need: silence first. The codes are those of ``Assignment.status`` plus what follows from time."""


def level_of(value: str) -> str:
    """``I`` … ``IV`` from a numeral or a warning colour; empty when there is none."""
    value = LEVEL_OF_COLOUR.get(value or "", value or "")
    return value if value in LEVELS else ""


def answer_state(assignment: Any, at: datetime) -> str:
    """The state shown for an assignment at a moment: silence is read from the clock, climbing from what the ladder did.

    A reminder is not a climb: nobody else has been called yet.
    """
    if assignment.status == "called":
        if assignment.climbed_to not in ("", "remind"):
            return "climbed"
        return "silent" if at >= assignment.ack_due_at else "called"
    if assignment.status == "received" and assignment.answered_by_id not in (None, assignment.person_id):
        return "answered_for"
    return assignment.status
