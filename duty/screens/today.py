"""Who is on now, as the page shows it: the units that are asked for, the alarms, what the reader may do."""

from __future__ import annotations

from typing import Any

from duty.selectors import rosters
from duty.selectors.today import on_board
from org.models import Person, Unit
from org.rules import capabilities
from org.screens.place import may_somewhere
from org.selectors.jurisdiction import visible_to

MOST_ALARMS = 50


def board_of(person: Person, text: str, show: str) -> dict[str, Any]:
    """``text``: part of a unit's or a person's name, in small letters. ``show``: "gaps", "late", or else all."""
    board = on_board(person)
    narrowed = {"gaps": board.gaps, "late": board.late}
    rows = [row for row in narrowed.get(show, board.stations) if not text or row.matches(text)]
    kept = Unit.objects.filter(visible_to(person, "path", capabilities.ROSTER), level=Unit.Level.COUNTY, active=True)
    return {
        "board": board,
        "rows": rows,
        "q": text,
        "show": show if show in narrowed else "",
        "alarms": rosters.open_gap_alarms(person)[:MOST_ALARMS],
        "may": may_somewhere(person, capabilities.ROSTER),
        "county": kept.defer("boundary").first(),
    }
