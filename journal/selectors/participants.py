"""Who takes part in an exercise: they alone may look into it, and outside channels reach nobody else of it (law 9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import HttpRequest

from database.registry import Registry
from journal.rules.world import REAL, World
from web.bounds import whole_number

Allowed = Callable[[int, frozenset[int]], set[int]]

PARTICIPANTS: Registry[Allowed] = Registry(
    "participants of exercises",
    "Who of these people takes part in the exercise of this number. `journal.selectors.participants.participants`;"
    " with none registered nobody does.",
)


def participants(name: str, allowed: Allowed) -> None:
    """Register a list of allowed people: ``allowed(exercise, person ids)`` gives those of them that take part."""
    PARTICIPANTS.register(name, allowed)


def taking_part(exercise: int, people: Iterable[int]) -> set[int]:
    """Those of ``people`` (ids) that are on some allow-list of the exercise."""
    asked = frozenset(people)
    found: set[int] = set()
    for allowed in PARTICIPANTS.values():
        found |= allowed(exercise, asked) & asked
    return found


def world_asked(person: Any, query: Mapping[str, Any]) -> World:
    """The exercise that ``exercise=`` names, for one who takes part in it; the real world for everybody else."""
    exercise = whole_number(str(query.get("exercise", "")))
    if exercise is None or person.pk is None:
        return REAL
    return World(exercise) if person.pk in taking_part(exercise, [person.pk]) else REAL


def world_of_request(request: HttpRequest) -> World:
    """`world_asked` of a page's address."""
    return world_asked(request.user, request.GET)
