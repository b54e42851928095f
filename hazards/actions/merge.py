"""Merging duplicate tickets: nothing is lost, and the merged one stays readable with all it had."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from hazards.actions.advance import advance, lapse_extension, may
from hazards.actions.letters import drop_drafts
from hazards.actions.lookup import current, grounds_of, hazards_for, require_verifier
from hazards.models import Hazard
from hazards.rules.words import Grade
from hazards.states import AT_WORK, HAZARD
from journal.states import tell
from org.models import Person
from web.errors import Conflict, Invalid

S = Hazard.Status


@transaction.atomic
def merge(hazard_id: int, *, by: Person, into: int, grounds: str = "") -> Hazard:
    """The ticket ends as merged ``into`` another, which keeps the larger number of people at risk; returns that one.

    Photos, plans, inspections and events stay with the merged ticket and are read through ``merged_into``; what was
    merged into it before now points to the other as well. Conflict for one that has ended, and for a major hazard that
    would vanish in one that is not.
    """
    if hazard_id == into:
        raise Invalid.field("into", _("A ticket cannot be merged into itself."))
    found = {hazard.pk: hazard for hazard in hazards_for([hazard_id, into], by=by)}
    source, target = found[hazard_id], found[into]
    for hazard in (source, target):
        require_verifier(hazard, by)
    may(source, S.MERGED, "hazard.merged")
    _check(source, target)
    text = grounds_of(grounds, needed=False)
    lapse_extension(source, by=by)
    Hazard.objects.filter(merged_into=source).update(merged_into=target)
    data = {"into": target.pk, "into_ref": target.ref, "grounds": text}
    event = advance(source, S.MERGED, by=by, data=data, merged_into=target)
    drop_drafts(source, by=by)
    target.people_at_risk = max(source.people_at_risk, target.people_at_risk)
    target.listed = source.listed or target.listed
    target.save(update_fields=["people_at_risk", "listed"])
    told = {"from": source.pk, "from_ref": source.ref, "grounds": text}
    tell(HAZARD, target, "hazard.merged_in", by=by, data=told, cause=event.seq)
    return target


def _check(source: Hazard, target: Hazard) -> None:
    if source.exercise != target.exercise:
        raise Invalid.field("into", _("What is real and what belongs to an exercise cannot be merged."))
    if target.status not in AT_WORK:
        raise Conflict(_("The ticket to be merged into has ended, or is not accepted yet."), current=current(target))
    if source.grade == Grade.MAJOR and target.grade != Grade.MAJOR:
        said = _("This one is a major hazard and the other is not: merge the other way around.")
        raise Conflict(said, current=current(target), code="major_kept")
