"""Replies that fitted nothing, and what each may have meant: the open orders of whoever sent it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from command.models import Assignment, Order
from notify.models import Inbound
from org.models import Appointment, Person
from org.rules.capabilities import ANSWER
from org.selectors.jurisdiction import jurisdiction_of, visible_to
from org.selectors.register import held_now


@dataclass(frozen=True)
class Item:
    row: Inbound
    open: list[Assignment]


def open_replies(reader: Person) -> QuerySet[Inbound]:
    """Those of people within the reader's sight; of unknown telephones those of accounts of units that they may answer
    for.
    """
    rows = Inbound.objects.filter(kind=Inbound.Kind.REPLY, state=Inbound.State.OPEN)
    if not jurisdiction_of(reader).everything:
        people = held_now(Appointment.objects.filter(visible_to(reader, capability=ANSWER))).values("person")
        strangers = Q(person=None) & visible_to(reader, "account__unit__path", ANSWER)
        rows = rows.filter(Q(person__in=people) | strangers)
    return rows.select_related("person", "account").order_by("-pk")


def items(reader: Person, rows: list[Inbound]) -> list[Item]:
    """Two queries: with the open assignments of each sender that the reader may answer for."""
    people = {row.person_id for row in rows if row.person_id}
    found = Assignment.objects.filter(visible_to(reader, capability=ANSWER), person__in=people)
    found = found.filter(status=Assignment.Status.CALLED, order__status=Order.Status.IN_FORCE)
    by_person: dict[int, list[Assignment]] = defaultdict(list)
    for one in found.select_related("order", "unit").defer("unit__boundary").order_by("-pk"):
        by_person[one.person_id or 0].append(one)
    return [Item(row, by_person[row.person_id or 0]) for row in rows]
