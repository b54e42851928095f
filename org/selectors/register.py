"""Queries on the register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Q, QuerySet

from database.clock import DatabaseNow
from org.models import Appointment, Person, Responsibility, Unit, in_language
from org.rules.codes import normalise
from org.selectors.jurisdiction import under
from web.errors import NotFound


def held_now(appointments: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Only those in force at the database's present moment (half-open), of active people in active units."""
    now = DatabaseNow()
    return appointments.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=now), valid_from__lte=now, person__is_active=True, unit__active=True
    )


def subtree(path: str) -> QuerySet[Unit]:
    """The unit at ``path`` and everything under it, departments included, without the parts of villages."""
    return listed(Unit.objects.filter(under(path, "path"), active=True))


def listed(units: QuerySet[Unit]) -> QuerySet[Unit]:
    """Without natural villages and grids, which are parts of their village and no rows beside it."""
    return units.exclude(level__in=Unit.PARTS)


@dataclass(frozen=True)
class Holding:
    """A post of a unit and who answers for it now: the A person, else the B person, else nobody (a vacancy)."""

    unit_id: int
    unit_code: str
    unit_path: str
    unit_name: str
    unit_name_en: str
    post_id: int
    post_code: str
    post_name: str
    post_name_en: str
    role: str
    person_id: int | None
    person_name: str
    person_name_en: str
    phone: str

    @property
    def vacant(self) -> bool:
        return self.person_id is None

    @property
    def unit(self) -> str:
        return in_language(self.unit_name, self.unit_name_en)

    @property
    def post(self) -> str:
        return in_language(self.post_name, self.post_name_en)

    @property
    def person(self) -> str:
        return in_language(self.person_name, self.person_name_en)


_HOLDERS = """
    SELECT u.id, u.code, u.path, u.name, u.name_en, p.id, p.code, p.name, p.name_en, COALESCE(h.role, ''),
           h.person_id, COALESCE(h.name, ''), COALESCE(h.name_en, ''), COALESCE(h.phone, '')
    FROM org_unit u JOIN org_post p ON p.level = u.level
    LEFT JOIN LATERAL (
        SELECT a.role, n.id AS person_id, n.name, n.name_en, n.phone
        FROM org_appointment a JOIN org_person n ON n.id = a.person_id AND n.is_active
        WHERE a.unit_id = u.id AND a.post_id = p.id
          AND a.valid_from <= sanji_now() AND (a.valid_to IS NULL OR a.valid_to > sanji_now())
        ORDER BY a.role, a.valid_from, a.id LIMIT 1
    ) h ON true
    WHERE u.active AND u.id IN ({units}) AND (NOT p.optional OR h.person_id IS NOT NULL) {posts} {only}
    ORDER BY u.path, p.rank, p.code
"""


def holders(units: QuerySet[Unit], posts: Iterable[str] | None = None, *, vacant_only: bool = False) -> list[Holding]:
    """Every pair of a unit and a post of its level (of ``posts``, by code, when given), in one query. An optional post
    counts only where somebody holds it.
    """
    try:
        inner, parameters = units.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    sql = _HOLDERS.format(
        units=inner,
        posts="" if posts is None else "AND p.code = ANY(%s)",
        only="AND h.person_id IS NULL" if vacant_only else "",
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, *([] if posts is None else [list(posts)])])
        return [Holding(*row) for row in cursor.fetchall()]


def vacancies(scope: str) -> list[Holding]:
    """The posts under the path ``scope`` that nobody holds, neither as A nor as B; those of natural villages too."""
    return holders(Unit.objects.filter(under(scope, "path"), active=True), vacant_only=True)


def stale_phones(scope: str, days: int = 180) -> QuerySet[Person]:
    """People with a post under ``scope`` who have no number, or one that nobody confirmed for ``days`` days."""
    held = held_now(Appointment.objects.filter(under(scope)))
    old = DatabaseNow() - dt.timedelta(days=days)
    return Person.objects.filter(
        Q(phone="") | Q(phone_confirmed_at__isnull=True) | Q(phone_confirmed_at__lt=old),
        pk__in=held.values("person"),
    )


def shared_phones(scope: str) -> list[tuple[str, int]]:
    """Numbers that several people with posts under ``scope`` have between them, with how many, the most first."""
    held = held_now(Appointment.objects.filter(under(scope)))
    people = Person.objects.filter(pk__in=held.values("person")).exclude(phone="")
    counted = people.order_by().values("phone").annotate(n=Count("pk")).filter(n__gt=1)
    return [(row["phone"], row["n"]) for row in counted.order_by("-n", "phone")]


def responsible_for(path: str, hazard_kind: str | None = None) -> QuerySet[Responsibility]:
    """The register's entries of the unit at ``path`` and under it, with the people loaded."""
    rows = Responsibility.objects.filter(under(path))
    if hazard_kind is not None:
        rows = rows.filter(hazard_kind=hazard_kind)
    return rows.select_related("unit", "lead", "deputy", "superior")


def unit_by_code(code: str) -> Unit:
    """The unit by its code in any form of any form (org/rules/codes.py); NotFound for anything else."""
    try:
        return Unit.objects.get(code=normalise(code))
    except (ValueError, Unit.DoesNotExist):
        raise NotFound() from None
