"""What an address of the hazards speaks of."""

from __future__ import annotations

from hazards.models import Hazard
from hazards.selectors import tickets
from org.models import Person
from web.errors import NotFound


def hazard_of(person: Person, pk: int) -> Hazard:
    """NotFound for one out of sight, as for one that is not there."""
    found = tickets.with_parts(tickets.hazards_visible_to(person)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
