"""Tasks of a response: creating them, ordering them, releasing those on hold, withdrawing those no longer asked for.

Everything is written set by set, so that a level of a whole county takes as many statements as a village's.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from command.actions.call_off import call_off_assignments, call_off_orders
from command.actions.issuing import Draft, issue
from command.models import Assignment, Order, Response, Task
from command.rules.prerequisites import waiting
from command.selectors import ladders, visible
from command.selectors.ladders import Snapshot
from command.selectors.levelling import FINISHED, Difference, asked_by, difference, live_tasks, step_of
from command.states import TASK
from database import rows as bulk
from database.clock import now
from journal.actions.recording import Actor
from journal.states import move_many
from norms.selectors.automatic import by_rule
from org.models import Person
from plans.rules.blanks import fill
from plans.selectors.compiling import Compiled, Planned

YOUR_UNIT = "本单位"
"""Placeholder for the unit's name in the text of an order to many units."""


def apply(
    response: Response, compiled: Compiled, *, by: Actor, issued_by: Person, reason: str, cause: int | None = None
) -> Difference:
    """Apply the difference between what is out and what ``compiled`` asks for; what both have stays untouched.

    The response is locked by the caller.
    """
    found = difference(compiled, locked_tasks(response))
    withdraw(found.withdrawn, by=by, reason=reason, cause=cause)
    tasks = _make(response, found)
    pairs = [(tasks[planned.key], planned) for planned in found.out]
    _send(response, pairs, found.released, by=by, issued_by=issued_by, cause=cause)
    return found


def locked_tasks(response: Response) -> list[Task]:
    tasks = list(live_tasks(response).select_for_update(of=("self",)))
    for task in tasks:
        task.response = response
    return tasks


def release(response: Response, *, cause: int | None = None) -> int:
    """By rule: order those held tasks whose predecessors are all done, to the people of this moment. Returns how many.

    The response is locked by the caller. People are looked up only when there is something to release.
    """
    tasks = locked_tasks(response)
    waits = waiting([step_of(task) for task in tasks])
    free = [task for task, wait in zip(tasks, waits, strict=True) if task.status == Task.Status.HELD and not wait]
    if not free:
        return 0
    wanted = {planned.key: planned for planned in asked_by(response).lines}
    keyed = [((task.action.code, task.unit_id, task.post_id), task) for task in free]
    pairs = [(task, wanted[key]) for key, task in keyed if key in wanted]
    version, approved = response.version, response.approved_by or response.started_by
    by = by_rule("command.release", approved_by=approved, document=version.document)
    _send(response, [], pairs, by=by, issued_by=None, cause=cause)
    return len(pairs)


def withdraw(tasks: Sequence[Task], *, by: Actor, reason: str, cause: int | None = None) -> None:
    """Withdraw locked tasks: what is not done is called off, and those called are told. Orders left with nothing go
    too.
    """
    if not tasks:
        return
    move_many(TASK, tasks, Task.Status.WITHDRAWN, by=by, data={"reason": reason}, cause=cause)
    rows = Assignment.objects.filter(task__in=[task.pk for task in tasks])
    open_ones = rows.exclude(status__in=[*FINISHED, Assignment.Status.CALLED_OFF]).order_by("pk")
    off = list(visible.with_card_parts(open_ones).select_for_update(of=("self",)))
    call_off_assignments(off, by=by, reason=reason, cause=cause, tell_them=True)
    touched = set(rows.values_list("order", flat=True))
    kept = Assignment.objects.filter(order__in=touched, task__status=Task.Status.OUT).values("order")
    orders = Order.objects.filter(pk__in=touched, status=Order.Status.IN_FORCE).exclude(pk__in=kept)
    empty = (
        orders.select_related("unit", "headquarters", "issued_by")
        .defer("unit__boundary")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    call_off_orders(list(empty), by=by, reason=reason, cause=cause)


def _make(response: Response, found: Difference) -> dict[tuple[str, int, int], Task]:
    """A row for each new one, out or held back. The clock of each counts from now."""
    present = now()
    held = {planned.key for planned in found.held}
    tasks = [
        Task(
            response=response,
            action=planned.action,
            unit=planned.unit,
            post=planned.lines[0].post,
            status=Task.Status.HELD if planned.key in held else Task.Status.OUT,
            due_at=present + dt.timedelta(minutes=planned.action.due_min),
        )
        for planned in found.new
    ]
    columns = ("response_id", "action_id", "unit_id", "post_id", "status", "due_at", "generation")
    values = [[getattr(task, name) for name in columns] for task in tasks]
    for task, (key,) in zip(tasks, bulk.insert(Task, columns, values, returning=("id",)), strict=True):
        task.pk = key
        task._state.adding = False
    return {planned.key: task for planned, task in zip(found.new, tasks, strict=True)}


Pair = tuple[Task, Planned]


def _send(
    response: Response,
    new: Sequence[Pair],
    released: Sequence[Pair],
    *,
    by: Actor,
    issued_by: Person | None,
    cause: int | None,
) -> None:
    """One order for each action; what was held back joins the order of its action that is out already."""
    move_many(TASK, [task for task, _planned in released], Task.Status.OUT, by=by, cause=cause)
    if not new and not released:
        return
    ladder = ladders.in_force(ladders.COLOUR_OF[response.level])
    out = _orders_out(response) if released else {}
    drafts = [_draft(response, ladder, pairs) for pairs in _by_action(new).values()]
    drafts += [_draft(response, ladder, pairs, out.get(action)) for action, pairs in _by_action(released).items()]
    issue(drafts, by=by, issued_by=issued_by, cause=cause)


def _by_action(pairs: Iterable[Pair]) -> dict[int, list[Pair]]:
    found: dict[int, list[Pair]] = defaultdict(list)
    for task, planned in pairs:
        found[planned.action.pk].append((task, planned))
    return found


def _orders_out(response: Response) -> dict[int, Order]:
    """Action → its newest order in force, unless something of it was called off: that one is told as it stands."""
    off = Assignment.objects.filter(order__response=response, status=Assignment.Status.CALLED_OFF).values("order")
    rows = Order.objects.filter(response=response, status=Order.Status.IN_FORCE).exclude(pk__in=off)
    rows = rows.select_related("unit", "headquarters", "incident", "issued_by")
    rows = rows.defer("unit__boundary", "incident__area").order_by("pk")
    return {order.action_id: order for order in rows if order.action_id}


def _draft(response: Response, ladder: Snapshot, pairs: list[Pair], order: Order | None = None) -> Draft:
    planned = pairs[0][1]
    return Draft(
        unit=response.incident.unit,
        incident=response.incident,
        text=_text([one for _task, one in pairs], response),
        # What joins an order climbs by the ladder that the order keeps.
        ladder=Snapshot(order.ladder) if order else ladder,
        lines=[line for _task, one in pairs for line in one.lines],
        response=response,
        action=planned.action,
        tasks={(one.unit.pk, one.post.pk): task for task, one in pairs},
        order=order,
        headquarters=response.headquarters,
    )


def _text(planned: Sequence[Planned], response: Response) -> str:
    texts = {one.text for one in planned}
    if len(texts) == 1:
        return texts.pop()
    values = {**response.version.plan.values, "unit": YOUR_UNIT}
    return fill(planned[0].action.text, values)
