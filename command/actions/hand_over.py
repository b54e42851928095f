"""Transfer of command: offered by the commander, accepted by the other. Until then the first one commands."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from command.actions.lookup import incident_for
from command.models import Incident
from command.states import INCIDENT
from journal.states import tell
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.models import Person
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from web.errors import Conflict, Forbidden, Invalid


@transaction.atomic
def offer_command(incident_id: int, *, by: Person, to: Person) -> Incident:
    """The commander, or whoever holds the command capability above them, offers command to ``to``."""
    incident = incident_for(incident_id, by=by, capability=capabilities.VIEW)
    if incident.commander is None:
        raise Conflict(
            _("Nobody commands yet: whoever approves the response level does. Until then %(name)s handles it.")
            % {"name": incident.desk_officer.label},
            current={"id": incident.pk, "commander": None, "desk_officer": incident.desk_officer_id},
            code="no_commander",
        )
    if by != incident.commander and not allowed(by, capabilities.COMMAND, incident.unit.path):
        raise Forbidden(_("Only the commander, or who may take command here, can hand it over."))
    if to == incident.commander or not (to.is_active and allowed(to, capabilities.COMMAND, incident.unit.path)):
        raise Invalid.field("to", _("This person cannot take command here."))
    incident.offered_to = to
    incident.save(update_fields=["offered_to"])
    tell(INCIDENT, incident, "incident.command_offered", by=by, data={"to": to.pk, "to_name": _two_names(to)})
    notify.send_all(
        [
            Notice(
                to.pk,
                "command.offered",
                _subject(incident),
                incident.unit.path,
                data={"ref": incident.ref, "title": incident.title, "from": _two_names(by)},
                url=f"/incidents/{incident.pk}/",
                alarm=True,
                exercise=incident.exercise,
            )
        ],
        by=by,
    )
    return incident


@transaction.atomic
def accept_command(incident_id: int, *, by: Person) -> Incident:
    """Accept command, by the person to whom it was offered; from this commit on they command."""
    incident = _offered(incident_id, by)
    before, incident.commander, incident.offered_to = incident.commander, by, None
    incident.save(update_fields=["commander", "offered_to"])
    notify.settle([_subject(incident)], by=by)
    data = {"from_name": _two_names(before or incident.desk_officer)}
    tell(INCIDENT, incident, "incident.command_taken", by=by, data=data)
    return incident


@transaction.atomic
def decline_command(incident_id: int, *, by: Person) -> Incident:
    """The offer is gone and the commander stays. Conflict for anybody to whom it was not made."""
    incident = _offered(incident_id, by)
    incident.offered_to = None
    incident.save(update_fields=["offered_to"])
    notify.settle([_subject(incident)], by=by)
    tell(INCIDENT, incident, "incident.command_declined", by=by)
    return incident


def _offered(incident_id: int, by: Person) -> Incident:
    incident = incident_for(incident_id, by=by, capability=capabilities.VIEW)
    if incident.offered_to_id != by.pk:
        raise Conflict(
            _("Command is not being offered to you."), current={"id": incident.pk, "commander": incident.commander_id}
        )
    return incident


def _subject(incident: Incident) -> str:
    return f"command_offer:{incident.pk}"


def _two_names(person: Person) -> dict[str, str]:
    return {"zh": person.name, "en": person.name_en}
