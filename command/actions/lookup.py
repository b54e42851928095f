"""Row lookup for actions: SELECT … FOR UPDATE within the actor's jurisdiction."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from command.models import Assignment, Incident, Order, Proposal, Response
from command.selectors import visible
from org.models import Person, Unit
from org.rules import capabilities
from org.rules.codes import normalise
from org.selectors.jurisdiction import allowed
from web.errors import Conflict, Forbidden, Invalid, NotFound


def incident_for(incident_id: int, *, by: Person, capability: str) -> Incident:
    """The incident under FOR UPDATE. NotFound when ``by`` cannot see it, Forbidden when seeing is all they may."""
    incident = (
        visible.incidents_visible_to(by)
        .select_related("unit", "commander", "desk_officer", "headquarters__unit")
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
        visible.orders_visible_to(by)
        .select_related("unit", "headquarters", "issued_by")
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
        visible.assignments_visible_to(by)
        .select_related("order", "unit", "post", "person", "answered_by")
        .select_for_update(of=("self",))
        .filter(pk=assignment_id)
        .first()
    )
    if assignment is None:
        raise NotFound
    return assignment


def response_for(response_id: int, *, by: Person) -> Response:
    """The running response under FOR UPDATE, with its incident, which is locked first.

    NotFound when ``by`` cannot see its incident; Conflict when it is over.
    """
    incident_id = Response.objects.filter(pk=response_id).values_list("incident", flat=True).first()
    if incident_id is None:
        raise NotFound
    incident = incident_for(incident_id, by=by, capability=capabilities.VIEW)
    rows = Response.objects.select_related("version__plan__unit", "started_by", "approved_by", "headquarters")
    response = rows.select_for_update(of=("self",)).get(pk=response_id)
    response.incident = incident
    if response.status != Response.Status.RUNNING:
        raise Conflict(
            _("This response is over."),
            current={"id": incident.pk, "response": response.pk, "status": response.status},
            code="response_over",
        )
    return response


def proposal_for(proposal_id: int, *, by: Person) -> Proposal:
    """The proposal under FOR UPDATE. NotFound when ``by`` does not see its unit."""
    rows = visible.proposals_visible_to(by).select_related("unit", "version__plan__unit").defer("unit__boundary")
    proposal = rows.select_for_update(of=("self",)).filter(pk=proposal_id).first()
    if proposal is None:
        raise NotFound
    return proposal


def required_grounds(text: str) -> str:
    if not text.strip():
        raise Invalid.field("grounds", _("Give the grounds: they stand in the record."))
    return text.strip()


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
    found = {unit.code: unit for unit in visible.units_visible_to(by).filter(code__in=wanted, active=True)}
    complaints += [
        _("There is no unit %(code)s in your jurisdiction.") % {"code": code} for code in wanted if code not in found
    ]
    if complaints:
        raise Invalid(_("Some fields need attention."), fields={field: complaints})
    return [found[code] for code in dict.fromkeys(wanted)]
