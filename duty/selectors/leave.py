"""Who is on leave when: what rosters, swaps and covers ask before they name somebody; whether both heads are away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from duty.models import Leave
from duty.rules.spans import span
from org.models import Appointment, Person, Unit
from org.selectors.register import held_now
from web.errors import Conflict

HEADS = 2
"""The first ranks of a unit's posts are its heads: party secretary and head of the government
(org/rules/posts.json).
"""


def in_force(during: DateTimeTZRange) -> QuerySet[Leave]:
    """Approved leave that overlaps a range."""
    return Leave.objects.filter(status=Leave.Status.APPROVED, during__overlap=during).select_related("person", "unit")


def refuse_absent(people: Iterable[tuple[Person, DateTimeTZRange]]) -> None:
    """Conflict with the name and the dates when one of them is on leave at that time."""
    for person, during in people:
        if found := in_force(during).filter(person=person).first():
            raise Conflict(on_leave_words(found), current=brief(found), code="on_leave")


def on_leave_words(leave: Leave) -> str:
    return _("%(name)s is on leave, %(time)s.") % {"name": leave.person.label, "time": span(leave.during)}


def brief(leave: Leave) -> dict[str, object]:
    return {"leave": leave.pk, "person": leave.person_id, "start": leave.during.lower, "end": leave.during.upper}


@dataclass(frozen=True)
class BothAway:
    """Both heads of a unit would be out of the county in this time."""

    unit: Unit
    other: Leave
    during: DateTimeTZRange

    def __str__(self) -> str:
        return _("Both heads of %(unit)s would be out of the county at once, %(time)s: %(name)s is away then too.") % {
            "unit": self.unit.label,
            "time": span(self.during),
            "name": self.other.person.label,
        }


def warnings(leave: Leave) -> list[BothAway]:
    """Where the other head of the same unit is, or asks to be, out of the county at the same time."""
    if not leave.abroad or leave.status not in (Leave.Status.ASKED, Leave.Status.APPROVED):
        return []
    return list(_both_away(leave))


def _both_away(leave: Leave) -> Iterator[BothAway]:
    headed = _heads(Q(person=leave.person_id)).select_related("unit").defer("unit__boundary")
    for unit in {row.unit_id: row.unit for row in headed}.values():
        others = _heads(Q(unit=unit)).exclude(person=leave.person_id).values("person")
        rows = Leave.objects.filter(
            person__in=others, abroad=True, status__in=["asked", "approved"], during__overlap=leave.during
        )
        for other in rows.select_related("person").order_by("during"):
            lower, upper = max(leave.during.lower, other.during.lower), min(leave.during.upper, other.during.upper)
            yield BothAway(unit, other, DateTimeTZRange(lower, upper))


def _heads(which: Q) -> QuerySet[Appointment]:
    """A holders of the first two posts of counties and townships."""
    levels = [Unit.Level.COUNTY, Unit.Level.TOWNSHIP]
    rows = held_now(Appointment.objects.filter(which, role="A", post__rank__lte=HEADS, post__level__in=levels))
    return rows.order_by("unit__path")
