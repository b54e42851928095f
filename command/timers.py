"""Timer handlers of command: the ladder, rung by rung, for a whole batch of assignments at a time (docs/domain.md
5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from command.actions.issuing import CLIMB, notice
from command.actions.propose import CLIMB as CLIMB_PROPOSAL
from command.actions.propose import climb_proposal
from command.models import Assignment, Call, Order, Proposal
from command.selectors import ladders
from command.selectors.cut_off import cut_off_among
from command.selectors.ladders import Rung, Snapshot
from command.selectors.rung_people import Asked, people_called
from command.states import ASSIGNMENT
from database import rows
from database.clock import now
from duty.selectors import fallback
from journal.actions.recording import Fact, record_all
from journal.states import fact_of
from norms.actions import Chase, Step, chased
from norms.selectors.automatic import by_rule
from notify.actions import messages as notify
from notify.rules.notices import Notice

CODES = {
    "remind": "order.reminded",
    "deputy": "order.deputy_called",
    "above": "order.silent_below",
    "runner": "order.send_runner",
    "county": "order.county_calls",
}
FROM_OUTSIDE = ("above", "runner", "county")
"""Rungs that call people who are elsewhere."""


@dataclass
class Silent:
    """An assignment that nobody has answered, the ladder by which it climbs, and whether no telephone reaches it."""

    assignment: Assignment
    ladder: Snapshot
    cut_off: bool = False


Climb = Step[Silent]


def rung_of(climb: Climb) -> Rung:
    return climb.row.ladder.rung(climb.due.step)


def calls_nobody(climb: Climb) -> bool:
    """The top of the ladder, and nobody to call there either."""
    return not climb.people and climb.due.step + 1 >= len(climb.row.ladder.rungs)


def climbed_to(climb: Climb) -> str:
    """What is shown of it: a rung that found nobody has called nobody, and a reminder takes no call back."""
    before, do = climb.row.assignment.climbed_to, rung_of(climb).do
    return before if not climb.people or (do == "remind" and before) else do


@chased
class AssignmentChase(Chase[Silent]):
    """Silence climbs one rung: who was called is reminded, then a stand-in, the unit above, a runner, the county."""

    timer = CLIMB

    def owing(self, ids: Collection[int]) -> dict[int, Silent]:
        return _still_silent(ids)

    def generation(self, row: Silent) -> int:
        return row.assignment.generation

    def take(self, steps: Sequence[Climb]) -> None:
        called = people_called([Asked(climb.row.assignment, climb.row.ladder, climb.due.step) for climb in steps])
        for climb, people in zip(steps, called, strict=True):
            climb.people = people
        lost = [climb for climb in steps if calls_nobody(climb)]
        for climb in lost:
            row = climb.row.assignment
            climb.people = fallback.contacts(row.unit.path, besides=[row.person_id or 0])
        self._write(steps, lost)

    def next_due(self, step: Climb) -> dt.datetime | None:
        """Previous due + step; a rung that found nobody to call falls through to the next one at once."""
        ladder = step.row.ladder
        wait = ladder.wait_s(step.due.step + 1)
        if wait is None:
            return None
        fell_through = not step.people and step.due.step + 1 < len(ladder.rungs)
        return step.due.due_at if fell_through else step.due.due_at + dt.timedelta(seconds=wait)

    def _write(self, climbs: Sequence[Climb], lost: Sequence[Climb]) -> None:
        present = now()
        for climb in climbs:
            row = climb.row.assignment
            row.rung, row.climbed_to = climb.due.step + 1, climbed_to(climb)
            row.next_climb_at = self.next_due(climb)
        rows.update(
            Assignment,
            {"rung": "smallint", "climbed_to": "text", "next_climb_at": "timestamptz"},
            [(r.pk, r.rung, r.climbed_to, r.next_climb_at) for r in (climb.row.assignment for climb in climbs)],
        )
        rows.insert(
            Call,
            ("assignment_id", "person_id", "rung", "do", "at"),
            [
                (climb.row.assignment.pk, person.pk, climb.due.step + 1, rung_of(climb).do, present)
                for climb in climbs
                for person in climb.people
            ],
            ignore_conflicts=True,
        )
        alone = {climb.due.id for climb in lost}
        by = by_rule("command.ladder")
        notify.send_all([told for climb in climbs for told in _notices(climb, climb.due.id in alone, present)], by=by)
        record_all([_fact(climb) for climb in climbs], by=by)
        nobody = "assignment.nobody_to_call"
        record_all([fact_of(ASSIGNMENT, climb.row.assignment, nobody, _rule(climb)) for climb in lost], by=by)


_NEEDED = [
    *("order_id", "unit_id", "status", "generation", "rung", "climbed_to", "next_climb_at", "ack_due_at"),
    *("answered_by_id", "answered_how", "note", "figure", "task_id", "unit__code", "unit__path", "unit__level"),
    *("unit__name", "unit__name_en", "post__code", "post__name", "post__name_en"),
    *("person__name", "person__name_en", "person__phone"),
]
"""What a climb reads of an assignment; whole rows of four tables for each would cost more than all it writes."""


def _still_silent(ids: Collection[int]) -> dict[int, Silent]:
    found = (
        Assignment.objects.filter(pk__in=ids, status=Assignment.Status.CALLED, order__status=Order.Status.IN_FORCE)
        .select_related("unit", "post", "person")
        .only(*_NEEDED)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    silent = list(found)
    # Few orders for many assignments: each with its text and ladder is read once.
    orders = Order.objects.in_bulk({row.order_id for row in silent})
    ladders = {pk: Snapshot(order.ladder) for pk, order in orders.items()}
    for row in silent:
        row.order = orders[row.order_id]
    cut_off = cut_off_among({row.unit_id for row in silent})
    return {row.pk: Silent(row, ladders[row.order_id], row.unit_id in cut_off) for row in silent}


def _notices(climb: Climb, alone: bool, present: dt.datetime) -> list[Notice]:
    """``alone``: nobody is left on the ladder, and whoever is called must act on their own."""
    row, do = climb.row.assignment, rung_of(climb).do
    code = "order.nobody_left" if alone else CODES[do]
    if climb.row.cut_off and not alone and do in FROM_OUTSIDE:
        code = "order.cut_off"
    asked = rung_of(climb).channel
    rung, spoken = _told_to_boards(climb, present), climb.row.cut_off
    return [
        notice(row, row.order, code, person.pk, asked=asked, rung=rung, loudspeaker=spoken) for person in climb.people
    ]


def _told_to_boards(climb: Climb, present: dt.datetime) -> int | None:
    """The rung, of which a board hears once, however often the last one repeats. None where this assignment climbs
    ahead of its order: for a vacancy, a message that failed, a village that is cut off.
    """
    order, step = climb.row.assignment.order, min(climb.due.step, len(climb.row.ladder.rungs) - 1)
    due = order.issued_at + dt.timedelta(seconds=rung_of(climb).after_s)
    return step + 1 if present >= due else None


def _fact(climb: Climb) -> Fact:
    told = {"do": rung_of(climb).do, **climb.told, **_rule(climb)}
    return fact_of(ASSIGNMENT, climb.row.assignment, "assignment.climbed", told)


def _rule(climb: Climb) -> dict[str, Any]:
    """The ladder by which it climbs, as the order keeps it: who set it, and its source."""
    return {"rule": by_rule("command.ladder", ladder=climb.row.ladder.data).rule}


@chased
class ProposalChase(Chase[Proposal]):
    """Nobody has decided on a proposed level: the next higher post is called too, again and again."""

    timer = CLIMB_PROPOSAL

    def owing(self, ids: Collection[int]) -> dict[int, Proposal]:
        found = Proposal.objects.filter(pk__in=ids, status=Proposal.Status.OPEN).select_related(
            "unit", "version__plan__unit"
        )
        return {row.pk: row for row in found.defer("unit__boundary").order_by("pk").select_for_update(of=("self",))}

    def generation(self, row: Proposal) -> int:
        return row.generation

    def take(self, steps: Sequence[Step[Proposal]]) -> None:
        for step in steps:
            climb_proposal(step)

    def next_due(self, step: Step[Proposal]) -> dt.datetime | None:
        wait = ladders.in_force(ladders.COLOUR_OF[step.row.level]).wait_s(step.due.step + 1)
        return None if wait is None else step.due.due_at + dt.timedelta(seconds=wait)
