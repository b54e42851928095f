"""Sentences for the notes on a message, rendered when they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

NOTES = {
    "unknown_reference": _("It names a message that is not known here: %(value)s."),
    "status_differs": _("It names a message of another status, which it therefore does not change: %(value)s."),
    "not_the_sender": _("It names a message of another sender, which it therefore does not change: %(value)s."),
    "already_ended": _("The warning %(value)s that it names had already ended."),
    "unknown_division": _("The division code %(value)s is not in the register."),
    "no_area": _("It gives no area: no township or village is named."),
    "no_units": _("No township or village of this county lies in its area."),
    "no_warning": _("A message of the kind %(value)s makes no warning; it is kept word for word."),
}


def explain(notes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**note, "detail": str(NOTES[note["code"]]) % {"value": note["value"]}} for note in notes]


COLOUR_SOURCES = {
    "platform": _("stated by the platform"),
    "severity": _("from the severity of the message; the platform states no colour"),
    "none": _("the message states neither a colour nor a severity"),
}
