"""Starting, raising and lowering a response: by a named person, on stated grounds, never by the software."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from command.actions.consent import Consent, given, put_on_record
from command.actions.levels import authority, put_level
from command.actions.lookup import incident_for, required_grounds
from command.actions.respond import change_level
from command.models import Incident, Response
from command.selectors.levelling import running_version
from org.models import Person
from org.rules import capabilities
from plans.rules.words import LEVEL_WORDS
from web.errors import Conflict


@transaction.atomic
def set_response_level(
    incident_id: int,
    *,
    by: Person,
    level: str,
    grounds: str,
    document: str = "",
    expected: str | None = None,
    consent: Consent | None = None,
    sign_notice: bool = False,
) -> Incident:
    """Start a level without a plan, or move to another one; where a plan's response runs, that one changes.

    ``by`` must be an approver of the graver of the old and the new (docs/domain.md 2).

    ``expected`` is the level that the person saw. Conflict with the present one when it has changed meanwhile, or is
    this already.
    """
    incident = incident_for(incident_id, by=by, capability=capabilities.VIEW)
    before = incident.response_level
    authority(incident, level, by=by, version=running_version(incident))
    running = Response.objects.filter(incident=incident, status=Response.Status.RUNNING).first()
    if running is not None:
        changed = change_level(
            running.pk, by=by, level=level, grounds=grounds, document=document, expected=expected, consent=consent,
            sign_notice=sign_notice,
        )  # fmt: skip
        return changed.incident
    if before == level or (expected is not None and expected != before):
        raise Conflict(
            _("In effect now: %(level)s.") % {"level": LEVEL_WORDS.get(before, _("none"))},
            current={"id": incident.pk, "status": incident.status, "response_level": before},
        )
    text = required_grounds(grounds)
    put_on_record(incident, given(incident, before, level, consent, by=by), by=by)
    put_level(incident, before, level, by=by, grounds=text, document=document)
    return incident
