"""What a request for approval says of a warning: who issued it and when, where it counts, how many are threatened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Sum

from early_warning.models import Warning, WarningPart
from early_warning.rules import languages
from hazards.selectors import tickets as hazards
from journal.rules.world import world_of
from org.cards import names
from org.models import Unit
from plans.rules.events import EVENTS


def told(warning: Warning, colour: str, parts: Sequence[WarningPart], *, whole: bool) -> dict[str, Any]:
    """For `command.selectors.grounds`; plain data. ``people``: those at risk in the open hazards of these parts."""
    units = Unit.objects.filter(pk__in=warning.named_units.filter(part__in=parts).values("unit"))
    rows = units.select_related("parent").defer("boundary", "seat", "parent__boundary", "parent__seat").order_by("path")
    towns: dict[int, Unit] = {}
    villages = 0
    for unit in rows:
        village = unit.level == Unit.Level.VILLAGE
        villages += village
        town = unit.parent if village and unit.parent else unit
        towns.setdefault(town.pk, town)
    kinds = [part.event_kind for part in parts if part.event_kind in EVENTS]
    event = EVENTS[kinds[0]].both if kinds else {"zh": parts[0].event, "en": parts[0].event}
    raw = warning.raw
    return {
        "issuer": _issuer(warning),
        "issued_at": raw.sent.isoformat(),
        "event": event,
        "colour": colour,
        "whole": whole,
        "townships": [names(town) for town in towns.values()],
        "villages": villages,
        "people": _threatened(warning, parts),
    }


def _issuer(warning: Warning) -> dict[str, str]:
    said = {}
    for key in ("zh", "en"):
        blocks = languages.blocks_for(warning.infos, key)
        said[key] = next((block["sender_name"] for block in blocks if block["sender_name"]), "")
    other = warning.raw.feed.name
    return {key: name or next(filter(None, said.values()), other) for key, name in said.items()}


def _threatened(warning: Warning, parts: Sequence[WarningPart]) -> int:
    named = warning.named_units.filter(part__in=parts).values("unit_id")
    shapes = [
        area for area in WarningPart.objects.filter(pk__in=[p.pk for p in parts]).values_list("area", flat=True) if area
    ]
    rows = hazards.open_inside(shapes, named, warning.unit.path).filter(world_of(warning).rows())
    return rows.aggregate(people=Sum("people_at_risk"))["people"] or 0
