"""Translatable sentences for the notes on a message, rendered when they are shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext, pgettext_lazy

from web.languages import LANGUAGES

NOTES = {
    "unknown_reference": _("It names a message that is not known here: %(value)s."),
    "status_differs": _("It names a message of another status, which it therefore does not change: %(value)s."),
    "not_the_sender": _("It names a message of another sender, which it therefore does not change: %(value)s."),
    "already_ended": _("The warning %(value)s that it names had already ended."),
    "unknown_division": _("The division code %(value)s is not in the register."),
    "no_area": _("It gives no area: it counts for the whole county."),
    "area_unread": _("It gives no area that can be read: it counts for the whole county."),
    "no_units": _("No township or village of this county lies in this area: %(value)s"),
    "postcode": _("%(value)s is a postcode, which is no division."),
    "foreign_code": _("A code of another system is not read: %(value)s."),
    "unread_code": _("This is no division code: %(value)s."),
    "end_impossible": _("Part %(value)s ends before it begins or before it was sent: it counts as without an end."),
    "over": _("it was over when it came (end: %(value)s)"),
    "ends_before_sent": _("it ends before it was sent (end: %(value)s)"),
    "ends_before_start": _("it ends before it begins (end: %(value)s)"),
    "lies_elsewhere": _("its area lies outside this county"),
    "names_less": _("its area is smaller than that of the warning"),
    "names_part_of_chain": _("it names a message that another one has replaced, and not the warning in force"),
    "names_wrongly": _("it names a message that is not known here, or another sender's"),
    "names_nothing": _("it names no message, but speaks of the same event and area"),
    "one_original": _("both are in force, and neither replaces the other"),
    "weaker": _("The colour goes down: %(value)s."),
    "drops_units": _("Townships and villages under it no more: %(value)s."),
    "asked": _("It may mean %(value)s: a person decides."),
    "no_warning": _("A message of the kind %(value)s makes no warning; it is kept word for word."),
    "says_none": _("By its own words there is nothing to warn of; it is kept word for word."),
    "no_text": _("It has no info block, so no text, colour or area: a person must read what was sent."),
    "suspected_lift": _("It seems to lift a warning, but none in force here fits: please verify."),
    "sent_in_future": _("By its own words it was sent in the future: %(value)s. One of the two clocks is wrong."),
    "outline_simplified": _(
        "An outline had more points than are kept and was thinned, by at most %(metres)s m (%(place)s)."
    ),
    "outline_simplified_more": _("%(value)s more outlines were thinned."),
    "outline_crosses": _(
        "An outline is too tangled or too fine to be drawn; the whole area around it is taken (%(place)s)."
    ),
    "outline_crosses_more": _("%(value)s more outlines are too tangled or too fine; the areas around them are taken."),
    "outlines_cross": _("The outlines cross each other too often; the whole area around them is taken."),
    "colours_disagree": _("What it says of its colour disagrees, and the gravest is taken: %(value)s."),
}
WITNESSES = {
    "parameter": pgettext_lazy("CAP", "parameter"),
    "headline": pgettext_lazy("CAP", "headline"),
    "event": pgettext_lazy("CAP", "event"),
    "severity": pgettext_lazy("CAP", "severity"),
}
COLOURS = {
    "red": _("red"),
    "orange": _("orange"),
    "yellow": _("yellow"),
    "blue": _("blue"),
    "green": _("green"),
    "none": pgettext_lazy("colour", "none"),
}


MOMENTS = ("over", "ends_before_sent", "ends_before_start")


def explain(notes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**note, "detail": detail_of(note)} for note in notes]


def detail_of(note: Mapping[str, Any]) -> str:
    """The note as a sentence in the reader's language."""
    return str(NOTES[note["code"]]) % _places(note)


def _places(note: Mapping[str, Any]) -> dict[str, str]:
    """A note's value in the reader's words: “headline=red severity=yellow”, “info[0].area[0].polygon[0] 45”."""
    code, value = note["code"], str(note["value"])
    place, _space, metres = value.partition(" ")
    if code == "colours_disagree":
        pairs = [pair.partition("=") for pair in value.split()]
        said = [f"{WITNESSES.get(who, who)} {COLOURS.get(colour, colour)}" for who, _equals, colour in pairs]
        value = pgettext("between words of a list", ", ").join(said)
    elif code == "weaker":
        value = " → ".join(str(COLOURS.get(word, word)) for word in value.split(">"))
    elif code in MOMENTS and value:
        value = localtime(dt.datetime.fromisoformat(value)).strftime("%Y-%m-%d %H:%M")
    return {"value": value, "place": place, "metres": metres}


def why(notes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """All reasons as one phrase in both languages, for alarms and the journal, which are written once."""
    notes = list(notes)
    said = {}
    for key, language in LANGUAGES.items():
        with override(language):
            said[key] = pgettext("between reasons", "; ").join(detail_of(note).rstrip("。.") for note in notes)
    return said


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
    "response": {
        "Shelter": pgettext_lazy("CAP", "Take shelter"),
        "Evacuate": pgettext_lazy("CAP", "Evacuate"),
        "Prepare": pgettext_lazy("CAP", "Prepare"),
        "Execute": pgettext_lazy("CAP", "Carry out the plan"),
        "Avoid": pgettext_lazy("CAP", "Avoid"),
        "Monitor": pgettext_lazy("CAP", "Monitor"),
        "Assess": pgettext_lazy("CAP", "Assess"),
        "AllClear": pgettext_lazy("CAP", "All clear"),
        "None": pgettext_lazy("CAP", "No action"),
    },
    "scope": {
        "Public": pgettext_lazy("CAP", "Public"),
        "Restricted": pgettext_lazy("CAP", "Restricted"),
        "Private": pgettext_lazy("CAP", "Private"),
    },
    "kind": {
        "Alert": pgettext_lazy("CAP", "alert"),
        "Update": pgettext_lazy("CAP", "update"),
        "Cancel": pgettext_lazy("CAP", "cancel"),
        "Ack": pgettext_lazy("CAP", "acknowledgement"),
        "Error": pgettext_lazy("CAP", "error report"),
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
    "severity": _("from the severity of the message; the platform states none, or a milder one"),
    "none": _("the message states neither a colour nor a severity"),
}

UNREAD = {
    "malformed_xml": _("not XML"),
    "unsupported_encoding": _("unknown encoding"),
    "doctype_forbidden": _("has a document type"),
    "wrong_namespace": _("not CAP"),
    "not_an_alert": _("not CAP"),
    "no_alert_inside": _("nothing inside"),
    "too_complex": _("too complex"),
    "too_large": _("too large"),
    "unsupported_media_type": _("compressed"),
    "invalid_message": _("breaks the standard"),
    "identity_reused": _("same number, other content"),
    "no_text": _("no text"),
    "suspected_lift": _("may lift a warning"),
    "only_counted": _("only counted"),
    "internal_error": _("fault of ours"),
}
"""Why a message could not be read, in two words for its tag."""

PART_STATES = {
    "coming": pgettext_lazy("part of a warning", "to come"),
    "in_force": pgettext_lazy("part of a warning", "in force"),
    "over": pgettext_lazy("part of a warning", "over"),
}
