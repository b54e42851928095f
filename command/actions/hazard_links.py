"""A hazard that turns dangerous becomes an incident, in one action and once (docs/domain.md 6).

The link is two events, one in the timeline of each side, written with the incident; no column on either.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from command.actions.open_incident import open_incident
from command.models import Incident
from command.selectors.visible import incidents_visible_to
from command.states import INCIDENT
from hazards.actions.lookup import current, hazard_for
from hazards.models import Hazard
from hazards.selectors.tickets import hazards_visible_to
from hazards.states import AT_WORK, HAZARD
from journal.models import Event
from journal.states import tell
from org.models import Person
from web.errors import Conflict, NotFound

BECAME = "hazard.became_incident"


@transaction.atomic
def open_from_hazard(hazard_id: int, *, by: Person, **values: Any) -> Incident:
    """The incident that this hazard has become; a second time it is the same one, whatever is said then.

    ``values`` are those of `open_incident`; the place is the hazard's where none is given. The ticket stays open and
    keeps its deadlines: the danger has to be removed all the same. NotFound out of sight; Conflict for an ended one.
    """
    hazard = hazard_for(hazard_id, by=by)  # the row lock makes a concurrent request wait for the first one's event
    if known := _incident_id(hazard.pk):
        return Incident.objects.get(pk=known)
    if hazard.status not in AT_WORK:
        raise Conflict(_("This ticket has ended, or is not accepted yet."), current=current(hazard))
    place = {"point": values.get("point") or hazard.point}
    incident = open_incident(by=by, **{**values, **place, "exercise": hazard.exercise})
    told = {"hazard": hazard.pk, "hazard_ref": hazard.ref}
    event = tell(INCIDENT, incident, "incident.from_hazard", by=by, data=told)
    data = {"incident": incident.pk, "incident_ref": incident.ref}
    tell(HAZARD, hazard, BECAME, by=by, data=data, cause=event.seq)
    return incident


def open_incident_at(hazard: str, *, by: Person, **values: Any) -> Incident:
    """As the page's address says it: from the hazard of this number, or, where it is empty, from nothing.

    NotFound for what is no number.
    """
    if not hazard:
        return open_incident(by=by, **values)
    if not _is_number(hazard):
        raise NotFound
    return open_from_hazard(int(hazard), by=by, **values)


def incident_of(hazard: str, reader: Person) -> Incident | None:
    """The incident that a hazard which the reader sees has become, if the reader sees that too."""
    found = _seen(hazard, reader)
    known = _incident_id(found.pk) if found else None
    return incidents_visible_to(reader).filter(pk=known).first() if known else None


def suggested(hazard: str, reader: Person) -> dict[str, Any]:
    """What the form says at first of a hazard; empty for one out of sight."""
    found = _seen(hazard, reader)
    if found is None:
        return {}
    kind = str(found.get_kind_display())
    return {
        "title": f"{kind} {found.ref}",
        "unit": found.unit.code,
        "place": found.place,
        "point": f"{found.point.x:.6f},{found.point.y:.6f}",
        "occurred_at": None,
        "description": _("Hazard %(ref)s (%(kind)s): %(text)s People at risk: %(people)s.")
        % {"ref": found.ref, "kind": kind, "text": found.description, "people": found.people_at_risk},
    }


def _seen(hazard: str, reader: Person) -> Hazard | None:
    if not _is_number(hazard):
        return None
    rows = hazards_visible_to(reader).select_related("unit").defer("unit__boundary")
    return rows.filter(pk=int(hazard)).first()


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 19


def _incident_id(hazard_id: int) -> int | None:
    event = Event.objects.filter(subject=f"hazard:{hazard_id}", verb=BECAME).order_by("seq").first()
    return event.data["incident"] if event else None
