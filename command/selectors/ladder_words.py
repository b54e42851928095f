"""A ladder as text: whom silence calls, and when. Read from the ladder's data, never from a table of our own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from command.rules.default_ladders import SOURCE
from command.selectors.ladders import Rung, Snapshot

RUNG_WORDS = {
    ("remind", "message"): gettext_lazy("reminded by message"),
    ("remind", "phone"): gettext_lazy("reminded again; to be telephoned by hand"),
    ("deputy", "phone"): gettext_lazy("the deputy is called"),
    ("above", "phone"): gettext_lazy("the unit above is called"),
    ("runner", "phone"): gettext_lazy("runner or loudspeaker from the unit above"),
    ("county", "phone"): gettext_lazy("the county is told to telephone them itself"),
}
CLIMBED_WORDS = {
    "remind": gettext_lazy("reminded"),
    "deputy": gettext_lazy("deputy called"),
    "above": gettext_lazy("unit above called"),
    "runner": gettext_lazy("messenger requested"),
    "county": gettext_lazy("county called"),
}

DEFAULT_WORDS = gettext_lazy("default; set by the county")
"""The source of the founding ladders, in the reader's language; a county's own is shown as it was typed."""


def length(seconds: int) -> str:
    """``45 s``, ``5 min``, ``1 h 30 min``."""
    if seconds < 60:
        return _("%(n)s s") % {"n": seconds}
    minutes, rest = divmod(seconds, 60)
    if rest:
        return _("%(m)s min %(s)s s") % {"m": minutes, "s": rest}
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    hours, rest = divmod(minutes, 60)
    return _("%(h)s h %(m)s min") % {"h": hours, "m": rest} if rest else _("%(n)s h") % {"n": hours}


def rung_words(rung: Rung) -> str:
    return str(RUNG_WORDS.get((rung.do, rung.channel)) or CLIMBED_WORDS.get(rung.do) or rung.do)


def explain(ladder: Snapshot) -> dict[str, Any]:
    """``colour``, a code; ``within``: the time to answer; ``rungs``: (after, what) in order; ``repeat``: how often the
    last one recurs.
    """
    last = ladder.rungs[-1]
    return {
        "colour": ladder.data.get("colour", ""),
        "within": length(ladder.ack_within_s),
        "rungs": [(length(rung.after_s), rung_words(rung)) for rung in ladder.rungs],
        "repeat": length(last.repeat_s) if last.repeat_s else "",
        "source": DEFAULT_WORDS if ladder.data.get("source") == SOURCE else ladder.data.get("source", ""),
        "version": ladder.data.get("version", ""),
    }


def people_words(people: int) -> str:
    return ngettext("%(n)s person", "%(n)s people", people) % {"n": people}
