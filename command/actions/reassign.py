"""Handing an assignment to somebody else: by the desk with a reason, or by the system when its holder has moved on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from command.actions.answer import stop_pending
from command.actions.issuing import CLIMB, notice
from command.actions.lookup import assignment_for, require
from command.models import Assignment, Call, Order
from command.selectors import visible
from command.selectors.ladders import Snapshot
from command.states import ASSIGNMENT
from database.clock import now
from duty.selectors import fanout
from journal.actions.recording import Actor
from journal.states import move, tell
from journal.timers import Setting, set_timers
from norms.selectors.automatic import by_rule
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.cards import names
from org.models import Appointment, Person
from org.rules import capabilities
from org.selectors.register import held_now
from web.errors import Conflict, Invalid
from web.languages import in_both

REASON_LIMIT = 300
S = Assignment.Status
Reason = str | dict[str, str]
"""As a person typed it, or in both languages."""
UNFINISHED = (S.CALLED, S.RECEIVED, S.PASSED_ON, S.IN_PLACE)


@transaction.atomic
def reassign(assignment_id: int, *, by: Person, person: Person | int, reason: str) -> Assignment:
    """``person`` has it from now on: called anew, with the ladder from its foot. Both are told.

    What was pending for the one before is void, and the order is no longer theirs to answer. Invalid by field for
    somebody who serves neither in the unit nor in one above it; Conflict when it is done, called off or theirs already.
    """
    assignment = assignment_for(assignment_id, by=by)
    require(by, capabilities.ORDER, assignment.unit.path)
    text = reason.strip()
    if not text:
        raise Invalid.field("reason", _("Say why: both of them will read it."))
    if len(text) > REASON_LIMIT:
        raise Invalid.field("reason", _("At most %(limit)s characters.") % {"limit": REASON_LIMIT})
    if assignment.status not in UNFINISHED or assignment.order.status != Order.Status.IN_FORCE:
        raise Conflict(_("What is done or called off stays with whoever had it."), current=_current(assignment))
    return _hand(assignment, candidate(assignment, person), by=by, reason=text)


def candidate(assignment: Assignment, person: Person | int) -> Person:
    """The candidate of this id; Invalid if the assignment may not be given to them."""
    pk = person.pk if isinstance(person, Person) else person
    found = Person.objects.filter(pk=pk, is_active=True).first()
    if found is None or not candidates(assignment).filter(person=found).exists():
        raise Invalid.field("person", _("Choose somebody who serves in this unit or in one above it."))
    if found.pk == assignment.person_id:
        raise Conflict(_("They have it already."), current=_current(assignment))
    twice = Assignment.objects.filter(order=assignment.order_id, unit=assignment.unit_id, post=assignment.post_id)
    if twice.filter(person=found).exists():
        raise Conflict(_("This order has called them in this post already."), current=_current(assignment))
    return found


def candidates(assignment: Assignment) -> Any:
    """Appointments of those who may get it: in its unit, a department of it, or a unit above."""
    labels = assignment.unit.path.split(".")
    paths = [".".join(labels[:count]) for count in range(1, len(labels) + 1)]
    rows = Appointment.objects.filter(unit__path__in=paths, person__is_active=True)
    return held_now(rows).select_related("person", "unit", "post").defer("unit__boundary")


def _current(assignment: Assignment) -> dict[str, Any]:
    return {"id": assignment.pk, "status": assignment.status, "person": assignment.person_id}


def _hand(assignment: Assignment, person: Person | None, *, by: Actor, reason: Reason, role: str = "") -> Assignment:
    """Reassign a locked assignment. Without a person it becomes a vacancy, whose ladder calls the next at once."""
    present, before = now(), assignment.person
    ladder = Snapshot(assignment.order.ladder)
    stop_pending([assignment], by=by)
    open_calls = Call.objects.filter(assignment=assignment, ended_at=None)
    open_calls.update(ended_at=present)
    step = ladder.first_step(vacant=person is None)
    first = present if person is None else present + dt.timedelta(seconds=ladder.wait_s(0) or 0)
    changes: dict[str, Any] = {
        "person": person, "role": role, "rung": step, "climbed_to": "", "next_climb_at": first,
        "ack_due_at": present + dt.timedelta(seconds=ladder.ack_within_s), "moved_at": present,
        "answered_at": None, "answered_by": None, "answered_how": "", "generation": assignment.generation + 1,
    }  # fmt: skip
    data = {"reason": reason, "from_name": _name(before), "to_name": _name(person)}
    if assignment.status == S.CALLED:
        for name, value in changes.items():
            setattr(assignment, name, value)
        assignment.save(update_fields=list(changes))
        tell(ASSIGNMENT, assignment, "assignment.reassigned", by=by, data=data)
    else:
        move(ASSIGNMENT, assignment, S.CALLED, by=by, data=data, **changes)
    subject = ASSIGNMENT.subject(assignment)
    set_timers([Setting(CLIMB, subject, first, step, assignment.generation, assignment.order.exercise)])
    _tell_both(assignment, before, person, reason, by)
    return assignment


def _name(person: Person | None) -> dict[str, str]:
    return names(person) if person else in_both(gettext_lazy("Vacant"))


def _tell_both(row: Assignment, before: Person | None, person: Person | None, reason: Reason, by: Actor) -> None:
    notices = []
    if person is not None:
        Call.objects.create(assignment=row, person=person, rung=0, do="call", at=now())
        called = notice(row, row.order, "order.reassigned", person.pk)
        notices.append(_with(called, {"from": _name(before)}))
    if before is not None and not (isinstance(by, Person) and by.pk == before.pk):
        taken = notice(row, row.order, "order.taken_over", before.pk, alarm=False)
        notices.append(_with(taken, {"to": _name(person), "reason": reason}))
    notify.send_all(notices, by=by)


def _with(told: Notice, data: dict[str, Any]) -> Notice:
    return Notice(**{**vars(told), "data": {**told.data, **data}})


@transaction.atomic
def hand_on_what_is_held(person_id: int, unit_id: int, *, reason: Reason) -> list[Assignment]:
    """By rule: reassign what somebody holds in a unit where they no longer serve, to whoever is called there now, or
    as a vacancy.

    Only what its post does not give them still (they may hold another post there).
    """
    rows = Assignment.objects.filter(
        person=person_id, unit=unit_id, status__in=UNFINISHED, order__status=Order.Status.IN_FORCE
    )
    rows = visible.with_card_parts(rows).select_for_update(of=("self",)).order_by("pk")
    by = by_rule("command.hand_on")
    return [_to_the_next(row, by, reason) for row in rows if not _serves(person_id, unit_id)]


def _serves(person_id: int, unit_id: int) -> bool:
    return held_now(Appointment.objects.filter(person=person_id, unit=unit_id)).exists()


def _to_the_next(row: Assignment, by: Actor, reason: Reason) -> Assignment:
    taken = set(
        Assignment.objects.filter(order=row.order_id, unit=row.unit_id, post=row.post_id).values_list(
            "person", flat=True
        )
    )
    for line in fanout.lines_for([row.unit], [row.post]):
        if line.person is not None and line.person.pk not in taken:
            return _hand(row, line.person, by=by, reason=reason, role=line.role)
    return _hand(row, None, by=by, reason=reason)
