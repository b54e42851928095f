"""What an event of a verb holds, data and card: as declared beside the verb's sentence (journal/sentences.py).

Checked when an event is recorded, with ``settings.CHECK_PAYLOADS``, which all tests have. Reading checks nothing: rows
are older than today's declarations.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from database.members import Sometimes, always, faults
from journal.rules import card_schemas
from journal.sentences import OF_ITS_SUBJECT, VERBS, Verb

BY_RULE = "rule"
"""What `journal.actions.recording` adds to the data of whatever the system does by itself."""


class WrongPayload(ValueError):
    """An event that is not as its verb, or its card's type, was declared."""


def faults_of(verb: str, data: dict[str, Any], card: dict[str, Any] | None) -> Iterator[str]:
    """All that is wrong with an event of this verb."""
    declared = VERBS.get(verb)
    if declared is None:
        yield f"no verb {verb} is declared"
        return
    own = {name: value for name, value in data.items() if name != BY_RULE}  # any verb's, where the system did it
    yield from faults(f"{verb}: data", own, declared.members)
    yield from _faults_of_card(verb, declared, card)


def _faults_of_card(verb: str, declared: Verb, card: dict[str, Any] | None) -> Iterator[str]:
    expected = always(declared.card)
    if card is None:
        if expected not in ("", OF_ITS_SUBJECT) and not isinstance(declared.card, Sometimes):
            yield f"{verb}: its card of type {expected} is missing"
        return
    if expected != OF_ITS_SUBJECT and expected != card.get("type"):
        yield f"{verb}: a card of type {card.get('type')} is not declared"
    yield from card_schemas.faults_of(card)


def check_payload(verb: str, data: dict[str, Any], card: dict[str, Any] | None) -> None:
    """WrongPayload names all that is wrong."""
    if found := sorted(faults_of(verb, data, card)):
        raise WrongPayload("; ".join(found))
