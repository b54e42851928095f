"""Assignments as the board counts them: in force, of incidents that are not over, in the person's jurisdiction."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Func, IntegerField, Q, QuerySet

from command.models import Assignment, Incident, Order
from command.selectors import visible
from database.clock import DatabaseNow
from journal.rules.world import REAL, World
from org.models import Person
from org.selectors.jurisdiction import visible_to

LIVE = (Incident.Status.MONITORED, Incident.Status.WARNED, Incident.Status.RESPONDING)
"""States of an incident in which the map shows what was ordered for it."""

KEPT_FOR = dt.timedelta(hours=72)
"""An order without an incident leaves the map after this; what it is still owed an answer for never does."""


def on_the_board(person: Person, incident: int | None = None, world: World = REAL) -> QuerySet[Assignment]:
    """Assignments of one incident where it is given, else of all that are going on."""
    rows = Assignment.objects.filter(visible_to(person), world.rows("order__"), order__status=Order.Status.IN_FORCE)
    rows = rows.exclude(status=Assignment.Status.CALLED_OFF)
    if incident is not None:
        return rows.filter(order__incident=incident)
    alone = Q(order__incident=None) & (Q(status="called") | Q(order__issued_at__gt=DatabaseNow() - KEPT_FOR))
    return rows.filter(Q(order__incident__status__in=LIVE) | alone)


def silent(person: Person, incident: int | None = None, world: World = REAL) -> QuerySet[Assignment]:
    """Called, past the time of the answer, and nothing heard."""
    return on_the_board(person, incident, world).filter(visible.is_silent())


def overdue(person: Person, incident: int | None = None, world: World = REAL) -> QuerySet[Assignment]:
    """Silent although the ladder has climbed its last rung: nobody is left whom it would call by itself."""
    rungs = Func(F("order__ladder__rungs"), function="jsonb_array_length", output_field=IntegerField())
    return silent(person, incident, world).filter(rung__gte=rungs)
