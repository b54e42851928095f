"""Units × posts → named people, in one query: whoever is on duty, else the A role, else the B role, else a vacancy.

Who is on duty is duty's to say (``duty_called``, which follows the one definition of who is on). A vacancy is reported,
but not of an optional post: a village without a school has no headteacher to miss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from org.models import Person, Post, Unit

_SQL = """
    WITH pairs AS (
        SELECT u.id AS unit_id, u.path, p.id AS post_id, p.code, p.rank, p.optional
        FROM org_unit u JOIN org_post p ON p.level = u.level
        WHERE u.active AND u.id = ANY(%(units)s) AND p.code = ANY(%(posts)s)
    ), on_duty AS MATERIALIZED (
        SELECT p.unit_id, p.post_id, d.person_id FROM duty_called(%(units)s, %(posts)s) d
        JOIN pairs p ON p.unit_id = d.unit_id AND p.code = d.register_post WHERE d.turn = 1
    ), held AS (
        SELECT unit_id, post_id, person_id, 'D' AS role, 1 AS turn FROM on_duty
        UNION ALL
        SELECT a.unit_id, a.post_id, a.person_id, a.role,
               rank() OVER (PARTITION BY a.unit_id, a.post_id ORDER BY a.role) AS turn
        FROM org_appointment a JOIN org_person n ON n.id = a.person_id AND n.is_active
        WHERE a.unit_id = ANY(%(units)s)
          AND a.valid_from <= sanji_now() AND (a.valid_to IS NULL OR a.valid_to > sanji_now())
          AND NOT EXISTS (SELECT 1 FROM on_duty d WHERE d.unit_id = a.unit_id AND d.post_id = a.post_id)
    )
    SELECT pairs.unit_id, pairs.post_id, held.person_id, COALESCE(held.role, '')
    FROM pairs LEFT JOIN held ON held.unit_id = pairs.unit_id AND held.post_id = pairs.post_id AND held.turn = 1
    WHERE NOT pairs.optional OR held.person_id IS NOT NULL
    ORDER BY pairs.path, pairs.rank, held.person_id
"""


@dataclass(frozen=True)
class Line:
    """One assignment to be: who is asked, in which unit, as what. ``person`` is None for a vacancy."""

    unit: Unit
    post: Post
    person: Person | None
    role: str


def lines_for(units: Sequence[Unit], posts: Sequence[Post]) -> list[Line]:
    """Every pair of a unit and a post of its level (an optional one only where it is held), by path and rank; each
    A-role holder gets a line of their own.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"units": [unit.pk for unit in units], "posts": [post.code for post in posts]})
        rows = cursor.fetchall()
    people = Person.objects.in_bulk({row[2] for row in rows if row[2]})
    unit_by_id = {unit.pk: unit for unit in units}
    post_by_id = {post.pk: post for post in posts}
    return [Line(unit_by_id[unit], post_by_id[post], people.get(person), role) for unit, post, person, role in rows]
