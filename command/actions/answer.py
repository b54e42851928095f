"""Answering an assignment: acknowledging it, the steps after that, and verification.

One's own, another's logged for them, the steps after it, and the look by someone else (docs/domain.md 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from command.actions.lookup import assignment_for, require
from command.models import Assignment
from command.rules.words import HOW_LOGGED
from command.selectors.evidence import require_evidence
from command.states import ASSIGNMENT
from database.clock import now
from journal import timers
from journal.actions.attachments import attach_picture
from journal.actions.recording import Actor
from journal.models import Attachment
from journal.states import IllegalMove, check, move
from notify.actions import messages as notify
from org.models import Person
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from web.errors import Forbidden, Invalid
from web.pictures import Picture

STEPS = (Assignment.Status.PASSED_ON, Assignment.Status.IN_PLACE, Assignment.Status.DONE)
NOTE_LIMIT = 500


@transaction.atomic
def acknowledge(assignment_id: int, *, by: Person) -> Assignment:
    """Acknowledge (收到), by the person called or by whoever the ladder has called since.

    Everything pending for it stops with the commit.

    IllegalMove (409) when it is answered already; Forbidden for anybody else, who logs it with `answer_for` instead.
    """
    assignment = assignment_for(assignment_id, by=by)
    how = _relation(assignment, by)
    if how is None:
        raise Forbidden(_("This order called somebody else. Log their answer instead."))
    return _answered(assignment, by=by, answered_by=by, how=how, note="")


@transaction.atomic
def answer_for(assignment_id: int, *, by: Person, how: str, note: str = "") -> Assignment:
    """Log an answer that came another way (a call, a door-knock, a gong). Who logged it stands in the event."""
    assignment = assignment_for(assignment_id, by=by)
    require(by, capabilities.ANSWER, assignment.unit.path)
    if how not in HOW_LOGGED:
        raise Invalid.field("how", _("Choose one of: %(choices)s.") % {"choices": ", ".join(HOW_LOGGED)})
    return _answered(assignment, by=by, answered_by=assignment.person, how=how, note=checked_note(note))


@transaction.atomic
def answered_by_phone(
    assignment_id: int, *, by: Person, how: str, note: str = "", figure: int | None = None
) -> Assignment:
    """Acknowledge by text or by keys in a call, in the name of whose telephone it is: the person called, or whoever
    stands in. A long note is cut, for nothing that somebody sent may be lost over its length.
    """
    assignment = assignment_for(assignment_id, by=by)
    if _relation(assignment, by) is None:
        raise Forbidden(_("This order called somebody else. Log their answer instead."))
    more = {} if figure is None else {"figure": figure}
    return _answered(assignment, by=by, answered_by=by, how=how, note=note.strip()[:NOTE_LIMIT], **more)


def _relation(assignment: Assignment, by: Person) -> str | None:
    """The role in which ``by`` answers: as the person called, as one called by the ladder, or none."""
    if assignment.person_id == by.pk:
        return "self"
    return assignment.calls.filter(person=by, ended_at=None).order_by("rung").values_list("do", flat=True).first()


def _answered(
    assignment: Assignment, *, by: Person, answered_by: Person | None, how: str, note: str, **more: Any
) -> Assignment:
    data: dict[str, Any] = {"how": how, "note": note, "silent_rungs": assignment.rung, "logged_by": by.pk, **more}
    move(
        ASSIGNMENT,
        assignment,
        Assignment.Status.RECEIVED,
        by=by,
        data=data,
        answered_at=now(),
        answered_by=answered_by,
        answered_how=how,
        next_climb_at=None,
        generation=assignment.generation + 1,
        moved_at=now(),
        note=note,
    )
    stop_pending([assignment], by=by)
    return assignment


def stop_pending(assignments: Sequence[Assignment], *, by: Actor) -> None:
    """Cancel all timers, alarms and queued messages of these assignments with this commit."""
    subjects = [ASSIGNMENT.subject(assignment) for assignment in assignments]
    timers.cancel(subjects)
    notify.settle(subjects, by=by)


@transaction.atomic
def progress(
    assignment_id: int,
    *,
    by: Person,
    step: str,
    note: str = "",
    figure: int | None = None,
    photo: Picture | None = None,
) -> Assignment:
    """Record a step (passed on, in place, done): by those called, or logged by somebody with the answer capability.

    Done needs the evidence that the plan's action asks for: Invalid (``note``, ``figure`` or ``photo``) without it.
    """
    assignment = assignment_for(assignment_id, by=by)
    if step not in STEPS:
        raise Invalid.field("step", _("Choose one of: %(choices)s.") % {"choices": ", ".join(STEPS)})
    logged = _relation(assignment, by) is None
    if logged:
        require(by, capabilities.ANSWER, assignment.unit.path)
    check(ASSIGNMENT, assignment, step)
    if step == Assignment.Status.DONE:
        require_evidence(assignment, note=note, figure=figure, photo=photo)
    _step(assignment, step, by, note, logged=logged, **({} if figure is None else {"figure": figure}))
    if photo is not None:
        add_picture(assignment, photo, by=by)
    return assignment


def add_picture(assignment: Assignment, photo: Picture, *, by: Person) -> Attachment:
    """Keep a picture with the assignment, in the caller's transaction."""
    return attach_picture(
        ASSIGNMENT.subject(assignment),
        assignment.unit.path,
        photo,
        by=by,
        root=ASSIGNMENT.root(assignment),
        card=ASSIGNMENT.card(assignment),
        exercise=assignment.order.exercise,
    )


@transaction.atomic
def verify(assignment_id: int, *, by: Person, note: str = "") -> Assignment:
    """Verify a task that is reported done. Forbidden to whoever was called for it or answered it."""
    assignment = _for_a_second_look(assignment_id, by)
    return _step(assignment, Assignment.Status.VERIFIED, by, note)


@transaction.atomic
def send_back(assignment_id: int, *, by: Person, note: str) -> Assignment:
    """Reject a task that is reported done: back to in place, with what is missing."""
    assignment = _for_a_second_look(assignment_id, by)
    if assignment.status != Assignment.Status.DONE:
        raise IllegalMove(ASSIGNMENT, assignment, Assignment.Status.IN_PLACE)
    if not note.strip():
        raise Invalid.field("note", _("Say what is missing."))
    return _step(assignment, Assignment.Status.IN_PLACE, by, note)


def _for_a_second_look(assignment_id: int, by: Person) -> Assignment:
    assignment = assignment_for(assignment_id, by=by)
    if by.pk in (assignment.person_id, assignment.answered_by_id) or _relation(assignment, by) is not None:
        raise Forbidden(_("Somebody else has to look: this order called you."))
    if not allowed(by, capabilities.VERIFY, assignment.unit.path):
        raise Forbidden(_("Your posts do not allow this here."))
    return assignment


def _step(assignment: Assignment, to: str, by: Person, note: str, *, logged: bool = False, **more: Any) -> Assignment:
    """``logged``: somebody else says it for those called."""
    text = checked_note(note)
    data = {"note": text, "logged": logged, **more}
    move(ASSIGNMENT, assignment, to, by=by, data=data, note=text or assignment.note, moved_at=now(), **more)
    return assignment


def checked_note(note: str) -> str:
    note = note.strip()
    if len(note) > NOTE_LIMIT:
        raise Invalid.field("note", _("At most %(limit)s characters.") % {"limit": NOTE_LIMIT})
    return note
