"""Reading incidents, orders and assignments inside a person's jurisdiction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from django.db.models import CharField, Count, Exists, F, Func, OuterRef, Q, QuerySet

from command.models import Assignment, Call, Incident, Order, Proposal, Response, Task
from command.selectors.places import PLACE, with_place
from database.clock import DatabaseNow
from journal.rules.world import REAL, World
from org.models import Person, Unit
from org.selectors.jurisdiction import jurisdiction_of, visible_to, within
from org.selectors.register import listed

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


def units_visible_to(person: Person) -> QuerySet[Unit]:
    return Unit.objects.filter(visible_to(person, "path"))


def subtrees(heads: Sequence[Unit]) -> list[Unit]:
    """The active units at or under ``heads``, in one query."""
    inside = within([head.path for head in heads], "path")
    return list(listed(Unit.objects.filter(inside, active=True)).defer("boundary"))


def assignments_visible_to(person: Person) -> QuerySet[Assignment]:
    """Those of the person's own units, and those that called the person in another unit."""
    if jurisdiction_of(person).everything:
        return Assignment.objects.all()
    called = Call.objects.filter(assignment=OuterRef("pk"), person=person)
    return Assignment.objects.filter(visible_to(person) | Q(person=person) | Exists(called))


def orders_visible_to(person: Person) -> QuerySet[Order]:
    """Orders of the person's units, and orders from above that reached them (of which they see their own part only)."""
    if jurisdiction_of(person).everything:
        return Order.objects.all()
    reached = assignments_visible_to(person).filter(order=OuterRef("pk"))
    return Order.objects.filter(visible_to(person) | Exists(reached))


def incidents_visible_to(person: Person) -> QuerySet[Incident]:
    """Incidents of the person's units, those whose orders reached them, those that they command or may take over."""
    if jurisdiction_of(person).everything:
        return Incident.objects.all()
    reached = assignments_visible_to(person).filter(order__incident=OuterRef("pk"))
    return Incident.objects.filter(visible_to(person) | Exists(reached) | Q(offered_to=person) | Q(commander=person))


def responses_visible_to(person: Person) -> QuerySet[Response]:
    """Those of the incidents that the person sees."""
    if jurisdiction_of(person).everything:
        return Response.objects.all()
    return Response.objects.filter(incident__in=incidents_visible_to(person))


def tasks_visible_to(person: Person) -> QuerySet[Task]:
    """Those of the person's own units, and those whose orders called the person."""
    if jurisdiction_of(person).everything:
        return Task.objects.all()
    called = Assignment.objects.filter(Q(person=person) | Q(calls__person=person), task=OuterRef("pk"))
    return Task.objects.filter(visible_to(person) | Exists(called))


def proposals_visible_to(person: Person) -> QuerySet[Proposal]:
    return Proposal.objects.filter(visible_to(person))


def with_card_parts(assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """select_related for what a card needs, with the shown state and without the units' boundaries."""
    rows = with_shown(assignments).select_related("order", "unit", "post", "person", "answered_by")
    return rows.defer("unit__boundary")


def counts_of(order: Order) -> tuple[int, int]:
    """How many assignments an order has, and how many of them found a vacancy."""
    found = order.assignments.aggregate(all=Count("pk"), vacant=Count("pk", filter=Q(person=None)))
    return found["all"], found["vacant"]


def counts_of_each(orders: Sequence[Order]) -> dict[int, tuple[int, int]]:
    """`counts_of` for many orders with one query."""
    counted = Assignment.objects.filter(order__in=[order.pk for order in orders]).order_by().values("order")
    found = counted.annotate(all=Count("pk"), vacant=Count("pk", filter=Q(person=None)))
    return {row["order"]: (row["all"], row["vacant"]) for row in found}


SHOWN = (
    *("silent", "climbed", "called"),
    *("received", "answered_for", "passed_on", "in_place", "done", "verified", "called_off"),
)
"""The states in which an assignment is shown (command/sql/shown.sql), in the order of need: silence first."""
PAST_DUE = ("silent", "climbed")
WAITING = (*PAST_DUE, "called")


def is_silent(through: str = "") -> Q:
    """Called, and past the time by which an answer was due: what is shown as silent or as climbed.

    As a filter that the index of the silent list serves. ``through``: the way to the assignments, "assignments__".
    """
    return Q(**{f"{through}status": Assignment.Status.CALLED, f"{through}ack_due_at__lte": DatabaseNow()})


class Shown(TypedDict):
    shown: str


def with_shown(assignments: QuerySet[Assignment]) -> QuerySet[WithAnnotations[Assignment, Shown]]:
    """Each with ``.shown``, one of SHOWN, at the present moment."""
    facts = ("status", "climbed_to", "ack_due_at", "answered_by", "person")
    shown = Func(*map(F, facts), DatabaseNow(), function="assignment_shown", output_field=CharField())
    return assignments.annotate(shown=shown)


SHOWN_COUNTS = {state: Count("pk", filter=Q(shown=state)) for state in SHOWN}
"""Each assignment of `with_shown` counted once, in the state in which it is shown."""


def township_counts(assignments: QuerySet[Assignment]) -> list[dict]:
    """Counts by shown state for each township (or department, or the county's own posts); the most silence first.

    ``total`` is the sum of the states; ``vacant`` is told beside them. One query.
    """
    return list(
        with_place(with_shown(assignments))
        .values(*PLACE)
        .annotate(total=Count("pk"), **SHOWN_COUNTS, vacant=Count("pk", filter=Q(person=None)))
        .order_by(-F("silent") - F("climbed"), "place_path")
    )


def my_assignments(person: Person, world: World = REAL) -> QuerySet[Assignment]:
    """What the person was called for, directly or by the ladder: unanswered first, the longest wait first."""
    mine = _in_force_for(person).filter(world.rows("order__"))
    unanswered_first = F("answered_at").desc(nulls_first=True)
    return (
        with_card_parts(mine)
        .select_related("order__incident", "order__headquarters")
        .order_by(unanswered_first, "ack_due_at", "id")
    )


def my_exercises(person: Person) -> list[World]:
    """The exercises in which something is asked of the person, the newest first."""
    played = _in_force_for(person).exclude(REAL.rows("order__")).order_by("-order__exercise")
    return [World(exercise) for exercise in played.values_list("order__exercise", flat=True).distinct()]


def _in_force_for(person: Person) -> QuerySet[Assignment]:
    called = Call.objects.filter(assignment=OuterRef("pk"), person=person, ended_at=None)
    return Assignment.objects.filter(Q(person=person) | Exists(called), order__status=Order.Status.IN_FORCE)


def silent_now(person: Person, world: World = REAL) -> QuerySet[Assignment]:
    """Everybody in the person's jurisdiction who owes an answer past its time, the longest silence first."""
    inside = Assignment.objects.filter(is_silent(), visible_to(person), world.rows("order__"))
    inside = inside.filter(order__status=Order.Status.IN_FORCE)
    return with_card_parts(inside).order_by("ack_due_at", "id")
