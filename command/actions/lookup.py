"""Finding what an action is about, locked and inside the actor's jurisdiction."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from command import selectors
from command.models import Assignment, Incident, Order
from journal.errors import Forbidden, Invalid, NotFound
from org.codes import normalise
from org.jurisdiction import allowed
from org.models import Person, Unit


def incident_for(incident_id: int, *, by: Person, capability: str) -> Incident:
    """The incident under FOR UPDATE. NotFound when ``by`` cannot see it, Forbidden when seeing is all they may."""
    incident = (
        selectors.incidents_visible_to(by)
        .select_related("unit", "commander")
        .select_for_update(of=("self",))
        .filter(pk=incident_id)
        .first()
    )
    if incident is None:
        raise NotFound
    require(by, capability, incident.unit.path)
    return incident


def order_for(order_id: int, *, by: Person, capability: str) -> Order:
    order = (
        selectors.orders_visible_to(by)
        .select_related("unit")
        .select_for_update(of=("self",))
        .filter(pk=order_id)
        .first()
    )
    if order is None:
        raise NotFound
    require(by, capability, order.unit.path)
    return order


def assignment_for(assignment_id: int, *, by: Person) -> Assignment:
    """The assignment under FOR UPDATE, with everything that its card needs."""
    assignment = (
        selectors.assignments_visible_to(by)
        .select_related("order", "unit", "post", "person", "answered_by")
        .select_for_update(of=("self",))
        .filter(pk=assignment_id)
        .first()
    )
    if assignment is None:
        raise NotFound
    return assignment


def require(by: Person, capability: str, path: str) -> None:
    if not allowed(by, capability, path):
        raise Forbidden(_("Your posts do not allow this here."))


def unit_for(code: str, *, by: Person, field: str = "unit") -> Unit:
    """The active unit of a 6, 9 or 12 digit code inside the actor's jurisdiction; Invalid names ``field``."""
    return units_for([code], by=by, field=field)[0]


def units_for(codes: Sequence[str], *, by: Person, field: str = "units") -> list[Unit]:
    """The units of these codes, each one seen by ``by``.

    Invalid lists every code that is malformed, unknown or outside.
    """
    wanted, complaints = [], []
    for code in codes:
        try:
            wanted.append(normalise(code))
        except ValueError:
            complaints.append(_("“%(code)s” is not a unit code of 6, 9 or 12 digits.") % {"code": code})
    found = {unit.code: unit for unit in selectors.units_visible_to(by).filter(code__in=wanted, active=True)}
    complaints += [
        _("There is no unit %(code)s in your jurisdiction.") % {"code": code} for code in wanted if code not in found
    ]
    if complaints:
        raise Invalid(_("Some fields need attention."), fields={field: complaints})
    return [found[code] for code in dict.fromkeys(wanted)]
