"""Extensions of a deadline: requested with a reason, decided by the unit above (when listed: by the county). [rule,
one city]"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from database.clock import now
from hazards.actions import clocks
from hazards.actions.lookup import (
    current,
    extension_for,
    grounds_of,
    hazard_for,
    open_extension,
    require_above,
    require_county,
    require_owner,
)
from hazards.models import Deadline, Extension, Hazard
from hazards.selectors import people
from hazards.states import EXTENSION, HAZARD
from journal.states import IllegalMove, move, tell
from norms.rules import deadlines
from norms.selectors.deadlines import counted, on
from notify.actions import messages as notify
from org.models import Person
from web.errors import Conflict, Forbidden, Invalid

What = Deadline.What
S = Hazard.Status
REASON_LIMIT = 500


@transaction.atomic
def ask_extension(hazard_id: int, *, by: Person, until: dt.date, reason: str) -> Extension:
    """Ask for more time, at most a year in all; under listed supervision 20 working days ahead. [rule, one city]

    Conflict while another waits, or when it is too late to ask.
    """
    hazard = hazard_for(hazard_id, by=by)
    require_owner(hazard, by)
    if hazard.status not in (S.GRADED, S.RECTIFYING):
        raise IllegalMove(HAZARD, hazard, S.RECTIFYING)
    if open_extension(hazard):
        raise Conflict(_("An extension waits for a decision already."), current=current(hazard), code="asked")
    text = grounds_of(reason, "reason", limit=REASON_LIMIT)
    limit = clocks.limit_of(hazard.pk)
    _check(hazard, limit, until)
    made = Extension.objects.create(hazard=hazard, until=until, reason=text, asked_by=by)
    due = counted(What.DECIDE_EXTENSION, "extension_decided")
    clocks.start_decision(made, due)
    data = {"until": until, "reason": text, "extension": made.pk, "decide_by": due.day}
    tell(HAZARD, hazard, "hazard.extension_asked", by=by, data=data)
    places = [people.desk(people.debtor(hazard, What.DECIDE_EXTENSION))]
    words = {"until": until, "due": due.day, "subject": f"extension:{made.pk}"}
    notify.send_all(people.notices(places, "hazard.extension_asked", hazard, not_to=by.pk, **words), by=by)
    return made


def _check(hazard: Hazard, limit: Deadline | None, until: dt.date) -> None:
    if limit is None:
        raise RuntimeError("a graded ticket has a time limit")
    if until <= deadlines.day_of(limit.due_at):
        raise Invalid.field("until", _("This is no extension: the time limit is later already."))
    begun = Deadline.objects.filter(hazard=hazard, what=What.RECTIFY, rule__in=["general", "major"]).order_by("-id")
    longest = counted(What.RECTIFY, "longest", begun[0].set_at)
    if until > longest.day:
        raise Invalid.field("until", _("At most until %(day)s, a year in all.") % {"day": longest.day})
    if hazard.listed:
        last = counted(What.RECTIFY, "extension_ahead", limit.due_at, backwards=True)
        if now() > last.due_at:
            said = _("Under listed supervision an extension had to be asked for by %(day)s.") % {"day": last.day}
            raise Conflict(said, current={**current(hazard), "ask_by": last.day}, code="too_late")


@transaction.atomic
def decide_extension(hazard_id: int, *, by: Person, granted: bool, answer: str = "") -> Extension:
    """Grant or refuse an extension, by the unit above. Forbidden to whoever asked; Conflict when nobody did."""
    hazard = hazard_for(hazard_id, by=by)
    (require_county if hazard.listed else require_above)(hazard, by)
    extension = extension_for(hazard)
    if extension.asked_by_id == by.pk:
        raise Forbidden(_("Somebody else decides: you asked for it."), code="own_work")
    text = grounds_of(answer, "answer", needed=not granted)
    clocks.stop_decision(extension)
    notify.settle([f"extension:{extension.pk}"], by=by)
    if granted:
        _lengthen(hazard, extension)
    to = Extension.Status.GRANTED if granted else Extension.Status.REFUSED
    decided: dict[str, Any] = {
        "decided_by": by,
        "decided_at": now(),
        "answer": text,
        "generation": extension.generation + 1,
    }
    data = {"until": extension.until, "answer": text, "extension": extension.pk}
    move(EXTENSION, extension, to, by=by, data=data, **decided)
    said = text or people.in_both(Extension.Status(to).label)
    told = people.notice(extension.asked_by_id, "hazard.extension_decided", hazard, answer=said)
    notify.send_all([told], by=by)
    return extension


def _lengthen(hazard: Hazard, extension: Extension) -> None:
    """The new limit takes the old one's place; a ticket without a plan must still plan by its own deadline.

    What is handed in already has no rectification running: there the new limit counts for whether it was in time.
    """
    limit = clocks.limit_of(hazard.pk)
    before = deadlines.day_of(limit.due_at) if limit else extension.until
    due = on(What.RECTIFY, extension.until, "extension", "extension", before=before)
    if hazard.status not in (S.GRADED, S.RECTIFYING):
        clocks.note_limit(hazard.pk, due)
        return
    changes = clocks.turn(hazard, due, keep=[What.PLAN, clocks.DECISION])
    for name, value in changes.items():
        setattr(hazard, name, value)
    hazard.save(update_fields=list(changes))
