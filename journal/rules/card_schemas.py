"""What a card holds, by its type: declared in the cards.py of the app that draws it (docs/laws.md 4).

A replay and the live page read cards that were written years ago, so a card never changes by accident: with
``settings.CHECK_PAYLOADS``, which all tests have, one that is not as declared cannot be recorded
(journal/rules/payloads.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from database.members import Members, Sometimes, Types, faults
from database.registry import Registry

CARDS: Registry[Members] = Registry(
    "cards", "What a subject's snapshot holds. `journal.rules.card_schemas.card_schema`, in an app's `cards.py`."
)


def card_schema(kind: str, /, **members: Types | Sometimes[Types]) -> None:
    """``kind`` is the card's ``type``, which is not among ``members``: name → the types that its value may have."""
    CARDS.register(kind, members)


def faults_of(card: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a card; its own list of cards is looked through too."""
    declared = CARDS.get(str(card.get("type")))
    if declared is None:
        yield f"no card of type {card.get('type')} is declared"
        return
    given = {name: value for name, value in card.items() if name != "type"}
    yield from faults(card["type"], given, declared)
    for value in given.values():
        for one in value if isinstance(value, list) else ():
            if isinstance(one, dict) and "type" in one:
                yield from faults_of(one)
