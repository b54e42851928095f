"""Submission and re-inspection: somebody who had no part in the work goes and looks. [rule]"""

from __future__ import annotations

from django.db import transaction

from hazards.actions import clocks
from hazards.actions.advance import advance, may
from hazards.actions.lookup import NOTE_LIMIT, grounds_of, hazard_for, require_inspector, require_owner
from hazards.models import Deadline, Hazard, Inspection
from hazards.selectors import people
from norms.rules import deadlines
from norms.rules.deadlines import Computed
from norms.selectors.deadlines import counted, on
from notify.actions import messages as notify
from org.models import Person

What = Deadline.What
S = Hazard.Status


@transaction.atomic
def submit(hazard_id: int, *, by: Person, note: str = "") -> Hazard:
    """Submit the rectified hazard for acceptance; whoever does is its rectifier and may not inspect it."""
    hazard = hazard_for(hazard_id, by=by)
    require_owner(hazard, by)
    may(hazard, S.SUBMITTED, "hazard.submitted")
    text = grounds_of(note, "note", limit=NOTE_LIMIT, needed=False)
    due = counted(What.INSPECT, "inspect")
    advance(hazard, S.SUBMITTED, due, by=by, data={"note": text}, keep=[clocks.DECISION], rectifier=by)
    places = [people.desk(people.debtor(hazard, What.INSPECT))]
    notify.send_all(people.notices(places, "hazard.to_inspect", hazard, not_to=by.pk, due=due.day), by=by)
    return hazard


@transaction.atomic
def inspect(hazard_id: int, *, by: Person, note: str = "") -> Inspection:
    """Pass the re-inspection. The rectifier may not inspect (Forbidden); a major hazard is inspected by the county."""
    hazard = hazard_for(hazard_id, by=by)
    require_inspector(hazard, by)
    may(hazard, S.INSPECTED, "hazard.inspected")
    text = grounds_of(note, "note", limit=NOTE_LIMIT, needed=False)
    made = Inspection.objects.create(hazard=hazard, by=by, result=Inspection.Result.PASSED, note=text)
    due = counted(What.CLOSE, "close")
    advance(hazard, S.INSPECTED, due, by=by, data={"note": text, "inspection": made.pk}, keep=[clocks.DECISION])
    return made


@transaction.atomic
def send_back(hazard_id: int, *, by: Person, note: str) -> Inspection:
    """Fail the re-inspection: back to work, with what is missing.

    The time limit stays; where it has passed, or comes too soon, a few working days are given, which keep the ticket
    late.
    """
    hazard = hazard_for(hazard_id, by=by)
    require_inspector(hazard, by)
    may(hazard, S.RECTIFYING, "hazard.sent_back")
    text = grounds_of(note, "note", limit=NOTE_LIMIT)
    made = Inspection.objects.create(hazard=hazard, by=by, result=Inspection.Result.SENT_BACK, note=text)
    data = {"note": text, "inspection": made.pk}
    advance(hazard, S.RECTIFYING, _again(hazard), by=by, data=data, keep=[clocks.DECISION])
    if hazard.rectifier_id and hazard.rectifier_id != by.pk:
        notify.send_all([people.notice(hazard.rectifier_id, "hazard.sent_back", hazard, note=text)], by=by)
    return made


def _again(hazard: Hazard) -> Computed:
    redo, limit = counted(What.RECTIFY, "redo"), clocks.limit_of(hazard.pk)
    if limit is None or limit.due_at <= redo.due_at:
        return redo
    return on(What.RECTIFY, deadlines.day_of(limit.due_at), limit.rule, "stays")
