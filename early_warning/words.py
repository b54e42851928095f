"""Sentences for the notes on a message, rendered when they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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


CAP = {
    "severity": {
        "Extreme": pgettext_lazy("CAP", "Extreme"),
        "Severe": pgettext_lazy("CAP", "Severe"),
        "Moderate": pgettext_lazy("CAP", "Moderate"),
        "Minor": pgettext_lazy("CAP", "Minor"),
        "Unknown": pgettext_lazy("CAP", "Unknown"),
    },
    "urgency": {
        "Immediate": pgettext_lazy("CAP", "Immediate"),
        "Expected": pgettext_lazy("CAP", "Expected"),
        "Future": pgettext_lazy("CAP", "Future"),
        "Past": pgettext_lazy("CAP", "Past"),
        "Unknown": pgettext_lazy("CAP", "Unknown"),
    },
    "certainty": {
        "Observed": pgettext_lazy("CAP", "Observed"),
        "Likely": pgettext_lazy("CAP", "Likely"),
        "Possible": pgettext_lazy("CAP", "Possible"),
        "Unlikely": pgettext_lazy("CAP", "Unlikely"),
        "Unknown": pgettext_lazy("CAP", "Unknown"),
    },
    "scope": {
        "Public": pgettext_lazy("CAP", "Public"),
        "Restricted": pgettext_lazy("CAP", "Restricted"),
        "Private": pgettext_lazy("CAP", "Private"),
    },
    "status": {
        "Actual": pgettext_lazy("CAP", "Actual"),
        "Exercise": pgettext_lazy("CAP", "Exercise"),
        "System": pgettext_lazy("CAP", "System"),
        "Test": pgettext_lazy("CAP", "Test"),
        "Draft": pgettext_lazy("CAP", "Draft"),
    },
}
"""The words of CAP for the page; the codes stay as they are in data and API."""

COLOUR_SOURCES = {
    "platform": _("stated by the platform"),
    "severity": _("from the severity of the message; the platform states no colour"),
    "none": _("the message states neither a colour nor a severity"),
}
