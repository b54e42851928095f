"""Bulk inserts of orders, one or a whole level's, with their assignments, timers, messages and events.

The number of statements depends neither on the number of orders nor on that of the people.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from command.cards import called_card
from command.models import Assignment, Call, Incident, Order, Response, Task
from command.selectors.cut_off import cut_off_among
from command.selectors.ladders import Snapshot
from command.states import ASSIGNMENT, ORDER
from database import rows as bulk
from database.clock import now
from duty.selectors.fanout import Line
from journal.actions.numbers import next_refs
from journal.actions.recording import Actor, By, Fact, chain, record_all
from journal.models import Event
from journal.states import fact_of
from journal.timers import Setting, set_timers
from norms.models import OfficialPaper
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.models import Headquarters, Person, Unit
from plans.models import Action

CLIMB = "assignment.climb"


@dataclass(frozen=True)
class Draft:
    """An order as it would go out: the people, the vacancies, and the ladder by which silence climbs.

    Of a response: ``action`` and ``tasks`` ((unit id, post id) → what its lines carry out). ``order``: the one that is
    out already, to which these lines are added. ``exercise`` counts where there is no incident. ``headquarters``
    issues it, or its office, and where there is none the unit.
    """

    unit: Unit
    incident: Incident | None
    text: str
    ladder: Snapshot
    lines: list[Line]
    response: Response | None = None
    action: Action | None = None
    tasks: Mapping[tuple[int, int], Task] = field(default_factory=dict)
    order: Order | None = None
    exercise: int | None = None
    headquarters: Headquarters | None = None
    by_office: bool = False
    paper: OfficialPaper | None = None

    @property
    def vacancies(self) -> list[Line]:
        return [line for line in self.lines if line.person is None]

    @property
    def people(self) -> int:
        return len({line.person.pk for line in self.lines if line.person})


def issue(drafts: Sequence[Draft], *, by: Actor, issued_by: Person | None, cause: int | None = None) -> list[Order]:
    """Insert the drafts as orders, in the caller's transaction. Each order comes back with ``.lines``, the assignments
    made now. Without ``issued_by`` it is the system that issues them, by the rule of ``by``.
    """
    if not drafts:
        return []
    present = now()
    rule = by.rule if issued_by is None and isinstance(by, By) else None
    orders = _orders(drafts, issued_by, rule, present)
    _assign(drafts, orders, present)
    rows = [row for order in orders for row in order.lines]
    set_timers(
        Setting(CLIMB, f"assignment:{row.pk}", row.next_climb_at, row.rung, row.generation, row.order.exercise)
        for row in rows
        if row.next_climb_at is not None
    )
    _tell_people(rows, present, by)
    new = [order for draft, order in zip(drafts, orders, strict=True) if draft.order is None]
    _record(orders, new, by, cause)
    return orders


def _orders(
    drafts: Sequence[Draft], issued_by: Person | None, rule: dict[str, Any] | None, present: dt.datetime
) -> list[Order]:
    new = [draft for draft in drafts if draft.order is None]
    refs = next_refs("order", len(new))
    made = Order.objects.bulk_create(
        Order(
            ref=ref,
            incident=draft.incident,
            unit=draft.unit,
            headquarters=draft.headquarters,
            by_office=draft.by_office,
            text=draft.text,
            action=draft.action,
            response=draft.response,
            colour=draft.ladder.data["colour"],
            ladder=draft.ladder.data,
            issued_by=issued_by,
            rule=rule,
            paper=draft.paper,
            issued_at=present,
            ack_due_at=present + dt.timedelta(seconds=draft.ladder.ack_within_s),
            exercise=draft.incident.exercise if draft.incident else draft.exercise,
        )
        for draft, ref in zip(new, refs, strict=True)
    )
    ready = iter(made)
    return [draft.order or next(ready) for draft in drafts]


def _assign(drafts: Sequence[Draft], orders: Sequence[Order], present: dt.datetime) -> None:
    rows = []
    cut_off = cut_off_among({line.unit.pk for draft in drafts for line in draft.lines})
    for draft, order in zip(drafts, orders, strict=True):
        order.lines = [_assignment(draft, order, line, present, line.unit.pk in cut_off) for line in draft.lines]
        order.assignment_count, order.vacancy_count = len(order.lines), len(draft.vacancies)
        rows += order.lines
    # Django's bulk_create takes several times as long, and a level of a county has thousands.
    written = bulk.insert(
        Assignment,
        [*_COLUMNS, "climbed_to", "answered_how", "note"],
        [(*(getattr(row, name) for name in _COLUMNS), "", "", "") for row in rows],
        returning=("id",),
    )
    for row, (key,) in zip(rows, written, strict=True):
        row.pk = key
        row._state.adding = False


_COLUMNS = (
    *("order_id", "unit_id", "post_id", "task_id", "person_id", "role", "status", "rung", "ack_due_at"),
    *("next_climb_at", "moved_at", "generation"),
)


def _assignment(draft: Draft, order: Order, line: Line, present: dt.datetime, cut_off: bool) -> Assignment:
    vacant = line.person is None
    first = draft.ladder.step_without_phones() if cut_off else draft.ladder.first_step(vacant=vacant)
    return Assignment(
        order=order,
        unit=line.unit,
        post=line.post,
        task=draft.tasks.get((line.unit.pk, line.post.pk)),
        person=line.person,
        role=line.role,
        ack_due_at=present + dt.timedelta(seconds=draft.ladder.ack_within_s),
        next_climb_at=_first_climb(draft.ladder, present, vacant or cut_off),
        rung=first,
        moved_at=present,
    )


def _first_climb(ladder: Snapshot, issued_at: dt.datetime, at_once: bool) -> dt.datetime:
    """A vacancy does not wait, nor does a village that is cut off: the rung at which it starts is due at once."""
    return issued_at if at_once else issued_at + dt.timedelta(seconds=ladder.wait_s(0) or 0)


def _tell_people(rows: Sequence[Assignment], present: dt.datetime, by: Actor) -> None:
    called = [row for row in rows if row.person_id]
    columns = ("assignment_id", "person_id", "rung", "do", "at")
    bulk.insert(Call, columns, [(row.pk, row.person_id, 0, "call", present) for row in called])
    notify.send_all([notice(row, row.order, "order.called", rung=0) for row in called], by=by)


def notice(
    row: Assignment, order: Order, code: str, person_id: int | None = None, *, alarm: bool = True,
    asked: str = "message", rung: int | None = None, loudspeaker: bool = False,
) -> Notice:  # fmt: skip
    """The message that asks somebody to answer this assignment; it stays open until the assignment is answered.
    ``asked``: the channel of the ladder's step. ``rung`` and ``loudspeaker``: what places hear of it.
    """
    return Notice(
        cast(int, person_id or row.person_id),
        code,
        f"assignment:{row.pk}",
        row.unit.path,
        data={
            "ref": order.ref,
            "colour": order.colour,
            "text": order.text,
            "unit": {"zh": row.unit.name, "en": row.unit.name_en},
            "person": {"zh": row.person.name, "en": row.person.name_en} if row.person else None,
            "post": {"zh": row.post.name, "en": row.post.name_en},
        },
        url=f"/orders/mine/{row.pk}/",
        alarm=alarm,
        exercise=order.exercise,
        group=f"order:{order.pk}",
        asked=asked,
        rung=rung,
        loudspeaker=loudspeaker,
    )


def _record(orders: Sequence[Order], new: Sequence[Order], by: Actor, cause: int | None) -> None:
    """One event for each new order, and one for each unit that an order reached, with the unit's assignments."""
    issued = record_all(
        [
            fact_of(ORDER, order, "order.issued", {"units": len({row.unit_id for row in order.lines})}, cause=cause)
            for order in new
        ],
        by=by,
    )
    by_order: dict[int, Event] = {order.pk: event for order, event in zip(new, issued, strict=True)}
    facts = []
    for order in orders:
        called = _called(order)
        event = by_order.get(order.pk)
        facts += chain(called, event) if event else called
    record_all(facts, by=by)


def _called(order: Order) -> list[Fact]:
    by_unit: dict[int, list[Assignment]] = defaultdict(list)
    for row in order.lines:
        by_unit[row.unit_id].append(row)
    return [
        Fact(
            "order.called",
            ORDER.subject(order),
            rows[0].unit.path,
            card=called_card(order, rows[0].unit, rows),
            root=ASSIGNMENT.root(rows[0]),
            exercise=order.exercise,
        )
        for rows in by_unit.values()
    ]
