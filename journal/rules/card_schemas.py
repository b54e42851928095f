"""What a card holds, by its type: declared in the cards.py of the app that draws it (docs/laws.md 4).

A replay and the live page read cards that were written years ago, so a card never changes by accident: with
``settings.CHECK_CARDS``, which all tests have, one with a missing, an unknown or a wrong member cannot be recorded.
"""

from __future__ import annotations

from types import UnionType
from typing import Any

from database.registry import Registry

Members = dict[str, type | UnionType]

CARDS: Registry[Members] = Registry(
    "cards", "What a subject's snapshot holds. `journal.rules.card_schemas.card_schema`, in an app's `cards.py`."
)


class WrongCard(ValueError):
    """A card that is not as its type was declared."""


def card_schema(kind: str, /, **members: type | UnionType) -> None:
    """``kind`` is the card's ``type``, which is not among ``members``: name → the types that its value may have."""
    CARDS.register(kind, members)


def faults_of(card: dict[str, Any]) -> list[str]:
    """What is wrong with a card; its own list of cards is looked through too."""
    declared = CARDS.get(str(card.get("type")))
    if declared is None:
        return [f"no card of type {card.get('type')} is declared"]
    given = {name: value for name, value in card.items() if name != "type"}
    faults = [f"{card['type']}.{name} is missing" for name in declared.keys() - given.keys()]
    faults += [f"{card['type']}.{name} is not declared" for name in given.keys() - declared.keys()]
    for name in declared.keys() & given.keys():
        if not isinstance(given[name], declared[name]):
            faults.append(f"{card['type']}.{name} is a {type(given[name]).__name__}, not {declared[name]}")
        if isinstance(given[name], list):
            within = [one for one in given[name] if isinstance(one, dict) and "type" in one]
            faults += [fault for one in within for fault in faults_of(one)]
    return faults


def check_card(card: dict[str, Any] | None) -> None:
    """WrongCard names all that is wrong."""
    if card is not None and (faults := faults_of(card)):
        raise WrongCard("; ".join(sorted(faults)))
