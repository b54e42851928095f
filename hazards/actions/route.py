"""Reassigning tickets to another unit: one by hand, or many at once with one statement a table."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from hazards.actions.lookup import (
    current,
    grounds_of,
    hazard_for,
    hazards_for,
    may_take,
    require_verifier,
    unit_for,
)
from hazards.models import Hazard
from hazards.selectors import people
from hazards.states import HAZARD
from journal.actions.recording import record_all
from journal.states import fact_of
from notify.actions import messages as notify
from org.models import Person, Unit
from web.errors import Conflict, Invalid

S = Hazard.Status
MOVABLE = (S.HELD, S.FOUND, S.REGISTERED, S.GRADED, S.RECTIFYING)
"""Once the work is handed in, whoever did it stands by it."""
MOST = 500


@transaction.atomic
def reroute(hazard_id: int, *, by: Person, unit: str, grounds: str) -> Hazard:
    """Hand the ticket to another unit of the actor's, to a department, or to a unit above; its deadlines stay."""
    hazard = hazard_for(hazard_id, by=by)
    require_verifier(hazard, by)
    _hand_over([hazard], unit_for(unit, by=by, near=hazard), by, grounds_of(grounds))
    return hazard


@transaction.atomic
def bulk_assign(hazard_ids: Sequence[int], *, by: Person, unit: str, grounds: str) -> int:
    """`reroute` for many tickets, all or none; returns how many changed hands (those that had this owner do not)."""
    if not 0 < len(set(hazard_ids)) <= MOST:
        raise Invalid.field("hazards", _("Choose between 1 and %(most)s tickets.") % {"most": MOST})
    text = grounds_of(grounds)
    hazards = hazards_for(hazard_ids, by=by)
    for hazard in hazards:
        require_verifier(hazard, by)
    owner = unit_for(unit, by=by, near=hazards[0])
    strays = [hazard.ref for hazard in hazards if not may_take(owner, hazard, by=by)]
    if strays:
        said = _("%(unit)s cannot take these: %(refs)s.") % {"unit": owner.label, "refs": ", ".join(strays[:5])}
        raise Invalid.field("unit", said)
    changing = [hazard for hazard in hazards if hazard.owner_id != owner.pk]
    if changing:
        _hand_over(changing, owner, by, text)
    return len(changing)


def _hand_over(hazards: list[Hazard], owner: Unit, by: Person, grounds: str) -> None:
    for hazard in hazards:
        if hazard.status not in MOVABLE:
            raise Conflict(
                _("%(ref)s is “%(state)s” and cannot change hands.")
                % {"ref": hazard.ref, "state": hazard.get_status_display()},
                current=current(hazard),
            )
        if hazard.owner_id == owner.pk:
            raise Conflict(_("%(unit)s has it already.") % {"unit": owner.label}, current=current(hazard))
    before = {hazard.pk: people.names(hazard.owner) for hazard in hazards}
    Hazard.objects.filter(pk__in=[hazard.pk for hazard in hazards]).update(owner=owner)
    for hazard in hazards:
        hazard.owner = owner
    words = {"to_name": people.names(owner), "to": owner.code, "grounds": grounds}
    record_all(
        [fact_of(HAZARD, hazard, "hazard.rerouted", {"from_name": before[hazard.pk], **words}) for hazard in hazards],
        by=by,
    )
    told = {person.id for person in people.holders([people.desk(owner.path)]).values()} - {by.pk}
    notify.send_all(
        [people.notice(pk, "hazard.handed_over", hazard) for hazard in hazards for pk in sorted(told)], by=by
    )
