"""Manual reminders: everybody of an order who is still silent is called again, in one go."""

from __future__ import annotations

from django.db import transaction

from command.actions.issuing import notice
from command.actions.lookup import order_for
from command.models import Assignment
from command.selectors import visible
from command.states import ORDER
from journal.states import tell
from notify.actions import messages as notify
from notify.rules.notices import BY_HAND
from org.models import Person
from org.rules import capabilities
from org.selectors.jurisdiction import under


@transaction.atomic
def remind(order_id: int, *, by: Person, unit_path: str = "") -> int:
    """Send the call again to those who have not answered (all of them, or those at or under ``unit_path``).

    Returns how many.

    The ladder's own clock is not touched: a reminder buys nobody time.
    """
    order = order_for(order_id, by=by, capability=capabilities.ORDER)
    found = visible.with_card_parts(order.assignments.all()).filter(
        status=Assignment.Status.CALLED, person__isnull=False
    )
    if unit_path:
        found = found.filter(under(unit_path))
    rows = list(found)
    notify.send_all([notice(row, order, "order.reminded", rung=BY_HAND) for row in rows], by=by)
    order.assignment_count, order.vacancy_count = visible.counts_of(order)
    tell(ORDER, order, "order.reminded", by=by, data={"people": len(rows)})
    return len(rows)
