"""The county's own numbers in the texts of its plans: ``{numbers.report_county_phone}`` (`plans.rules.blanks`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from norms.rules.numbers import NUMBERS, said
from norms.selectors.numbers import numbers_set
from org.models import Unit
from plans.models import Action
from plans.rules.blanks import fill_numbers, numbers_in
from plans.rules.problems import Problem
from web.languages import LANGUAGES

START = "{numbers."
UNSET = gettext_lazy("[to be set by the county government]")
WITHOUT = gettext_lazy("the time set")
"""In place of a number where texts are kept for long: a number may change, the sentence stays true."""


class OwnNumbers:
    """The numbers that these texts name, in force for ``unit``. One query, none where no text names any."""

    def __init__(self, texts: Iterable[str], unit: Unit) -> None:
        self.named = [code for code in numbers_in(texts) if code in NUMBERS]
        self.values = numbers_set(*self.named, unit=unit) if self.named else {}
        self.unset = [code for code in self.named if code not in self.values]
        self._said: dict[str, tuple[dict[str, str], str]] = {}

    def filled(self, text: str, key: str) -> str:
        """``text``, which is in the language of ``key`` (zh, en), with its numbers."""
        if START not in text:
            return text
        if key not in self._said:
            with override(LANGUAGES[key]):
                words = {code: said(value, NUMBERS[code].measure) for code, value in self.values.items()}
                self._said[key] = (words, str(UNSET))
        return fill_numbers(text, *self._said[key])


def put_numbers(actions: Iterable[Action], unit: Unit) -> None:
    """Into the texts of actions that were read, in memory alone: an instruction says the number as it is now."""
    rows = list(actions)
    own = OwnNumbers((text for row in rows for text in (row.text, row.text_en)), unit)
    for row in rows:
        row.text, row.text_en = own.filled(row.text, "zh"), own.filled(row.text_en, "en")


def with_numbers(document: Mapping[str, Any], unit: Unit) -> dict[str, Any]:
    """A whole document as it is read: its texts with their numbers."""
    own = OwnNumbers(_texts(document), unit)
    actions = [
        {**row, "text": own.filled(row["text"], "zh"), "text_en": own.filled(row["text_en"], "en")}
        for row in document["actions"]
    ]
    levels = {code: {**row, "note": own.filled(row["note"], "zh")} for code, row in document["levels"].items()}
    return {**document, "basis": own.filled(document["basis"], "zh"), "levels": levels, "actions": actions}


def without_numbers(text: str, key: str) -> str:
    """``text`` in the language of ``key``, with words in place of numbers. No query."""
    if START not in text:
        return text
    with override(LANGUAGES[key]):
        return fill_numbers(text, {}, str(WITHOUT))


def _texts(document: Mapping[str, Any]) -> Iterator[str]:
    yield document["basis"]
    yield from (level["note"] for level in document["levels"].values())
    yield from (action[key] for action in document["actions"] for key in ("text", "text_en"))


def unset_problems(document: Mapping[str, Any], unit: Unit) -> list[Problem]:
    """What keeps a whole document from being approved: a number that it names and nobody has set, and a report that is
    due later than the shortest time that it names.
    """
    own = OwnNumbers(_texts(document), unit)
    message = _("The plan names the number “%(label)s”, which the county has not set yet (Register, Numbers).")
    problems = [Problem("basis", message % {"label": NUMBERS[code].label}) for code in own.unset]
    for number, action in enumerate(document["actions"], start=1):
        known = [own.values[code] for code in numbers_in([action["text"]]) if code in own.values]
        if known and action["due_min"] > min(known):
            late = _("This names %(minutes)s minutes and is due after %(due)s.")
            place = f"actions[{number}] {action['code']}: due_min"
            problems.append(Problem(place, late % {"minutes": min(known), "due": action["due_min"]}))
    return problems
