"""Who stands where about a ticket, changed by hand: the industry department, and whose it is."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from hazards.actions.lookup import current, grounds_of, hazard_for, require_verifier, unit_for
from hazards.models import Hazard
from hazards.selectors import people
from hazards.states import AT_WORK, HAZARD
from journal.states import tell
from org.models import Person, Unit
from web.errors import Conflict, Invalid

S = Hazard.Status


@transaction.atomic
def assign_roles(hazard_id: int, *, by: Person, regulator: str, principal: str = "") -> Hazard:
    """Name the department that watches over this hazard (by code), and whose it is: a household, a firm, a collective.

    Conflict once it has ended; the signatures that are there stand.
    """
    hazard = hazard_for(hazard_id, by=by)
    require_verifier(hazard, by)
    if hazard.status not in AT_WORK:
        raise Conflict(_("This ticket has ended, or was not taken up yet."), current=current(hazard))
    department = unit_for(regulator, by=by, near=hazard, field="regulator")
    if department.level != Unit.Level.DEPARTMENT:
        raise Invalid.field("regulator", _("The industry department is a department of the county."))
    hazard.regulator = department
    hazard.principal = grounds_of(principal, "principal", limit=80, needed=False)
    hazard.save(update_fields=["regulator", "principal"])
    data = {"regulator": department.code, "regulator_name": people.names(department), "principal": hazard.principal}
    tell(HAZARD, hazard, "hazard.roles_named", by=by, data=data)
    return hazard
