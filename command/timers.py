"""The ladder: what silence does, rung by rung, for a whole batch of assignments at a time (DOMAIN section 5)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from command.actions.issuing import CLIMB, notice
from command.actions.propose import CLIMB as CLIMB_PROPOSAL
from command.actions.propose import climb_proposal
from command.models import Assignment, Call, Order, Proposal
from command.selectors.ladders import Rung, Snapshot
from command.states import ASSIGNMENT
from database import rows
from database.clock import now
from duty.selectors import fallback
from journal.actions.recording import SYSTEM, Fact, record_all
from journal.states import fact_of
from journal.timers import Due, Setting, handler, set_timers
from notify.actions import messages as notify
from org.models import Person, Unit

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
    def calls_nobody(self) -> bool:
        """The top of the ladder, and nobody to call there either."""
        return not self.people and self.due.step + 1 >= len(self.ladder.rungs)

    @property
    def climbed_to(self) -> str:
        """What is shown of it: a rung that found nobody has called nobody, and a reminder takes no call back."""
        before = self.assignment.climbed_to
        return before if not self.people or (self.rung.do == "remind" and before) else self.rung.do

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
    find_people(climbs)
    lost = [climb for climb in climbs if climb.calls_nobody]
    for climb in lost:
        climb.people = fallback.contacts(climb.assignment.unit.path, besides=[climb.assignment.person_id or 0])
    _write(climbs, lost)


_NEEDED = [
    *("order_id", "status", "generation", "rung", "climbed_to", "next_climb_at", "ack_due_at", "answered_how", "note"),
    *("answered_by_id", "figure", "task_id", "unit__code", "unit__path", "unit__level", "unit__name", "unit__name_en"),
    *("post__code", "post__name", "post__name_en", "person__name", "person__name_en", "person__phone"),
]
"""What a climb reads of an assignment; whole rows of four tables for each would cost more than all it writes."""


def _still_silent(timers: Sequence[Due]) -> list[Climb]:
    found = (
        Assignment.objects.filter(pk__in=[timer.subject_id for timer in timers])
        .select_related("unit", "post", "person")
        .only(*_NEEDED)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    by_id = {row.pk: row for row in found}
    # Few orders for many assignments: each with its text and ladder is read once.
    orders = Order.objects.in_bulk({row.order_id for row in by_id.values()})
    ladders = {pk: Snapshot(order.ladder) for pk, order in orders.items()}
    climbs = []
    for timer in sorted(timers, key=lambda timer: (timer.due_at, timer.id)):
        row = by_id.get(timer.subject_id)
        if row is None or row.generation != timer.generation or row.status != Assignment.Status.CALLED:
            continue
        row.order = orders[row.order_id]
        if row.order.status == Order.Status.IN_FORCE:
            climbs.append(Climb(timer, row, ladders[row.order_id]))
    return climbs


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
"""Of a duty post the people on duty in turn (the one in the post, the others of the shift, its leader last); of any
other post, and where no roster says who is on, its holders, the A role first.
"""


def find_people(climbs: list[Climb]) -> None:
    """Whom each rung calls, with one query for all: (unit path, post code) → people, in turn."""
    wanted = {climb.due.id: _places(climb) for climb in climbs}
    pairs = sorted({(path, post) for places in wanted.values() for path, posts in places for post in posts})
    held: dict[tuple[str, str], list[Person]] = defaultdict(list)
    known: dict[int, Person] = {}
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [[path for path, _ in pairs], [post for _, post in pairs]])
        for path, post, pk, name, name_en in cursor.fetchall():
            if pk not in known:
                known[pk] = Person(pk=pk, name=name, name_en=name_en)
            held[path, post].append(known[pk])
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


def _write(climbs: list[Climb], lost: list[Climb]) -> None:
    present = now()
    for climb in climbs:
        row = climb.assignment
        row.rung, row.climbed_to, row.next_climb_at = climb.due.step + 1, climb.climbed_to, climb.next_due
    rows.update(
        Assignment,
        {"rung": "smallint", "climbed_to": "text", "next_climb_at": "timestamptz"},
        [(r.pk, r.rung, r.climbed_to, r.next_climb_at) for r in (climb.assignment for climb in climbs)],
    )
    rows.insert(
        Call,
        ("assignment_id", "person_id", "rung", "do", "at"),
        [
            (climb.assignment.pk, person.pk, climb.due.step + 1, climb.rung.do, present)
            for climb in climbs
            for person in climb.people
        ],
        ignore_conflicts=True,
    )
    alone = {climb.due.id for climb in lost}
    notify.send_all([told for climb in climbs for told in _notices(climb, climb.due.id in alone)], by=SYSTEM)
    record_all([_fact(climb) for climb in climbs], by=SYSTEM)
    record_all([fact_of(ASSIGNMENT, climb.assignment, "assignment.nobody_to_call") for climb in lost], by=SYSTEM)
    set_timers(
        Setting(CLIMB, climb.due.subject, climb.next_due, climb.due.step + 1, climb.due.generation)
        for climb in climbs
        if climb.next_due
    )


def _notices(climb: Climb, alone: bool) -> list[notify.Notice]:
    """``alone``: nobody is left on the ladder, and whoever is called must act on their own."""
    code = "order.nobody_left" if alone else CODES[climb.rung.do]
    return [notice(climb.assignment, climb.assignment.order, code, person.pk) for person in climb.people]


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
                "en": ", ".join(person.name_en or person.name for person in climb.people),
            },
        },
    )


@handler(CLIMB_PROPOSAL)
def climb_proposals(timers: Sequence[Due]) -> None:
    """Proposals on which nobody has decided yet; those decided meanwhile are left alone."""
    rows = Proposal.objects.filter(pk__in=[timer.subject_id for timer in timers], status=Proposal.Status.OPEN)
    rows = rows.select_related("unit", "version__plan").defer("unit__boundary").order_by("pk")
    by_id = {row.pk: row for row in rows.select_for_update(of=("self",))}
    for timer in sorted(timers, key=lambda timer: (timer.due_at, timer.id)):
        proposal = by_id.get(timer.subject_id)
        if proposal is not None and proposal.generation == timer.generation:
            climb_proposal(proposal, timer)
