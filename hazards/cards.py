"""Snapshots for map and lists (docs/laws.md 4). Names in both languages, so that one journal serves every reader."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hazards.models import Hazard
from journal.rules.card_schemas import card_schema
from org.cards import names


def hazard_card(hazard: Hazard) -> dict[str, Any]:
    """Needs hazard.unit and hazard.owner. Nothing of who filed it: the public's contact is for the ticket's page."""
    return {
        "type": "hazard",
        "id": hazard.pk,
        "ref": hazard.ref,
        "kind": hazard.kind,
        "description": hazard.description[:80],
        "place": hazard.place,
        "grade": hazard.grade,
        "status": hazard.status,
        "unit": hazard.unit.code,
        "unit_name": names(hazard.unit),
        "owner": hazard.owner.code,
        "owner_name": names(hazard.owner),
        "point": [hazard.lon, hazard.lat],
        "people_at_risk": hazard.people_at_risk,
        "found_at": hazard.found_at,
        "next_due_at": hazard.next_due_at,
        "overdue_step": hazard.overdue_step,
        "listed": hazard.listed,
        "closure": hazard.closure,
        "reopened": hazard.reopened,
        "merged_into": hazard.merged_into_id,
    }


card_schema(
    "hazard", id=int, ref=str, kind=str, description=str, place=str, grade=str, status=str, unit=str, unit_name=dict,
    owner=str, owner_name=dict, point=list, people_at_risk=int, found_at=dt.datetime, next_due_at=dt.datetime | None,
    overdue_step=int, listed=bool, closure=str, reopened=int, merged_into=int | None,
)  # fmt: skip
