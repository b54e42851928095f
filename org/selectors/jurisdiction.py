"""One predicate for pages, API, tiles, exports, files and sockets: what may this person see and do (docs/laws.md 8)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db import connection
from django.db.models import Model, Q, QuerySet

from org.models import Person, Unit
from org.rules.capabilities import APPROVALS, REGISTER, SEAT, VIEW
from org.rules.codes import is_within

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Jurisdiction:
    """The capabilities of one person, by the path of the unit in which the post is held.

    ``top`` is the path of the unit above all others, when one of the posts is held there.
    """

    grants: dict[str, frozenset[str]]
    everything: bool = False
    top: str | None = None

    def scopes(self, capability: str = VIEW) -> list[str]:
        """The paths under which ``capability`` holds, without those that another covers."""
        paths = sorted(path for path, capabilities in self.grants.items() if capability in capabilities)
        return [p for p in paths if not any(p != q and is_within(p, q) for q in paths)]

    def keeps(self, capability: str) -> bool:
        """Whether ``capability`` holds anywhere at all."""
        return self.everything or any(capability in capabilities for capabilities in self.grants.values())

    def spans(self, capability: str = VIEW) -> bool:
        """Whether ``capability`` holds in every unit that there is, so that nothing has to be compared."""
        return self.everything or capability in self.grants.get(self.top or "", frozenset())

    def allows(self, capability: str, path: str) -> bool:
        if self.everything:
            return True
        return any(capability in caps and is_within(path, scope) for scope, caps in self.grants.items())


def jurisdiction_of(person: Person) -> Jurisdiction:
    """What the person's posts allow at this moment; one query, remembered on the instance for one request."""
    known: Jurisdiction | None = vars(person).get("_jurisdiction")
    if known is not None:
        return known
    return remember(person, _held(person) if person.is_active else [])


def _held(person: Person) -> list[tuple[str, list[str], bool, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"person": person.pk})
        return [(path, json.loads(capabilities), *flags) for path, capabilities, *flags in cursor.fetchall()]


def remember(person: Person, held: Iterable[tuple[str, list[str], bool, bool]]) -> Jurisdiction:
    """``held`` as `HELD_BY` gives it, for whoever has read it together with the person."""
    grants: dict[str, frozenset[str]] = {}
    top = None
    for path, capabilities, stands_aside, above_all in held:
        granted = frozenset(capabilities) - (APPROVALS if stands_aside else frozenset())
        grants[path] = grants.get(path, frozenset()) | granted
        top = path if above_all else top
    found = Jurisdiction(grants, everything=bool(person.is_active and person.is_superuser), top=top)
    vars(person)["_jurisdiction"] = found
    return found


# In SQL, because sockets ask it of all their people in one statement (journal/live/rights.py). What is in force is said
# as `org.selectors.register.held_now` says it.
_IN_FORCE = """
    {a}.valid_from <= sanji_now() AND ({a}.valid_to IS NULL OR {a}.valid_to > sanji_now())
    AND EXISTS (SELECT 1 FROM org_person n WHERE n.id = {a}.person_id AND n.is_active)
"""
HELD_BY = f"""
    SELECT u.path, p.capabilities, a.role = 'B' AND EXISTS (
        SELECT 1 FROM org_appointment b
        WHERE b.unit_id = a.unit_id AND b.post_id = a.post_id AND b.role = 'A' AND {_IN_FORCE.format(a="b")}
    ), u.parent_id IS NULL AND NOT EXISTS (SELECT 1 FROM org_unit o WHERE o.parent_id IS NULL AND o.id <> u.id)
    FROM org_appointment a JOIN org_unit u ON u.id = a.unit_id AND u.active JOIN org_post p ON p.id = a.post_id
    WHERE a.person_id = {{person}} AND {_IN_FORCE.format(a="a")}
    UNION ALL
    SELECT u.path, '{json.dumps(SEAT)}'::jsonb, false, u.parent_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM org_unit o WHERE o.parent_id IS NULL AND o.id <> u.id
    )
    FROM org_headquarters q JOIN org_unit u ON u.id = q.unit_id AND u.active
    WHERE q.active AND EXISTS (
        SELECT 1 FROM org_headquartersmember m WHERE m.headquarters_id = q.id AND m.role <> 'member' AND (
            m.person_id = {{person}} OR (m.person_id IS NULL AND EXISTS (
                SELECT 1 FROM org_appointment a WHERE a.person_id = {{person}} AND a.unit_id = m.unit_id
                AND a.post_id = m.post_id AND {_IN_FORCE.format(a="a")}
            ))
        )
    )
"""
"""Path, capabilities, whether the appointment is a B role beside an A role that somebody holds, and whether the unit is
the one above all others; ``{person}`` is where the person's id goes. Beside the posts the seats in headquarters.

A stand-in does the daily work of a post at any time, but approves a response level only while the A role is empty.
"""
_HELD = HELD_BY.format(person="%(person)s")


def allowed(person: Person, capability: str, path: str) -> bool:
    return jurisdiction_of(person).allows(capability, path)


def within(scopes: Iterable[str], field: str = "unit__path") -> Q:
    """The rows whose ``field`` (a unit path) is one of ``scopes`` or lies under it; none when there is no scope.

    Paths collate as "C", so that each prefix is one range of the index.
    """
    q = Q(pk__in=[])
    for scope in scopes:
        q |= under(scope, field)
    return q


def under(path: str, field: str = "unit__path") -> Q:
    """The rows of the unit at ``path`` and of all under it."""
    return Q(**{field: path}) | below(path, field)


def below(path: str, field: str = "unit__path") -> Q:
    """Without the unit itself."""
    return Q(**{f"{field}__startswith": path + "."})


EVERYTHING = ~Q(pk__in=())
"""A Q that is always true, also joined by "or", where an empty Q would vanish and leave the others alone."""


def visible_to(person: Person, field: str = "unit__path", capability: str = VIEW) -> Q:
    """The visibility predicate, as a Q. ``field`` names the column that holds the unit path of the rows asked for."""
    jurisdiction = jurisdiction_of(person)
    return EVERYTHING if jurisdiction.everything else within(jurisdiction.scopes(capability), field)


def visible(queryset: QuerySet[M], person: Person, field: str = "unit__path") -> QuerySet[M]:
    return queryset.filter(visible_to(person, field))


def registered_by(by: object) -> QuerySet[Unit]:
    """The units in use whose register the actor keeps: a person's by the REGISTER capability, all for the system
    itself.
    """
    units = Unit.objects.filter(active=True)
    return units.filter(visible_to(by, "path", REGISTER)) if isinstance(by, Person) else units
