"""The statistics' roll-up, kept by the actions that change a ticket: one row a change, folded together each night.

Rows are only added, so that nobody who files or closes waits for another's lock on a common sum.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.db import connection, transaction

from database import rows
from hazards.models import Hazard, Tally
from hazards.rules.words import Closure
from norms.rules.deadlines import day_of
from org.actions.purge import also

FIGURES = ("found", "rectified", "otherwise", "in_time", "reopened")
NO_FIND = (Hazard.Status.HELD, Hazard.Status.TURNED_AWAY, Hazard.Status.MERGED)
COLUMNS = ("unit_id", "kind", "month", *FIGURES)

Counted = Counter[tuple[dt.date, str]]
"""How often something of a ticket counts in the figure of a month."""


def counted_as(hazard: Hazard) -> Counted:
    """All of its figures but how often it was reopened."""
    found: Counted = Counter()
    if hazard.status not in NO_FIND:
        found[_month(hazard.found_at), "found"] += 1
    if hazard.closed_at is not None:
        found[_month(hazard.closed_at), "rectified" if hazard.closure == Closure.RECTIFIED else "otherwise"] += 1
        found[_month(hazard.closed_at), "in_time"] += bool(hazard.in_time)
    return found


def note(hazard: Hazard, before: Counted, reopened: dt.datetime | None = None) -> None:
    """Inside the action that changed the ticket: what counts otherwise than ``before``, and when it was reopened. What
    belongs to an exercise counts nowhere.
    """
    if hazard.exercise is not None:
        return
    change = counted_as(hazard)
    change.subtract(before)
    if reopened is not None:
        change[_month(reopened), "reopened"] += 1
    months = sorted({month for (month, _figure), n in change.items() if n})
    rows.insert(
        Tally,
        COLUMNS,
        [(hazard.unit_id, hazard.kind, month, *(change[month, figure] for figure in FIGURES)) for month in months],
    )


def _month(moment: dt.datetime) -> dt.date:
    return day_of(moment).replace(day=1)


@also("hazard tallies")
@transaction.atomic
def fold() -> int:
    """Compact the roll-up: sum the rows of a unit, kind and month into one; returns how many rows went. Rows that come
    in meanwhile stay.
    """
    sums = ", ".join(f"sum({figure})" for figure in FIGURES)
    names = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH gone AS (DELETE FROM hazards_tally RETURNING *), kept AS (INSERT INTO hazards_tally ({names})"
            f" SELECT unit_id, kind, month, {sums} FROM gone GROUP BY unit_id, kind, month RETURNING 1)"
            " SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM kept)"
        )
        return int(cursor.fetchone()[0])
