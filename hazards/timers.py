"""Timer handlers of hazards: reminders before and on the day, then daily; overdue climbs (docs/domain.md 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from database.clock import now
from hazards.actions import clocks, supervise
from hazards.actions.lookup import with_card_parts
from hazards.actions.supervise import Owed
from hazards.models import Deadline, Extension, Hazard, Plan, Supervision
from hazards.selectors import people
from hazards.states import ENDED
from norms.actions import Chase, Step, chased
from norms.rules import deadlines
from norms.rules.deadlines import ON_THE_DAY, day_of
from norms.selectors.automatic import by_rule
from norms.selectors.numbers import numbers
from notify.actions import messages as notify
from org.rules.codes import county_of

What = Deadline.What
LIMITS = ("remind_first", "remind_second", "climb_township", "climb_county")


@chased
class TicketChase(Chase[Owed]):
    """The next deadline of a ticket that has not moved on: its debtor is reminded, and what is overdue climbs."""

    timer = clocks.DUE

    def owing(self, ids: Collection[int]) -> dict[int, Owed]:
        found = with_card_parts(Hazard.objects.filter(pk__in=ids).exclude(status__in=ENDED)).order_by("pk")
        hazards = {row.pk: row for row in found}
        first: dict[int, Deadline] = {}
        open_ones = Deadline.objects.filter(hazard__in=hazards, ended_at=None)
        for row in open_ones.exclude(what__in=[clocks.DECISION, What.PUBLISH]).order_by("due_at", "id"):
            first.setdefault(row.hazard_id, row)
        newest = Plan.objects.filter(hazard__in=hazards).order_by("hazard_id", "-id").distinct("hazard_id")
        responsible = dict(newest.values_list("hazard_id", "responsible_id"))
        return {
            pk: Owed(hazard, first[pk], {person for person in (responsible.get(pk), hazard.leader_id) if person})
            for pk, hazard in hazards.items()
            if pk in first
        }

    def generation(self, row: Owed) -> int:
        return row.hazard.generation

    def take(self, steps: Sequence[Step[Owed]]) -> None:
        ids = [step.row.hazard.pk for step in steps]
        limits = numbers(*LIMITS)
        waiting = set(
            Extension.objects.filter(hazard__in=ids, status=Extension.Status.ASKED).values_list("hazard_id", flat=True)
        )
        letters, today = _letters(ids), day_of(now())
        asked = Supervision.objects.filter(form=Supervision.Form.LISTED, paper__status__in=supervise.WAITING)
        listing = set(asked.filter(hazard__in=ids).values_list("hazard_id", flat=True))
        for step in steps:
            pk, step.row.remind = step.row.hazard.pk, (limits["remind_first"], limits["remind_second"])
            step.row.listing = pk in listing
            supervise.climb(step, limits, answer_by=letters.get(pk), waiting=pk in waiting, today=today)
        supervise.carry_out(steps, by=by_rule("hazards.overdue"))

    def next_due(self, step: Step[Owed]) -> dt.datetime:
        return deadlines.moment(step.row.deadline.due_at, step.due.step + 1, step.row.remind)


def _letters(hazard_ids: Sequence[int]) -> dict[int, dt.date]:
    """Of each ticket, until when its newest supervision letter that was served wants an answer."""
    out = Supervision.objects.filter(hazard__in=hazard_ids, form=Supervision.Form.LETTER).order_by("pk")
    return {pk: due_on for pk, due_on in out.values_list("hazard_id", "due_on") if due_on}


@dataclass
class Waits:
    """Something of a ticket that somebody has to decide or do until ``due_at``."""

    hazard: Hazard
    due_at: dt.datetime
    generation: int = 0
    until: dt.date | None = None


class _Daily(Chase[Waits]):
    """A reminder on the last day, and daily after it."""

    def generation(self, row: Waits) -> int:
        return row.generation

    def next_due(self, step: Step[Waits]) -> dt.datetime:
        return deadlines.moment(step.row.due_at, step.due.step + 1, (0, 0))


@chased
class DecisionChase(_Daily):
    """An extension waits: whoever decides is reminded on the last day, and daily after it, with the unit's head."""

    timer = clocks.DECIDE

    def owing(self, ids: Collection[int]) -> dict[int, Waits]:
        asked = Extension.objects.filter(pk__in=ids, status=Extension.Status.ASKED).order_by("pk")
        rows = list(asked.select_related("hazard__unit", "hazard__owner").select_for_update(of=("self",)))
        hazards = [row.hazard_id for row in rows]
        open_ones = Deadline.objects.filter(hazard__in=hazards, what=clocks.DECISION, ended_at=None)
        due_at = dict(open_ones.values_list("hazard_id", "due_at"))
        return {
            row.pk: Waits(row.hazard, due_at[row.hazard_id], row.generation, row.until)
            for row in rows
            if row.hazard_id in due_at
        }

    def take(self, steps: Sequence[Step[Waits]]) -> None:
        notices = []
        for step in steps:
            path = people.debtor(step.row.hazard, What.DECIDE_EXTENSION)
            places = [people.desk(path), *([people.head(path)] if step.due.step > ON_THE_DAY else [])]
            words: dict[str, Any] = {
                "until": step.row.until,
                "due": day_of(step.row.due_at),
                "subject": step.due.subject,
            }
            notices += people.notices(places, "hazard.extension_asked", step.row.hazard, **words)
        notify.send_all(notices, by=by_rule("hazards.remind"))


@chased
class PublicationChase(_Daily):
    """A delisting is to be published: the county is reminded on the last day, and daily after it."""

    timer = clocks.PUBLISH

    def owing(self, ids: Collection[int]) -> dict[int, Waits]:
        lifted = Supervision.objects.filter(pk__in=ids, published_on=None).exclude(lifted_at=None).order_by("pk")
        rows = list(lifted.select_related("hazard__unit", "hazard__owner").select_for_update(of=("self",)))
        hazards = [row.hazard_id for row in rows]
        open_ones = Deadline.objects.filter(hazard__in=hazards, what=What.PUBLISH, ended_at=None)
        due_at = dict(open_ones.values_list("hazard_id", "due_at"))
        return {row.pk: Waits(row.hazard, due_at[row.hazard_id]) for row in rows if row.hazard_id in due_at}

    def take(self, steps: Sequence[Step[Waits]]) -> None:
        notices = []
        for step in steps:
            places = [people.desk(county_of(step.row.hazard.unit.path))]
            notices += people.notices(places, "hazard.publish", step.row.hazard, due=day_of(step.row.due_at))
        notify.send_all(notices, by=by_rule("hazards.remind"))
