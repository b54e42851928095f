"""Verbs: what an event of each holds, and its text. Verbs become sentences at display, so that one journal reads in
Chinese and in English (docs/laws.md 4 and 12).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from database.members import Members, Sometimes, Types, sometimes
from database.registry import Registry
from org import sentences


@dataclass(frozen=True)
class Verb:
    """``card``: the type of the card that its events carry, ``""`` for none; ``members``: of its data."""

    template: Any
    card: str | Sometimes[str]
    members: Members


VERBS: Registry[Verb] = Registry(
    "verbs",
    "What an event says happened. `journal.sentences.sentence` gives its words and declares its data and card, in an"
    " app's `sentences.py`.",
)

MOVED: Members = {"from": str, "to": str}
"""What `journal.states.move` adds to the data of a verb: both states."""
OF_ITS_SUBJECT = "*"
"""In place of a card's type: whichever card the app draws of the event's subject."""


def sentence(verb: str, template: Any, card: str | Sometimes[str] = "", /, **members: Types | Sometimes[Types]) -> None:
    """Register a verb. ``template``: a lazy translation whose %(name)s places are filled from the event's data, its
    card, and ``by``; or a function that picks one by these values, and may add to them.

    ``card`` and ``members`` are what its events hold (`Verb`); recording anything else fails in tests.
    """
    VERBS.register(verb, Verb(template, card, members))


def say(verb: str, by_name: str, data: Mapping[str, Any] | None, card: Mapping[str, Any] | None) -> str:
    """The sentence of one event in the active language; a verb without one shows as its code rather than not at all.

    What the system did by rule is told as the system's, with the rule, who approved it, and the document.
    """
    rule = (data or {}).get("rule")
    itself = _("the system, by rule,") if rule else _("the system")
    values = {**(card or {}), **(data or {}), "by": by_name or str(itself)}
    template = VERBS[verb].template if verb in VERBS else verb
    said = fill(str(template(values) if callable(template) else template), values)
    return said + told_rule(rule) if rule and not by_name else said


def told_rule(rule: Mapping[str, Any]) -> str:
    """The rule by which the system acted, in brackets: its text, who approved it, and the document's number."""
    approved = rule.get("approved_by")
    values = {"text": rule.get("text"), "document": rule.get("document"), "who": approved and approved.get("name")}
    if approved:
        return fill(str(_(" (rule: %(text)s; approved by: %(who)s; document: %(document)s)")), values)
    return fill(str(_(" (rule: %(text)s; the system's default, which the county has not approved yet)")), values)


def fill(template: str, values: Mapping[str, Any]) -> str:
    """``template`` with its %(name)s places filled; a missing value shows as a dash, so that old rows stay readable."""
    return template % _Values({key: in_reader_language(value) for key, value in values.items()})


def in_reader_language(value: Any) -> Any:
    """A two-language value ({"zh", "en"}) gives the reader's; anything else itself."""
    if isinstance(value, dict) and "zh" in value:
        english = (get_language() or "").startswith("en")
        return (english and value.get("en")) or value["zh"] or "–"
    return "–" if value in (None, "") else value


class _Values(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"


def _added(values: Mapping[str, Any]) -> Any:
    return _("%(by)s added the document “%(name)s”") if "document" in values else _("%(by)s added a photo")


sentence(
    "attachment.added", _added,
    OF_ITS_SUBJECT, attachment=int, file_sha256=str, document=sometimes(str), name=sometimes(str),
    taken_at=sometimes(dt.datetime | None), width=sometimes(int), height=sometimes(int),
)  # fmt: skip
sentence("timer.overdue", _("A timer is overdue: %(kind)s since %(due_at)s"), kind=str, due_at=str, error=str)
sentence(
    "relay.unheard",
    _("No subscriber is called %(subscriber)s: what should follow the event %(event)s (%(verb)s) waits"),
    subscriber=str, event=int, verb=str,
)  # fmt: skip
sentence(
    "clock.jumped", _("The database's clock jumped by %(seconds)s s: it says %(at)s, not %(expected)s"),
    seconds=int, at=dt.datetime, expected=dt.datetime,
)  # fmt: skip

# org lies below and cannot register its own.
for _verb, (_template, _members) in sentences.SENTENCES.items():
    VERBS.register(_verb, Verb(_template, "", _members), module=sentences.__name__)
