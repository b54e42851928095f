"""Calling an order off, with a reason."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from command.actions.answer import stop_pending
from command.actions.issuing import notice
from command.actions.lookup import order_for
from command.models import Assignment, Call, Order, Response
from command.selectors import visible
from command.states import ASSIGNMENT, ORDER
from database import rows as bulk
from database.clock import now
from journal.actions.recording import Actor
from journal.states import check, move_many
from notify.actions import messages as notify
from notify.actions.places import withdraw
from notify.rules.notices import Notice
from org.models import Person
from org.rules import capabilities
from web.errors import Conflict, Invalid

FINISHED = (Assignment.Status.DONE, Assignment.Status.VERIFIED)


@transaction.atomic
def call_off(order_id: int, *, by: Person, reason: str) -> Order:
    """Withdraw the order: what is not done is called off, its timers and alarms stop.

    IllegalMove when it was already; Conflict for an order of a running response, which goes with its level alone.
    """
    order = order_for(order_id, by=by, capability=capabilities.ORDER)
    check(ORDER, order, Order.Status.CALLED_OFF)
    _refuse_of_a_response(order)
    if not reason.strip():
        raise Invalid.field("reason", _("Give the reason: the people called will read it."))
    call_off_whole(order, by=by, reason=reason.strip())
    return order


def call_off_whole(order: Order, *, by: Actor, reason: str) -> None:
    """Call off a locked order with what is not done of it, and tell everybody who was called."""
    event = call_off_orders([order], by=by, reason=reason)
    open_ones = order.assignments.exclude(status__in=[*FINISHED, Assignment.Status.CALLED_OFF])
    rows = list(visible.with_card_parts(open_ones).select_for_update(of=("self",)).order_by("pk"))
    call_off_assignments(rows, by=by, reason=reason, cause=event)
    _tell_all_called(rows, reason, by, ORDER.subject(order))


def _refuse_of_a_response(order: Order) -> None:
    """Conflict for an order of a running response, which follows its level: lower the level or end it."""
    if order.response_id is None:
        return
    running = Response.objects.filter(pk=order.response_id, status=Response.Status.RUNNING).first()
    if running is not None:
        raise Conflict(
            _("This order belongs to the running response: it goes when the level is lowered or the response ends."),
            current={"id": order.pk, "status": order.status, "response": running.pk, "level": running.level},
            code="order_of_a_response",
        )


def call_off_orders(orders: Sequence[Order], *, by: Actor, reason: str, cause: int | None = None) -> int | None:
    """Call off locked orders, without their assignments. Returns the first event's number, or None."""
    counts = visible.counts_of_each(orders)
    for order in orders:
        order.assignment_count, order.vacancy_count = counts.get(order.pk, (0, 0))
    data = {"reason": reason}
    events = move_many(
        ORDER, orders, Order.Status.CALLED_OFF, by=by, data=data, cause=cause, called_off_reason=reason[:300]
    )
    withdraw([ORDER.subject(order) for order in orders], reason)
    return events[0].seq if events else cause


def call_off_assignments(
    rows: Sequence[Assignment], *, by: Actor, reason: str, cause: int | None = None, tell_them: bool = False
) -> None:
    """Call off locked, unfinished assignments, with their timers and alarms. ``tell_them``: those called hear why."""
    for row in rows:
        row.generation += 1
    bulk.update(Assignment, {"generation": "integer"}, [(row.pk, row.generation) for row in rows])
    data = {"reason": reason}
    move_many(
        ASSIGNMENT,
        rows,
        Assignment.Status.CALLED_OFF,
        by=by,
        data=data,
        cause=cause,
        next_climb_at=None,
        moved_at=now(),
    )
    stop_pending(rows, by=by)
    if tell_them:
        for row in rows:
            _tell_all_called([row], reason, by, ASSIGNMENT.subject(row))


def _tell_all_called(rows: Sequence[Assignment], reason: str, by: Actor, subject: str) -> None:
    """Notify everybody who was called, the ladder's people too, over the channels they were called on; once each, in
    however many units and posts of the order, except whoever calls it off. ``subject``: what the message is about.
    """
    by_id = {row.pk: row for row in rows}
    called = [(row.pk, row.person_id) for row in rows if row.person_id]
    called += (
        Call.objects.filter(assignment__in=by_id, ended_at=None).order_by("pk").values_list("assignment", "person")
    )
    notices: dict[int, Notice] = {}
    for assignment_id, person_id in called:
        row = by_id[assignment_id]
        if not (isinstance(by, Person) and by.pk == person_id):
            notices.setdefault(person_id, _withdrawn(row, reason, person_id, subject))
    notify.send_all(list(notices.values()), by=by)


def _withdrawn(row: Assignment, reason: str, person_id: int, subject: str) -> Notice:
    told = notice(row, row.order, "order.withdrawn", person_id, alarm=False)
    return Notice(**{**vars(told), "subject": subject, "data": {**told.data, "reason": reason}})
