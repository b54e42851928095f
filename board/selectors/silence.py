"""The silent list: who owes an answer past its time, the longest wait first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from board.selectors.assignments import overdue, silent
from command.models import Assignment
from command.selectors.visible import with_card_parts
from journal.rules.world import REAL, World
from org.models import Person, Unit
from org.rules.capabilities import ANSWER
from org.selectors.jurisdiction import jurisdiction_of, within

SHOWN = 60


@dataclass(frozen=True)
class Silence:
    """The first of them, and how many there are in all."""

    rows: list[Assignment]
    total: int
    more: int


def silent_list(
    person: Person,
    incident: int | None = None,
    unit: Unit | None = None,
    world: World = REAL,
    *,
    overdue_only: bool = False,
    shown: int = SHOWN,
) -> Silence:
    """Two queries (one when all of them fit). Each row has ``may_log``: whether the person may log an answer for it."""
    rows = (overdue if overdue_only else silent)(person, incident, world)
    if unit is not None:
        rows = rows.filter(within([unit.path], "unit__path"))
    first = list(_with_parts(rows).order_by("ack_due_at", "unit__path", "id")[: shown + 1])
    total = len(first) if len(first) <= shown else rows.count()
    jurisdiction = jurisdiction_of(person)
    for row in first:
        row.may_log = jurisdiction.allows(ANSWER, row.unit.path)
    return Silence(first[:shown], total, max(0, total - shown))


def _with_parts(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    return (
        with_card_parts(rows)
        .select_related("unit__parent")
        .defer("unit__boundary", "unit__parent__boundary", "order__ladder")
    )
