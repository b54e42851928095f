"""Names and people as snapshots for the journal: in both languages, so that one journal serves every reader."""

from __future__ import annotations

from typing import Any

from org.models import Person


def names(named: Any) -> dict[str, str]:
    """The name of whatever has ``name`` and ``name_en``: a unit, a post, a person, a plan."""
    return {"zh": named.name, "en": named.name_en}


def person_card(person: Person | None) -> dict[str, Any] | None:
    if person is None:
        return None
    return {"id": person.pk, "name": names(person), "phone": person.phone}
