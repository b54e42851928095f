"""The ladder: what silence does, rung by rung, for a whole batch of assignments at a time (DOMAIN section 5)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from command import selectors
from command.actions.issue_order import CLIMB, notice
from command.ladders import Rung, Snapshot
from command.models import Assignment, Call, Order
from command.states import ASSIGNMENT
from journal.actions import SYSTEM, Fact, record_all
from journal.states import fact_of
from journal.timers import Due, Setting, handler, set_timers
from notify import actions as notify
from org.clock import now
from org.models import Appointment, Person, Unit
from org.selectors import held_now

CODES = {
    "remind": "order.reminded",
    "deputy": "order.deputy_called",
    "above": "order.silent_below",
    "runner": "order.send_runner",
    "county": "order.county_calls",
}


@dataclass
class Climb:
    """One assignment on its way up: the timer that was due, the rung it stands for, and whom that rung calls."""

    due: Due
    assignment: Assignment
    ladder: Snapshot
    people: list[Person] = field(default_factory=list)

    @property
    def rung(self) -> Rung:
        return self.ladder.rung(self.due.step)

    @property
    def next_due(self) -> dt.datetime | None:
        """Previous due + step; a rung that found nobody to call falls through to the next one at once."""
        wait = self.ladder.wait_s(self.due.step + 1)
        if wait is None:
            return None
        fell_through = not self.people and self.due.step + 1 < len(self.ladder.rungs)
        return self.due.due_at if fell_through else self.due.due_at + dt.timedelta(seconds=wait)


@handler(CLIMB)
def climb(timers: Sequence[Due]) -> None:
    """Climb one rung for each assignment that is still silent; those that answered meanwhile are left alone."""
    climbs = _still_silent(timers)
    if not climbs:
        return
    _find_people(climbs)
    _write(climbs)


def _still_silent(timers: Sequence[Due]) -> list[Climb]:
    rows = (
        selectors.with_card_parts(Assignment.objects)
        .filter(pk__in=[timer.subject_id for timer in timers])
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    by_id = {row.pk: row for row in rows}
    climbs = []
    for timer in sorted(timers, key=lambda timer: (timer.due_at, timer.id)):
        row = by_id.get(timer.subject_id)
        if row is None or row.generation != timer.generation or row.status != Assignment.Status.CALLED:
            continue
        if row.order.status == Order.Status.IN_FORCE:
            climbs.append(Climb(timer, row, Snapshot(row.order.ladder)))
    return climbs


def _find_people(climbs: list[Climb]) -> None:
    """Whom each rung calls, with one query for all: (unit path, post code) → people of each role."""
    wanted = {climb.due.id: _places(climb) for climb in climbs}
    asked = Q(pk__in=[])
    for path, posts in {(path, tuple(posts)) for places in wanted.values() for path, posts in places}:
        asked |= Q(unit__path=path, post__code__in=posts)
    held: dict[tuple[str, str], list[Person]] = defaultdict(list)
    rows = held_now(Appointment.objects.filter(asked)).select_related("person", "unit", "post").defer("unit__boundary")
    for row in rows.order_by("role", "id"):
        held[row.unit.path, row.post.code].append(row.person)
    for climb in climbs:
        climb.people = _choose(climb, wanted[climb.due.id], held)


def _places(climb: Climb) -> list[tuple[str, list[str]]]:
    """(unit path, post codes) that the rung calls, the first that has somebody counting."""
    row, ladder = climb.assignment, climb.ladder
    path, post, level = row.unit.path, row.post.code, row.unit.level
    if climb.rung.do == "remind":
        return []
    if climb.rung.do == "deputy":
        stand_in = ladder.deputies.get(post)
        return [(path, [post]), *([(path, [stand_in])] if stand_in else [])]
    county = ".".join(path.split(".")[:3])
    if climb.rung.do == "county":
        return [(county, ladder.above[Unit.Level.TOWNSHIP])]
    parent = path.rpartition(".")[0] if level != Unit.Level.COUNTY else path
    return [(parent, [code]) for code in ladder.above[level]]


def _choose(
    climb: Climb, places: list[tuple[str, list[str]]], held: dict[tuple[str, str], list[Person]]
) -> list[Person]:
    row = climb.assignment
    if climb.rung.do == "remind":
        return [row.person] if row.person else []
    for path, posts in places:
        # Of each post whoever comes first, the A role before the B role, and never the one who is silent.
        holders = ([person for person in held.get((path, post), []) if person.pk != row.person_id] for post in posts)
        people = {people[0].pk: people[0] for people in holders if people}
        if people:
            return list(people.values())
    return []


def _write(climbs: list[Climb]) -> None:
    present = now()
    for climb in climbs:
        row = climb.assignment
        row.rung, row.climbed_to, row.next_climb_at = climb.due.step + 1, climb.rung.do, climb.next_due
    rows = [climb.assignment for climb in climbs]
    Assignment.objects.bulk_update(rows, ["rung", "climbed_to", "next_climb_at"])
    Call.objects.bulk_create(
        [
            Call(assignment=climb.assignment, person=person, rung=climb.due.step + 1, do=climb.rung.do, at=present)
            for climb in climbs
            for person in climb.people
        ],
        ignore_conflicts=True,
    )
    notify.send_all(
        [
            notice(climb.assignment, climb.assignment.order, CODES[climb.rung.do], person.pk)
            for climb in climbs
            for person in climb.people
        ],
        by=SYSTEM,
    )
    record_all([_fact(climb) for climb in climbs], by=SYSTEM)
    set_timers(
        Setting(CLIMB, climb.due.subject, climb.next_due, climb.due.step + 1, climb.due.generation)
        for climb in climbs
        if climb.next_due
    )


def _fact(climb: Climb) -> Fact:
    return fact_of(
        ASSIGNMENT,
        climb.assignment,
        "assignment.climbed",
        {
            "do": climb.rung.do,
            "step": climb.due.step,
            "due_at": climb.due.due_at,
            "late": climb.due.late,
            "called": [person.pk for person in climb.people],
            "called_names": {
                "zh": "、".join(person.name for person in climb.people),
                "en": ", ".join(person.name_en for person in climb.people),
            },
        },
    )
