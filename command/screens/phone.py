"""View-model of one assignment on the phone: who asks what of whom, how long is left, and the one act that comes
next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import pgettext_lazy

from command.models import Assignment
from command.rules.words import HOW_LOGGED, HOW_WORDS
from command.selectors import lists
from org.models import Person
from org.rules.capabilities import ANSWER
from org.selectors.jurisdiction import allowed

S = Assignment.Status
STEP_WORDS = {
    S.RECEIVED: pgettext_lazy("act", "Received"),
    S.PASSED_ON: pgettext_lazy("act", "Passed on"),
    S.IN_PLACE: pgettext_lazy("act", "In place"),
    S.DONE: pgettext_lazy("act", "Done"),
}
NEXT = {
    S.CALLED: (S.RECEIVED,),
    S.RECEIVED: (S.PASSED_ON, S.IN_PLACE, S.DONE),
    S.PASSED_ON: (S.IN_PLACE, S.DONE),
    S.IN_PLACE: (S.DONE,),
}
"""Steps offered in each state: the next one first, then those that may be skipped to; the table of moves is in
command/states.py.
"""


def cards_of(person: Person, rows: Sequence[Assignment]) -> list[dict[str, Any]]:
    called_as = lists.called_as(person, rows)
    lists.with_loggers(rows)
    return [_card(person, row, called_as[row.pk]) for row in rows]


def card_of(person: Person, row: Assignment) -> dict[str, Any]:
    return cards_of(person, [row])[0]


def _card(person: Person, row: Assignment, called_as: str) -> dict[str, Any]:
    """``called_as`` is "self", what the ladder did, or "" for somebody who only looks after the unit."""
    steps = [{"code": str(code), "word": STEP_WORDS[code]} for code in NEXT.get(Assignment.Status(row.status), ())]
    for_them = called_as != "self"
    may_log = allowed(person, ANSWER, row.unit.path)
    if not called_as and (row.status == S.CALLED or not may_log):
        steps = []
    return {
        "id": row.pk,
        "row": row,
        "order": row.order,
        "called_as": called_as,
        "for_them": for_them,
        "waiting": row.status == S.CALLED,
        "steps": steps,
        "act_url": reverse("command:mine_act", args=[row.pk]),
        "url": reverse("command:mine_one", args=[row.pk]),
        "how": [(code, HOW_WORDS[code]) for code in HOW_LOGGED]
        if row.status == S.CALLED and for_them and may_log
        else [],
    }


def sections_of(cards: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Waiting for an answer, under way, and done; each in the order given."""
    found: dict[str, list[dict[str, Any]]] = {"waiting": [], "going": [], "done": []}
    for card in cards:
        status = card["row"].status
        key = "waiting" if card["waiting"] else "done" if status in (S.DONE, S.VERIFIED, S.CALLED_OFF) else "going"
        found[key].append(card)
    return found
