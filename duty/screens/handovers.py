"""A handover, and what it carries."""

from __future__ import annotations

from typing import Any

from duty.files.paper import OPEN
from duty.models import Handover
from duty.selectors import rosters
from duty.selectors.gather import gathered
from org.models import Person
from web.errors import NotFound


def handover_of(person: Person, pk: int) -> Handover:
    found = rosters.with_handover_parts(rosters.handovers_visible_to(person)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def carried(row: Handover) -> list[dict[str, Any]]:
    """What it carries now, or carried when it was accepted."""
    return gathered(row.unit) if row.status in OPEN else row.items
