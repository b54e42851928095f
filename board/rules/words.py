"""Words and shapes of the four scales and the answer states: one table for templates, the map's legend and the wall."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LEVELS = ("I", "II", "III", "IV")

LEVEL_OF_COLOUR = {"red": "I", "orange": "II", "yellow": "III", "blue": "IV"}

GRADE_WORDS = {
    "I": _("Extraordinarily serious (I)"),
    "II": _("Serious (II)"),
    "III": _("Major (III)"),
    "IV": _("Ordinary (IV)"),
}
RESPONSE_WORDS = {
    "red": _("Red warning response"),
    "orange": _("Orange warning response"),
    "yellow": _("Yellow warning response"),
    "blue": _("Blue warning response"),
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
    "climbed": _("No answer, escalated"),
    "called": _("Called"),
    "not_called": _("Not called"),
    "received": _("Received"),
    "answered_for": _("Answered by another"),
    "passed_on": _("Passed on"),
    "in_place": _("In place"),
    "done": _("Done"),
    "verified": _("Verified"),
    "called_off": _("Called off"),
}
"""In the order of need: silence first. The codes are those of command/selectors/visible.py SHOWN, and ``not_called``
for a unit that was ordered nothing.
"""


def level_of(value: str) -> str:
    """``I`` … ``IV`` from a numeral or a warning colour; empty when there is none."""
    value = LEVEL_OF_COLOUR.get(value or "", value or "")
    return value if value in LEVELS else ""
