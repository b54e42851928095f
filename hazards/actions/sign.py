"""The signatures before a hazard is closed as rectified (销号): the rectifying unit, the territory, the industry
department. How many of the three a grade needs is the county's number.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from hazards.actions.lookup import allows, current, grounds_of, hazard_for, refuse, require_owner
from hazards.models import ClosureSignature, Hazard
from hazards.rules.words import Role
from hazards.selectors import people, signatures
from hazards.states import HAZARD
from journal.states import tell
from org.models import Person, Unit
from org.rules import capabilities
from web.errors import Conflict, Forbidden, Invalid

NOTE_LIMIT = 300


@transaction.atomic
def sign_closure(hazard_id: int, *, by: Person, role: str, note: str = "") -> ClosureSignature:
    """Sign for one side that what was re-inspected may be closed; nobody signs for two sides.

    Conflict (409) before the re-inspection has passed, and where the side has signed already.
    """
    hazard = hazard_for(hazard_id, by=by)
    if role not in Role.values:
        raise Invalid.field("role", _("Choose one of: %(choices)s.") % {"choices": ", ".join(Role.values)})
    inspection = signatures.passed(hazard)
    if inspection is None:
        raise Conflict(_("It is signed once a re-inspection has passed."), current=current(hazard))
    side = require_side(hazard, role, by)
    there = list(inspection.signatures.all())
    if any(row.role == role for row in there):
        raise Conflict(_("This side has signed already."), current=current(hazard), code="signed")
    if any(row.by_id == by.pk for row in there):
        raise Forbidden(_("You have signed for another side: somebody else signs for this one."), code="own_work")
    text = grounds_of(note, "note", limit=NOTE_LIMIT, needed=False)
    made = ClosureSignature.objects.create(inspection=inspection, role=role, unit=side, by=by, note=text)
    data = {"role": role, "role_name": people.role_words(role), "unit_name": people.names(side), "signature": made.pk}
    tell(HAZARD, hazard, "hazard.closure_signed", by=by, data=data)
    return made


def require_side(hazard: Hazard, role: str, by: Person) -> Unit:
    """The unit for which ``by`` may sign in this role; Forbidden otherwise, Conflict where the hazard has none."""
    side = signatures.side(hazard, role)
    if side is None:
        raise Conflict(_("No industry department is named for this hazard."), current=current(hazard))
    if role == Role.OWNER:
        require_owner(hazard, by)
    elif not allows(by, capabilities.VERIFY if role == Role.TERRITORY else capabilities.ANSWER, side.path):
        raise refuse()
    return side


def require_signatures(hazard: Hazard) -> None:
    """Conflict that names the sides whose signature is still missing."""
    lacking = signatures.lacking(hazard)
    if lacking:
        sides = _(", ").join(str(Role(role).label) for role in lacking)
        raise Conflict(
            _("Before it is closed, these sides have to sign: %(sides)s.") % {"sides": sides},
            current={**current(hazard), "lacking": lacking},
            code="unsigned",
        )
