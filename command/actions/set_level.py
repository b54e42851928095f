"""Starting, raising and lowering a response: by a named person, on stated grounds, never by the software."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from command.actions.change_incident import required_grounds
from command.actions.lookup import incident_for, require
from command.models import Incident, Scale
from command.states import INCIDENT
from journal.errors import Conflict, Invalid
from journal.states import move, tell
from org import capabilities
from org.capabilities import LEVEL
from org.models import Person

GRAVITY = {"": 0, "IV": 1, "III": 2, "II": 3, "I": 4}


@transaction.atomic
def set_response_level(
    incident_id: int, *, by: Person, level: str, grounds: str, document: str = "", expected: str | None = None
) -> Incident:
    """Start a level, or move to another one.

    ``by`` must be an approver of the graver of the old and the new (DOMAIN section 2).

    ``expected`` is the level that the person saw. Conflict with the present one when it has changed meanwhile, or is
    this already.
    """
    incident = incident_for(incident_id, by=by, capability=capabilities.VIEW)
    if level not in Scale.values:
        raise Invalid.field("level", _("Choose one of: %(choices)s.") % {"choices": ", ".join(Scale.values)})
    before = incident.response_level
    graver = max(before, level, key=GRAVITY.__getitem__)
    require(by, LEVEL[graver], incident.unit.path)
    if before == level or (expected is not None and expected != before):
        raise Conflict(
            _("The response level is now %(level)s.") % {"level": before or _("none")},
            current={"id": incident.pk, "status": incident.status, "response_level": before},
        )
    data = {"from_level": before, "level": level, "grounds": required_grounds(grounds), "document": document}
    if incident.status == Incident.Status.RESPONDING:
        _change(incident, before, level, by, data)
    else:
        move(INCIDENT, incident, Incident.Status.RESPONDING, by=by, data=data, response_level=level)
    return incident


def _change(incident: Incident, before: str, level: str, by: Person, data: dict) -> None:
    verb = "incident.level_raised" if GRAVITY[level] > GRAVITY[before] else "incident.level_lowered"
    incident.response_level = level
    incident.save(update_fields=["response_level"])
    tell(INCIDENT, incident, verb, by=by, data=data)
