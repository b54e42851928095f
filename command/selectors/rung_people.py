"""Whom a rung of a ladder calls, for a whole batch of assignments with one query (docs/domain.md 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from command.models import Assignment
from command.selectors.ladders import Rung, Snapshot
from org.models import Person, Unit
from org.rules.codes import county_of

_HELD = """
    WITH wanted AS MATERIALIZED (
        SELECT w.path, w.code, u.id AS unit_id FROM unnest(%s::text[], %s::text[]) AS w(path, code)
        JOIN org_unit u ON u.path = w.path AND u.active
    ), on_duty AS MATERIALIZED (
        SELECT d.* FROM duty_called(
            ARRAY(SELECT DISTINCT unit_id FROM wanted), ARRAY(SELECT DISTINCT code FROM wanted)
        ) d
    ), holders AS (
        SELECT w.path, w.code, d.person_id, d.turn::text AS role, 0 AS id
        FROM wanted w JOIN on_duty d ON d.unit_id = w.unit_id AND d.register_post = w.code
        UNION ALL
        SELECT w.path, w.code, a.person_id, a.role, a.id FROM wanted w
        JOIN org_post o ON o.code = w.code JOIN org_appointment a ON a.unit_id = w.unit_id AND a.post_id = o.id
        WHERE a.valid_from <= sanji_now() AND (a.valid_to IS NULL OR a.valid_to > sanji_now())
          AND NOT EXISTS (SELECT 1 FROM on_duty d WHERE d.unit_id = w.unit_id AND d.register_post = w.code)
    )
    SELECT h.path, h.code, p.id, p.name, p.name_en
    FROM holders h JOIN org_person p ON p.id = h.person_id AND p.is_active
    ORDER BY h.role, h.id
"""
"""SQL: holders of posts in calling order. Of a duty post the people on duty (the one in the post, the others of the
shift, its leader last); of any other post, and where no roster says who is on, its holders, the A role first.
"""


class Asked(NamedTuple):
    """A silent assignment, its ladder, and the step that is due: whom does it call?"""

    assignment: Assignment
    ladder: Snapshot
    step: int

    @property
    def rung(self) -> Rung:
        return self.ladder.rung(self.step)


Held = dict[tuple[str, str], list[Person]]


def people_called(asked: Sequence[Asked]) -> list[list[Person]]:
    """Whom each of these steps calls, in their order; one query for all."""
    wanted = [_places(one) for one in asked]
    held = _holders(sorted({(path, post) for places in wanted for path, posts in places for post in posts}))
    return [_choose(one, places, held) for one, places in zip(asked, wanted, strict=True)]


def holders_of(path: str, posts: Sequence[str]) -> list[Person]:
    """Of each of these posts of a unit whoever comes first, on duty or in the post; one query."""
    held = _holders([(path, post) for post in posts])
    people = {people[0].pk: people[0] for post in posts if (people := held.get((path, post)))}
    return list(people.values())


def _holders(pairs: Sequence[tuple[str, str]]) -> Held:
    """(unit path, post code) → people, in turn."""
    held: Held = defaultdict(list)
    known: dict[int, Person] = {}
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [[path for path, _ in pairs], [post for _, post in pairs]])
        for path, post, pk, name, name_en in cursor.fetchall():
            if pk not in known:
                known[pk] = Person(pk=pk, name=name, name_en=name_en)
            held[path, post].append(known[pk])
    return held


def _places(asked: Asked) -> list[tuple[str, list[str]]]:
    """(unit path, post codes) that the rung calls, the first that has somebody counting."""
    row, ladder, do = asked.assignment, asked.ladder, asked.rung.do
    path, post, level = row.unit.path, row.post.code, row.unit.level
    if do == "remind":
        return []
    if do == "deputy":
        stand_in = ladder.deputies.get(post)
        return [(path, [post]), *([(path, [stand_in])] if stand_in else [])]
    county = county_of(path)
    if do == "county":
        return [(county, ladder.above[Unit.Level.TOWNSHIP])]
    parent = path.rpartition(".")[0] if level != Unit.Level.COUNTY else path
    return [(parent, [code]) for code in ladder.above.get(post) or ladder.above[level]]


def _choose(asked: Asked, places: list[tuple[str, list[str]]], held: Held) -> list[Person]:
    row = asked.assignment
    if asked.rung.do == "remind":
        return [row.person] if row.person else []
    for path, posts in places:
        # Of each post whoever comes first, the A role before the B role, and never the one who is silent.
        holders = ([person for person in held.get((path, post), []) if person.pk != row.person_id] for post in posts)
        people = {people[0].pk: people[0] for people in holders if people}
        if people:
            return list(people.values())
    return []
