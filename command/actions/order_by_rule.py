"""An order that the system issues by itself: by a rule that somebody approved, in nobody's name (docs/adr/0043)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from command.actions.issuing import Draft, issue
from command.models import Incident, Order
from command.selectors import ladders
from duty.selectors import fanout
from journal.actions.recording import By
from org.models import Post, Unit


@transaction.atomic
def order_by_rule(
    *,
    by: By,
    unit: Unit,
    incident: Incident | None,
    text: str,
    units: Sequence[Unit],
    posts: Sequence[str],
    ladder: str,
    exercise: int | None = None,
) -> Order | None:
    """Issue the order for ``unit`` by the rule of ``by`` (norms.selectors.automatic.by_rule).

    None where none of the units has any of the posts.
    """
    if by.rule is None:
        raise ValueError("the system orders by a rule only")
    lines = fanout.lines_for(units, list(Post.objects.filter(code__in=posts)))
    if not lines:
        return None
    draft = Draft(unit, incident, text, ladders.in_force(ladder), lines, exercise=exercise)
    return issue([draft], by=by, issued_by=None)[0]
