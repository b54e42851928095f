"""Bulk assignment of a leader: one for many tickets, with one statement a table."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from hazards.actions.lookup import current, hazards_for, require_verifier
from hazards.actions.route import MOST
from hazards.models import Hazard
from hazards.selectors import people
from hazards.states import AT_WORK, HAZARD
from journal.actions.recording import record_all
from journal.states import fact_of
from notify.actions import messages as notify
from org.models import Person
from org.rules.codes import is_within
from org.selectors.jurisdiction import jurisdiction_of
from web.errors import Conflict, Invalid


@transaction.atomic
def bulk_lead(hazard_ids: Sequence[int], *, by: Person, person: int) -> int:
    """Name who leads the rectification of all of these, or of none; returns how many have a new leader.

    Invalid (``person``) when somebody has no post in or over a ticket's responsible unit; Conflict for an ended ticket.
    """
    if not 0 < len(set(hazard_ids)) <= MOST:
        raise Invalid.field("hazards", _("Choose between 1 and %(most)s tickets.") % {"most": MOST})
    hazards = hazards_for(hazard_ids, by=by)
    for hazard in hazards:
        require_verifier(hazard, by)
    leader = _leader(person, hazards)
    for hazard in hazards:
        if hazard.status not in AT_WORK:
            said = _("%(ref)s has ended, or is not accepted yet.") % {"ref": hazard.ref}
            raise Conflict(said, current=current(hazard))
    changing = [hazard for hazard in hazards if hazard.leader_id != leader.pk]
    Hazard.objects.filter(pk__in=[hazard.pk for hazard in changing]).update(leader=leader)
    data = {"leader": leader.pk, "leader_name": people.names(leader)}
    record_all([fact_of(HAZARD, hazard, "hazard.leader_named", data) for hazard in changing], by=by)
    if leader.pk != by.pk:
        notify.send_all([people.notice(leader.pk, "hazard.lead", hazard) for hazard in changing], by=by)
    return len(changing)


def _leader(person_id: int, hazards: list[Hazard]) -> Person:
    found = Person.objects.filter(pk=person_id, is_active=True).first()
    held = list(jurisdiction_of(found).grants) if found else []
    strays = [
        hazard.ref
        for hazard in hazards
        if not any(is_within(path, hazard.owner.path) or is_within(hazard.owner.path, path) for path in held)
    ]
    if found is None or strays:
        said = _("This person has no post where these are to be rectified: %(refs)s.")
        raise Invalid.field("person", said % {"refs": ", ".join(strays[:5])})
    return found
