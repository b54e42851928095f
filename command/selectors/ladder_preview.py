"""Simulation of a ladder: who of a unit would be called when, if nobody answered. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass

from command.models import Assignment, Order
from command.selectors.ladder_words import length, rung_words
from command.selectors.ladders import Snapshot
from command.selectors.rung_people import Asked, people_called
from duty.selectors import fallback, fanout
from duty.selectors.fanout import Line
from org.models import Person, Post, Unit


@dataclass(frozen=True)
class Step:
    """``nobody``: the ladder finds nobody at its top, and the county's contact is called instead."""

    after: str
    what: str
    people: list[Person]
    nobody: bool = False


@dataclass(frozen=True)
class Night:
    line: Line
    steps: list[Step]


def night(ladder: Snapshot, unit: Unit) -> list[Night]:
    """For each post that the ladder calls at the unit's level: everybody who would be called, in order."""
    posts = list(Post.objects.filter(code__in=ladder.called.get(unit.level, ())))
    found = []
    for line in fanout.lines_for([unit], posts):
        asked = _asked(ladder, line)
        called = zip(asked, people_called(asked), strict=True)
        found.append(Night(line, [_step(one, people) for one, people in called]))
    return found


def _asked(ladder: Snapshot, line: Line) -> list[Asked]:
    row = Assignment(unit=line.unit, post=line.post, person=line.person, order=Order())
    first = ladder.first_step(vacant=line.person is None)
    return [Asked(row, ladder, step) for step in range(first, len(ladder.rungs))]


def _step(asked: Asked, people: list[Person]) -> Step:
    lost = not people and asked.step + 1 >= len(asked.ladder.rungs)
    if lost:
        people = fallback.contacts(asked.assignment.unit.path, besides=[asked.assignment.person_id or 0])
    known = {person.pk: person for person in Person.objects.filter(pk__in=[person.pk for person in people])}
    people = [known[p.pk] for p in people if p.pk in known]
    return Step(length(asked.rung.after_s), rung_words(asked.rung), people, lost)
