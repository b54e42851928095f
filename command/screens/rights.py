"""What the reader may do, for templates."""

from __future__ import annotations

from org.models import Person
from org.selectors.jurisdiction import jurisdiction_of


def may(person: Person, path: str) -> dict[str, bool]:
    """The person's capabilities over a unit's path: ``may.order``, ``may.incident``, …"""
    found = jurisdiction_of(person)
    return {name: found.allows(name, path) for name in ("view", "answer", "verify", "incident", "order", "command")}
