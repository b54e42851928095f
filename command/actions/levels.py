"""The response level of an incident: who may put it into effect, and its record."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from command.models import Incident, ResponseLevel
from command.selectors.approvers import Rule, may_act_first, may_by_right, may_decide, rule_for, signs_for
from command.selectors.levelling import GRAVITY, deciding
from command.states import INCIDENT
from journal.models import Event
from journal.states import Machine, move, tell
from notify.actions import messages as notify
from org.cards import names
from org.models import Person
from plans.models import Version
from plans.rules.words import WARNING_LEVELS
from web.errors import Forbidden, Invalid


def authority(
    incident: Incident, level: str, *, by: Person, version: Version | None = None, act_first: bool = False
) -> bool:
    """True: ``by`` approves the move (`levelling.deciding`). False: acts first, and is approved afterwards.

    A township may act first on an incident of its own that has no level yet, by whoever holds incidents and orders in
    the township itself (docs/domain.md 2). Forbidden for everybody else; Invalid for a level that is none.
    """
    if level not in ResponseLevel.values:
        raise Invalid.field("level", _("Choose one of: %(choices)s.") % {"choices": ", ".join(ResponseLevel.values)})
    if may_decide(by, rule_for(incident, deciding(incident.response_level, level), version)):
        return True
    if act_first and may_act_first(incident, by):
        return False
    raise Forbidden(_("Your posts do not allow this here."))


def require_level(incident: Incident, level: str, *, by: Person, version: Version | None = None) -> None:
    """Forbidden for whoever may not decide about this level."""
    if not may_decide(by, rule_for(incident, level, version)):
        raise Forbidden(_("Your posts do not allow this here."))


def note_signature(machine: Machine, row: Any, rule: Rule, *, by: Person) -> None:
    """Where ``by`` decides on a level for a leader who is away: the journal names both, and on what ground."""
    if not rule.level or may_by_right(by, rule):
        return
    found = signs_for(by, rule)
    if found is None or found.stay is None or found.authorisation is None:
        return  # a township that acted first
    data = {
        "leader": found.leader.pk,
        "leader_name": names(found.leader),
        "where": found.stay.words,
        "ground": found.ground,
        "authorisation": found.authorisation.pk,
        "level": rule.level,
    }
    tell(machine, row, "level.signed_for", by=by, data=data)


def take_charge(incident: Incident, by: Person) -> None:
    """Whoever approves the level commands (docs/domain.md 2); an offer of command to somebody else is void."""
    if incident.commander_id == by.pk:
        return
    if incident.offered_to_id is not None:
        notify.settle([f"command_offer:{incident.pk}"], by=by)
    incident.commander, incident.offered_to = by, None
    incident.save(update_fields=["commander", "offered_to"])


def put_level(
    incident: Incident, before: str, level: str, *, by: Person, grounds: str, document: str = "", approved: bool = True,
    version: Version | None = None,
) -> Event | None:  # fmt: skip
    """Write the level of a locked incident, warned on the warning ladder and responding on the other; None where it has
    this one already. ``approved``: by whoever may, who commands from now on.
    """
    if approved and (before != level or incident.commander_id is None):
        take_charge(incident, by)
    note_signature(INCIDENT, incident, rule_for(incident, deciding(before, level), version), by=by)
    data = {"from_level": before, "level": level, "grounds": grounds, "document": document}
    status = Incident.Status.WARNED if level in WARNING_LEVELS else Incident.Status.RESPONDING
    if incident.status != status:
        return move(INCIDENT, incident, status, by=by, data=data, response_level=level)
    if before == level:
        return None
    if not before:  # It was set to warned by hand, without a response.
        incident.response_level = level
        incident.save(update_fields=["response_level"])
        return tell(INCIDENT, incident, "incident.warning_response_started", by=by, data=data)
    incident.response_level = level
    incident.save(update_fields=["response_level"])
    verb = "incident.level_raised" if GRAVITY[level] > GRAVITY[before] else "incident.level_lowered"
    return tell(INCIDENT, incident, verb, by=by, data=data)
