"""Triage of a report: taken up or turned away, registered, graded, a leader named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hazards.actions import clocks
from hazards.actions.advance import advance, may
from hazards.actions.lookup import (
    current,
    grounds_of,
    hazard_for,
    person_for,
    require,
    require_verifier,
)
from hazards.models import Criterion, Deadline, Hazard
from hazards.rules.classes import RISKS
from hazards.rules.words import Grade, MajorReason
from hazards.selectors import people
from hazards.states import AT_WORK, HAZARD
from journal.states import tell
from norms.selectors.deadlines import counted
from notify.actions import messages as notify
from org.models import Person
from org.rules import capabilities
from web.errors import Conflict, Invalid

What = Deadline.What
S = Hazard.Status
MOST_PEOPLE = 1_000_000


@transaction.atomic
def take_up(hazard_id: int, *, by: Person) -> Hazard:
    """The township takes up what the public reported: the ticket begins. IllegalMove when it is not held."""
    hazard = hazard_for(hazard_id, by=by)
    require(by, capabilities.VERIFY, hazard.unit.path)
    may(hazard, S.FOUND, "hazard.taken_up")
    advance(hazard, S.FOUND, clocks.at_once_or_later(hazard, What.REGISTER, "register"), by=by)
    return hazard


@transaction.atomic
def turn_away(hazard_id: int, *, by: Person, grounds: str) -> Hazard:
    """Reject a public report, with grounds; it stays readable and ends."""
    hazard = hazard_for(hazard_id, by=by)
    require(by, capabilities.VERIFY, hazard.unit.path)
    may(hazard, S.TURNED_AWAY, "hazard.turned_away")
    text = grounds_of(grounds)
    advance(hazard, S.TURNED_AWAY, by=by, data={"grounds": text}, close_note=text)
    return hazard


@transaction.atomic
def register(
    hazard_id: int,
    *,
    by: Person,
    people_at_risk: int | None = None,
    place: str | None = None,
    principal: str | None = None,
) -> Hazard:
    """Register (confirm) a found hazard, by somebody of the place or of the responsible unit; the number of people may
    be corrected, and ``principal`` names whose it is. Where people are threatened, it is graded on the same day.
    """
    hazard = hazard_for(hazard_id, by=by)
    require(by, capabilities.ANSWER, hazard.owner.path, hazard.unit.path)
    may(hazard, S.REGISTERED, "hazard.registered")
    changes: dict[str, Any] = {}
    if people_at_risk is not None:
        if not 0 <= people_at_risk <= MOST_PEOPLE:
            raise Invalid.field("people_at_risk", _("At most %(limit)s.") % {"limit": MOST_PEOPLE})
        changes["people_at_risk"] = people_at_risk
    if place is not None:
        changes["place"] = grounds_of(place, "place", limit=160, needed=False)
    if principal is not None:
        changes["principal"] = grounds_of(principal, "principal", limit=80, needed=False)
    hazard.people_at_risk = changes.get("people_at_risk", hazard.people_at_risk)
    advance(hazard, S.REGISTERED, clocks.at_once_or_later(hazard, What.GRADE, "grade"), by=by, **changes)
    return hazard


@transaction.atomic
def grade(
    hazard_id: int,
    *,
    by: Person,
    grade: str,
    reasons: Sequence[str] = (),
    grounds: str = "",
    leader: int | None = None,
    risk: str = "",
    criterion: int | None = None,
) -> Hazard:
    """General or major, with grounds; a major one names its reasons (any one will do). [rule]

    ``risk``: the grade of its kind (a house of class D); ``criterion``: the clause by which it is judged.

    The time limit runs from here: 15 days, or 90 with interim control. [default]
    """
    hazard = hazard_for(hazard_id, by=by)
    require_verifier(hazard, by)
    may(hazard, S.GRADED, "hazard.graded")
    changes = _graded(grade, reasons, grounds) | _judged(hazard, risk, criterion)
    data = {"grounds": changes["grade_note"], "grade_name": people.grade_words(grade), "reasons": changes["reasons"]}
    plan, limit = counted(What.PLAN, "plan"), counted(What.RECTIFY, grade)
    advance(hazard, S.GRADED, plan, limit, by=by, data=data, **changes)
    if leader is not None:
        _lead(hazard, leader, by)
    return hazard


def _graded(grade: str, reasons: Sequence[str], grounds: str) -> dict[str, Any]:
    if grade not in Grade.values:
        raise Invalid.field("grade", _("Choose one of: %(choices)s.") % {"choices": ", ".join(Grade.values)})
    strange = [reason for reason in reasons if reason not in MajorReason.values]
    if strange:
        raise Invalid.field("reasons", _("Choose one of: %(choices)s.") % {"choices": ", ".join(MajorReason.values)})
    if grade == Grade.MAJOR and not reasons:
        raise Invalid.field("reasons", _("Say why it is major: choose at least one reason."))
    if grade == Grade.GENERAL and reasons:
        raise Invalid.field("reasons", _("Each of these reasons makes it major."))
    return {"grade": grade, "reasons": list(dict.fromkeys(reasons)), "grade_note": grounds_of(grounds)}


def _judged(hazard: Hazard, risk: str, criterion: int | None) -> dict[str, Any]:
    known = RISKS.get(hazard.kind, {})
    if risk and risk not in known:
        raise Invalid.field("risk", _("Choose one of: %(choices)s.") % {"choices": ", ".join(known) or "–"})
    rows = Criterion.objects.filter(kind=hazard.kind, active=True)
    if criterion is not None and not rows.filter(pk=criterion).exists():
        raise Invalid.field("criterion", _("This criterion is none of this kind of hazard."))
    return {"risk": risk, "criterion_id": criterion}


@transaction.atomic
def assign_leader(hazard_id: int, *, by: Person, person: int) -> Hazard:
    """Name who leads the rectification: somebody with a post in the responsible unit, or over it."""
    hazard = hazard_for(hazard_id, by=by)
    require_verifier(hazard, by)
    if hazard.status not in AT_WORK:
        raise Conflict(_("This ticket has ended, or is not accepted yet."), current=current(hazard))
    _lead(hazard, person, by)
    return hazard


def _lead(hazard: Hazard, person_id: int, by: Person) -> None:
    leader = person_for(person_id, "leader", hazard.owner)
    hazard.leader = leader
    hazard.save(update_fields=["leader"])
    tell(HAZARD, hazard, "hazard.leader_named", by=by, data={"leader": leader.pk, "leader_name": people.names(leader)})
    if leader.pk != by.pk:
        notify.send_all([people.notice(leader.pk, "hazard.lead", hazard)], by=by)
