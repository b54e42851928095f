"""Closing a ticket, as rectified or otherwise (counted apart), and reopening it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from database.clock import now
from hazards.actions import clocks
from hazards.actions.advance import advance, lapse_extension, may
from hazards.actions.letters import drop_drafts
from hazards.actions.lookup import (
    grounds_of,
    hazard_for,
    rectifiers,
    require_above,
    require_inspector,
    require_verifier,
)
from hazards.actions.sign import require_signatures
from hazards.actions.supervise import delist
from hazards.models import Deadline, Hazard, Plan
from hazards.rules.words import Closure
from hazards.selectors import people
from hazards.states import HAZARD
from journal.states import IllegalMove
from norms.rules.deadlines import Computed
from norms.selectors.deadlines import counted
from org.models import Person
from web.errors import Forbidden, Invalid

What = Deadline.What
S = Hazard.Status


@transaction.atomic
def close(hazard_id: int, *, by: Person, how: str = Closure.RECTIFIED, grounds: str = "") -> Hazard:
    """Close it. Rectified: after a re-inspection and the signatures that its grade needs (销号), by the inspector's
    side. Otherwise: with grounds, by the unit above.

    Never by whose work it was. IllegalMove for one that was not re-inspected, or has ended.
    """
    hazard = hazard_for(hazard_id, by=by)
    if how not in Closure.values:
        raise Invalid.field("how", _("Choose one of: %(choices)s.") % {"choices": ", ".join(Closure.values)})
    rectified = how == Closure.RECTIFIED
    _may_close(hazard, by, rectified)
    may(hazard, S.CLOSED, "hazard.closed")
    if rectified and hazard.status != S.INSPECTED:
        raise IllegalMove(HAZARD, hazard, S.CLOSED)
    if rectified:
        require_signatures(hazard)
    text = grounds_of(grounds, needed=not rectified)
    ending: dict[str, Any] = {"closure": how, "closed_at": now(), "closed_by": by, "close_note": text}
    ending["in_time"] = clocks.met_limit(hazard.pk) if rectified else None
    data = {"closure_name": people.closure_words(how), "grounds": text, "in_time": ending["in_time"]}
    lapse_extension(hazard, by=by)
    advance(hazard, S.CLOSED, by=by, data=data, **ending)
    drop_drafts(hazard, by=by)
    if hazard.listed:
        delist(hazard, by=by)
    return hazard


def _may_close(hazard: Hazard, by: Person, rectified: bool) -> None:
    if rectified:
        require_inspector(hazard, by)
        return
    require_above(hazard, by)
    if by.pk in rectifiers(hazard):
        raise Forbidden(_("Somebody else has to close it: you took part in the rectification."), code="own_work")


@transaction.atomic
def reopen(hazard_id: int, *, by: Person, grounds: str) -> Hazard:
    """Reopen a ticket that is dangerous again, or was never removed: back to work with its plan, or to where it had got
    to.
    """
    hazard = hazard_for(hazard_id, by=by)
    require_verifier(hazard, by)
    to, new = _resumed(hazard)
    may(hazard, to, "hazard.reopened")
    text = grounds_of(grounds)
    cleared: dict[str, Any] = {"closure": "", "closed_at": None, "closed_by": None, "close_note": "", "in_time": None}
    data = {"grounds": text, "was": hazard.closure}
    advance(hazard, to, *new, by=by, data=data, reopened=hazard.reopened + 1, **cleared)
    return hazard


def _resumed(hazard: Hazard) -> tuple[str, list[Computed]]:
    if not hazard.grade:
        return S.REGISTERED, [clocks.at_once_or_later(hazard, What.GRADE, "grade")]
    limit = counted(What.RECTIFY, hazard.grade)
    if Plan.objects.filter(hazard=hazard).exists():
        return S.RECTIFYING, [limit]
    return S.GRADED, [counted(What.PLAN, "plan"), limit]
