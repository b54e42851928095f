"""Duplicate detection: who may be one person, by the same number and a name that is the same or nearly so
(database/text.py)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from database.text import alike, folded
from org.models import Person, Unit

_LOCK = 7_331_128
"""Key of the advisory lock under which people are added: two imports of one sheet at once must see each other."""


def lock_people() -> None:
    """Take an advisory lock until the transaction ends: people are added by one transaction at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def bearers(numbers: Iterable[str]) -> dict[str, list[Person]]:
    """The active people with each of these numbers, the longest registered first; one query."""
    found: dict[str, list[Person]] = {}
    wanted = {number for number in numbers if number}
    for person in Person.objects.filter(phone__in=wanted, is_active=True, is_device=False).order_by("pk"):
        found.setdefault(person.phone, []).append(person)
    return found


def same(name: str, people: Iterable[Person]) -> Person | None:
    """The first whose name is this one in another spelling."""
    key = folded(name)
    return next((person for person in people if folded(person.name) == key), None)


def like(name: str, people: Iterable[Person]) -> Person | None:
    """The first whose name, in Chinese or English, may be this one mistyped."""
    return next((p for p in people if alike(name, p.name) or (p.name_en and folded(name) == folded(p.name_en))), None)


@dataclass(frozen=True)
class Double:
    """Rows that may be one: ``why`` is ``number`` (people with one number and like names), ``unit`` (units of one name
    under one parent) or ``spelling`` (a username that differs from another in spelling alone).
    """

    why: str
    rows: Sequence[Person | Unit]


def doubles() -> list[Double]:
    """All on the register as it stands, for a person to decide; nothing is merged."""
    people = list(Person.objects.filter(is_active=True, is_device=False).order_by("phone", "pk"))
    found = [Double("number", group) for group in _clusters(people)]
    found += [Double("spelling", group) for group in _groups(people, lambda person: folded(person.username))]
    units = Unit.objects.filter(active=True).defer("boundary").order_by("path")
    return found + [Double("unit", group) for group in _groups(units, lambda unit: (unit.parent_id, folded(unit.name)))]


def _groups(rows: Iterable[Any], key: Callable[[Any], Hashable]) -> list[list[Any]]:
    """Rows with a key in common, two or more."""
    found: dict[Hashable, list[Any]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return [group for group in found.values() if len(group) > 1]


def _clusters(people: Sequence[Person]) -> list[list[Person]]:
    found: list[list[Person]] = []
    for bearing in _groups((person for person in people if person.phone), lambda person: person.phone):
        left = list(bearing)
        while left:
            first = left.pop(0)
            group = [first, *(person for person in left if alike(first.name, person.name))]
            left = [person for person in left if person not in group]
            if len(group) > 1:
                found.append(group)
    return found
