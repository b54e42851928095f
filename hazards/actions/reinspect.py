"""Ordering re-inspection of open hazards, because of a warning or by a superior (docs/domain.md 6: orange and red)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction

from hazards.actions.lookup import with_card_parts
from hazards.models import Hazard, Plan
from hazards.selectors import people
from hazards.states import AT_WORK, HAZARD
from journal.actions.recording import Actor, record_all
from journal.states import fact_of
from notify.actions import messages as notify
from notify.rules.notices import Notice


@transaction.atomic
def order_reinspections(
    hazard_ids: Sequence[int], *, by: Actor, reason: Any, cause: int | None = None, called: Collection[int] = ()
) -> list[Hazard]:
    """Tell whoever answers for these tickets to look again, with the number of people at risk; one statement a table.

    ``reason`` is a sentence, or {"zh", "en"}; ``called`` are people whom an order says it to already. Tickets that have
    ended meanwhile are left out; those told come back. The caller has checked who may order it.
    """
    rows = with_card_parts(Hazard.objects.filter(pk__in=list(hazard_ids), status__in=AT_WORK)).order_by("pk")
    hazards = list(rows)
    newest = Plan.objects.filter(hazard__in=hazards).order_by("hazard_id", "-id").distinct("hazard_id")
    responsible = dict(newest.values_list("hazard_id", "responsible_id"))
    held = people.holders({people.desk(path) for row in hazards for path in (row.owner.path, row.unit.path)})
    record_all(
        [fact_of(HAZARD, row, "hazard.reinspection_ordered", {"reason": reason}, cause=cause) for row in hazards], by=by
    )
    told = [one for row in hazards for one in _notices(row, held, responsible.get(row.pk), reason)]
    notify.send_all([one for one in told if one.person_id not in called], by=by)
    return hazards


def _notices(
    hazard: Hazard, held: dict[people.Place, people.Held], responsible: int | None, reason: Any
) -> list[Notice]:
    places = [people.desk(hazard.owner.path), people.desk(hazard.unit.path)]
    told = {held[place].id for place in places if place in held} | {responsible, hazard.leader_id}
    return [
        people.notice(pk, "hazard.look_again", hazard, alarm=True, reason=reason, people=hazard.people_at_risk)
        for pk in sorted(pk for pk in told if pk)
    ]
