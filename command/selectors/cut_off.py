"""Villages presumed cut off, and what the deliveries to their responsible people say of their network."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from command.models import CutOff
from command.rules.cut_off import NO_NETWORK, Failure
from org.models import Person, Unit
from org.selectors.jurisdiction import visible_to

_PEOPLE = """
    SELECT DISTINCT a.unit_id, a.person_id FROM org_appointment a
    JOIN org_unit u ON u.id = a.unit_id AND u.level = 'village'
    JOIN org_person p ON p.id = a.person_id AND p.is_active
    WHERE a.valid_from <= sanji_now() AND (a.valid_to IS NULL OR a.valid_to > sanji_now())
"""
"""SQL: who is responsible in which village now, whatever their post."""

_OF_PERSON = f"SELECT unit_id FROM ({_PEOPLE}) r WHERE person_id = %s"

_TRIED = f"""
    SELECT r.unit_id, m.person_id, d.channel, d.outcome, d.handed_over_at,
        GREATEST(d.delivered_at, d.heard_at, d.answered_at) AS alive_at
    FROM ({_PEOPLE} AND a.unit_id = ANY(%(units)s)) r
    JOIN notify_message m ON m.person_id = r.person_id AND m.created_at > %(since)s - interval '1 day'
    JOIN notify_delivery d ON d.message_id = m.id
    WHERE d.handed_over_at > %(since)s OR d.delivered_at > %(since)s OR d.answered_at > %(since)s
"""
_ANSWERED = f"""
    SELECT s.unit_id, max(s.answered_at) FROM command_assignment s
    JOIN ({_PEOPLE} AND a.unit_id = ANY(%(units)s)) r ON r.unit_id = s.unit_id AND r.person_id = s.answered_by_id
    WHERE s.answered_at > %(since)s GROUP BY s.unit_id
"""
_LIFTED = """
    SELECT unit_id, max(lifted_at) FROM command_cutoff
    WHERE unit_id = ANY(%(units)s) AND lifted_at > %(since)s GROUP BY unit_id
"""


@dataclass
class Tried:
    """What is known of a village's telephones since a moment: failures for want of a network, the newest sign of
    life.
    """

    failures: list[Failure] = field(default_factory=list)
    sign: dt.datetime | None = None

    def alive(self, at: dt.datetime | None) -> None:
        if at is not None and (self.sign is None or at > self.sign):
            self.sign = at


def villages_of(person_id: int) -> list[int]:
    """Ids of the villages in which somebody is responsible for anything; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_PERSON, [person_id])
        return [row[0] for row in cursor.fetchall()]


def tried(units: Collection[int], since: dt.datetime) -> dict[int, Tried]:
    """Village id → what its people's deliveries, answers and lifted marks say since ``since``; three queries."""
    found: dict[int, Tried] = defaultdict(Tried)
    values: dict[str, Any] = {"units": list(units), "since": since}
    with connection.cursor() as cursor:
        cursor.execute(_TRIED, values)
        for unit, person, channel, outcome, at, alive_at in cursor.fetchall():
            found[unit].alive(alive_at)
            if outcome in NO_NETWORK and at is not None and at > since:
                found[unit].failures.append(Failure(person, at, channel, outcome))
        for sql in (_ANSWERED, _LIFTED):
            cursor.execute(sql, values)
            for unit, at in cursor.fetchall():
                found[unit].alive(at)
    return found


def cut_off_among(units: Collection[int]) -> set[int]:
    """Those of the units that are presumed cut off now; one query."""
    return set(CutOff.objects.filter(unit__in=units, lifted_at=None).values_list("unit", flat=True))


def cut_off_now(person: Person) -> QuerySet[CutOff]:
    """The marks that stand in the person's jurisdiction, the newest first."""
    rows = CutOff.objects.filter(visible_to(person), lifted_at=None)
    return rows.select_related("unit__parent").defer("unit__boundary", "unit__parent__boundary").order_by("-since")


def whose_are(units: QuerySet[Unit], wanted: bool) -> QuerySet[Unit]:
    """The units that are presumed cut off, or those that are not."""
    marked = CutOff.objects.filter(lifted_at=None).values("unit")
    return units.filter(pk__in=marked) if wanted else units.exclude(pk__in=marked)


def names_of(people: Collection[int]) -> dict[int, dict[str, Any]]:
    rows = Person.objects.filter(pk__in=people)
    return {row.pk: {"zh": row.name, "en": row.name_en} for row in rows}
