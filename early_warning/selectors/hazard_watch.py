"""The open hazards under a warning, and the people at risk in them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from early_warning.models import Warning
from hazards.models import Hazard
from hazards.selectors import tickets as hazards
from journal.rules.world import world_of
from org.models import Person

COLOURS = (Warning.Colour.RED, Warning.Colour.ORANGE)
"""The colours at which open hazards are looked at again. [rule]"""


def inside(warning: Warning) -> QuerySet[Hazard]:
    """The open tickets whose unit is named by a part that is orange or red and in force, or whose point lies in what
    such a part draws; of its county and exercise only. The caller cuts them to somebody's sight before they are shown.
    """
    parts = [p for p in warning.parts.all() if p.colour in COLOURS and p.state == "in_force"]
    named = warning.named_units.filter(part__in=parts).values("unit_id")
    rows = hazards.open_inside([part.area for part in parts if part.area], named, warning.unit.path)
    return rows.filter(world_of(warning).rows())


def at_risk(warning: Warning, reader: Person) -> dict[str, Any]:
    """For the warning's page: how many open tickets inside the reader sees, and those with people at risk."""
    if warning.test or warning.status != Warning.Status.ACTIVE or warning.colour not in COLOURS:
        return {"hazards": 0, "rows": [], "people": 0}
    seen = inside(warning).filter(hazards.sees(reader))
    rows = hazards.people_at_risk(seen)
    return {"hazards": seen.count(), "rows": rows, "people": sum(row["people"] for row in rows)}
