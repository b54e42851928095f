"""The life of an incident after it was opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from command.actions.end_response import close_response, running_on
from command.actions.levels import note_signature, require_level
from command.actions.lookup import incident_for, required_grounds
from command.models import Category, EndCondition, Incident, Scale
from command.selectors.approvers import rule_for
from command.selectors.levelling import running_version
from command.states import INCIDENT
from journal.states import move, tell
from org.models import Person
from org.rules import capabilities
from web.errors import Invalid

AMENDABLE = ("title", "category", "grade", "place", "description", "point", "occurred_at")


@transaction.atomic
def amend_incident(incident_id: int, *, by: Person, changes: dict[str, Any]) -> Incident:
    """Correct what is known. The event keeps what it said before. Invalid by field for an unknown or empty one."""
    incident = incident_for(incident_id, by=by, capability=capabilities.INCIDENT)
    _check_changes(changes)
    changed = {name: value for name, value in changes.items() if getattr(incident, name) != value}
    if not changed:
        return incident
    before = {name: str(getattr(incident, name) or "") for name in changed}
    for name, value in changed.items():
        setattr(incident, name, value)
    incident.save(update_fields=list(changed))
    after = {name: str(value or "") for name, value in changed.items()}
    tell(INCIDENT, incident, "incident.amended", by=by, data={"before": before, "after": after})
    return incident


def _check_changes(changes: dict[str, Any]) -> None:
    fields = {name: [_("This cannot be changed here.")] for name in changes if name not in AMENDABLE}
    if "title" in changes and not str(changes["title"]).strip():
        fields["title"] = [_("Say in a few words what happened.")]
    for name, choices in (("category", Category.values), ("grade", ["", *Scale.values])):
        if name in changes and changes[name] not in choices:
            fields[name] = [_("Choose one of: %(choices)s.") % {"choices": ", ".join(filter(None, choices))}]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)


@transaction.atomic
def warn(incident_id: int, *, by: Person, grounds: str) -> Incident:
    """Monitored → warned."""
    return _move(incident_id, Incident.Status.WARNED, by=by, grounds=grounds)


@transaction.atomic
def end_incident(
    incident_id: int,
    *,
    by: Person,
    grounds: str,
    confirmed: Sequence[str] = (),
    document: str = "",
    sign_notice: bool = False,
) -> Incident:
    """End the response, by whoever may end its level.

    Where a response runs, the conditions that were said to be met count (Conflict lists each, met or not), and what is
    not done is called off. Otherwise each condition must be ``confirmed`` by name; Invalid lists the unmet.
    """
    incident = incident_for(incident_id, by=by, capability=capabilities.INCIDENT)
    if incident.response_level:
        require_level(incident, incident.response_level, by=by, version=running_version(incident))
        rule = rule_for(incident, incident.response_level, running_version(incident))
        note_signature(INCIDENT, incident, rule, by=by)
    response = running_on(incident)
    if response is None:
        _require_confirmed(confirmed)
    data = {
        "grounds": required_grounds(grounds),
        "document": document,
        "confirmed": EndCondition.Code.values,
        "level": incident.response_level,
    }
    event = move(INCIDENT, incident, Incident.Status.ENDED, by=by, data=data, response_level="")
    if response is not None:
        close_response(response, by=by, reason=grounds, sign_notice=sign_notice, cause=event.seq)
    return incident


def _require_confirmed(confirmed: Sequence[str]) -> None:
    unmet = [condition for condition in EndCondition.Code.values if condition not in confirmed]
    if unmet:
        raise Invalid(
            _("A response ends only when every condition is met."), code="conditions_unmet", fields={"confirmed": unmet}
        )


@transaction.atomic
def start_recovery(incident_id: int, *, by: Person, grounds: str) -> Incident:
    return _move(incident_id, Incident.Status.RECOVERING, by=by, grounds=grounds)


@transaction.atomic
def review(incident_id: int, *, by: Person, grounds: str) -> Incident:
    return _move(incident_id, Incident.Status.REVIEWED, by=by, grounds=grounds)


@transaction.atomic
def reopen(incident_id: int, *, by: Person, grounds: str) -> Incident:
    """Reopen an incident that was ended too early, or has begun again: monitored from now on. What was called off with
    it stays so; a level is started anew by whoever approves it.
    """
    return _move(incident_id, Incident.Status.MONITORED, by=by, grounds=grounds)


@transaction.atomic
def archive(incident_id: int, *, by: Person, grounds: str) -> Incident:
    return _move(incident_id, Incident.Status.ARCHIVED, by=by, grounds=grounds)


def _move(incident_id: int, to: str, *, by: Person, grounds: str) -> Incident:
    incident = incident_for(incident_id, by=by, capability=capabilities.INCIDENT)
    move(INCIDENT, incident, to, by=by, data={"grounds": required_grounds(grounds)})
    return incident
