"""Calling an order off, with a reason."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from command import selectors
from command.actions.answer import stop_pending
from command.actions.lookup import order_for
from command.models import Assignment, Order
from command.states import ASSIGNMENT, ORDER
from journal.errors import Invalid
from journal.states import check, move, move_many
from org import capabilities
from org.clock import now
from org.models import Person


@transaction.atomic
def call_off(order_id: int, *, by: Person, reason: str) -> Order:
    """Withdraw the order: what is not done is called off, its timers and alarms stop.

    IllegalMove when it was already.
    """
    order = order_for(order_id, by=by, capability=capabilities.ORDER)
    check(ORDER, order, Order.Status.CALLED_OFF)
    if not reason.strip():
        raise Invalid.field("reason", _("Give the reason: the people called will read it."))
    order.assignment_count, order.vacancy_count = selectors.counts_of(order)
    rows = list(
        selectors.with_card_parts(order.assignments)
        .select_for_update(of=("self",))
        .exclude(status__in=[Assignment.Status.DONE, Assignment.Status.VERIFIED])
        .order_by("pk")
    )
    event = move(
        ORDER,
        order,
        Order.Status.CALLED_OFF,
        by=by,
        data={"reason": reason.strip()},
        called_off_reason=reason.strip()[:300],
    )
    for row in rows:
        row.generation += 1
    Assignment.objects.bulk_update(rows, ["generation"])
    move_many(
        ASSIGNMENT, rows, Assignment.Status.CALLED_OFF, by=by, cause=event.seq, next_climb_at=None, moved_at=now()
    )
    stop_pending(rows, by=by)
    return order
