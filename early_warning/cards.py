"""The snapshot of a warning that its events carry: enough for the map, the list and the past (docs/laws.md 4)."""

from __future__ import annotations

from typing import Any

from early_warning.models import Question, Warning, WarningPart
from early_warning.rules import languages
from early_warning.rules.parts import cut
from journal.rules.card_schemas import card_schema

LONGEST_DESCRIPTION = 120


def card_of(warning: Warning) -> dict[str, Any] | None:
    """None for what its sender calls a test, for what lies elsewhere and for an update that is not in force: without a
    card nothing of it reaches a board, now or in a replay.
    """
    if warning.test or warning.in_force_since is None:
        return None
    return {
        "type": "warning",
        "id": warning.pk,
        "ref": warning.ref,
        "status": warning.status,
        "colour": warning.colour,
        "event": warning.event,
        "headline": languages.both(warning.infos),
        "area_desc": cut(warning.area_description, LONGEST_DESCRIPTION),
        "bbox": bbox_of(warning),
        "expires": warning.expires.isoformat() if warning.expires else None,
        "received_at": warning.received_at.isoformat(),
        "units": warning.unit_count,
        "parts": [part_card(part) for part in warning.parts.all()],
    }


def part_card(part: WarningPart) -> dict[str, Any]:
    return {
        "number": part.number,
        "colour": part.colour,
        "state": part.state,
        "area_desc": cut(part.area_description, LONGEST_DESCRIPTION),
        "effective": part.effective.isoformat() if part.effective else None,
        "expires": part.expires.isoformat() if part.expires else None,
        "units": part.unit_count,
    }


def no_card(question: Question) -> None:
    """What it concerns has cards of its own."""
    return


def bbox_of(warning: Warning) -> list[float] | None:
    """[west, south, east, north] in degrees."""
    return [round(edge, 4) for edge in warning.area.extent] if warning.area else None


card_schema(
    "warning", id=int, ref=str, status=str, colour=str, event=str, headline=dict, area_desc=str, bbox=list | None,
    expires=str | None, received_at=str, units=int, parts=list,
)  # fmt: skip
