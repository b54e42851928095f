"""A night by a ladder: who of a village (or any unit) would be called when, if nobody answered. Nothing is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from command.models import Assignment, Order
from command.selectors.ladder_words import length, rung_words
from command.selectors.ladders import Snapshot
from command.timers import Climb, find_people
from database.clock import now
from duty.selectors import fallback, fanout
from duty.selectors.fanout import Line
from journal.timers import Due
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
    for number, line in enumerate(fanout.lines_for([unit], posts)):
        climbs = _climbs(ladder, line, number)
        find_people(climbs)
        found.append(Night(line, [_step(climb) for climb in climbs]))
    return found


def _climbs(ladder: Snapshot, line: Line, number: int) -> list[Climb]:
    row = Assignment(unit=line.unit, post=line.post, person=line.person, order=Order())
    first = ladder.first_step(vacant=line.person is None)
    return [
        Climb(Due(number * 100 + step, "", "assignment:0", step, 0, now(), 0, dt.timedelta(0)), row, ladder)
        for step in range(first, len(ladder.rungs))
    ]


def _step(climb: Climb) -> Step:
    people, lost = climb.people, climb.calls_nobody
    if lost:
        people = fallback.contacts(climb.assignment.unit.path, besides=[climb.assignment.person_id or 0])
    known = {person.pk: person for person in Person.objects.filter(pk__in=[person.pk for person in people])}
    return Step(
        length(climb.rung.after_s), rung_words(climb.rung), [known[p.pk] for p in people if p.pk in known], lost
    )
