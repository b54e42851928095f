"""The alarm of an order that waits for one's own answer is answered where it stands (notify/selectors/acts.py)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from command.actions import acknowledge
from command.models import Assignment, Call, Order
from journal.states import IllegalMove
from notify.selectors.acts import Act
from org.models import Person


def own_open(person: Person, ids: Sequence[int]) -> dict[int, Act]:
    """Filter ``ids`` to unanswered assignments that called this person, or for which they stand in.

    Whoever was called only because others below are silent has to reach them, not to answer in their place.
    """
    stands_in = Exists(Call.objects.filter(assignment=OuterRef("pk"), person=person, do="deputy"))
    rows = Assignment.objects.filter(Q(person=person) | stands_in, pk__in=ids, status=Assignment.Status.CALLED)
    rows = rows.filter(order__status=Order.Status.IN_FORCE)
    return {
        pk: Act(pgettext_lazy("act", "Received"), reverse("command:mine_act", args=[pk]))
        for pk in rows.values_list("pk", flat=True)
    }


def receive(assignment_id: int, person: Person) -> None:
    """Acknowledge (收到), as on the order's card. Idempotent."""
    try:
        acknowledge(assignment_id, by=person)
    except IllegalMove as error:
        if error.current.get("status") == Assignment.Status.CALLED_OFF:
            raise
