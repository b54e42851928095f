"""What the clocks of hazards do: reminders before and on the day, then daily; overdue climbs (DOMAIN section 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from database.clock import now
from hazards.actions import clocks, supervise
from hazards.actions.lookup import with_card_parts
from hazards.actions.supervise import Step
from hazards.models import Deadline, Extension, Hazard, Plan, Supervision
from hazards.selectors import deadlines, people
from hazards.selectors.deadlines import ON_THE_DAY, day_of
from hazards.states import ENDED
from journal.actions.recording import SYSTEM
from journal.timers import Due, Setting, handler, set_timers
from notify.actions import messages as notify
from notify.rules.notices import Notice

What = Deadline.What
LIMITS = ("remind_first", "remind_second", "climb_township", "climb_county", "letter_answer")


@handler(clocks.DUE)
def due(timers: Sequence[Due]) -> None:
    """One step of each ticket that has not moved on: its debtor is reminded, and what is overdue climbs."""
    steps = list(_steps(timers))
    if not steps:
        return
    ids = [step.hazard.pk for step in steps]
    limits = deadlines.values_of(*LIMITS)
    waiting = set(
        Extension.objects.filter(hazard__in=ids, status=Extension.Status.ASKED).values_list("hazard_id", flat=True)
    )
    letters = _letters(ids)
    today = day_of(now())
    for step in steps:
        pk = step.hazard.pk
        supervise.climb(step, limits, answer_by=letters.get(pk), waiting=pk in waiting, today=today)
    supervise.carry_out(steps, limits, by=SYSTEM)


def _steps(timers: Sequence[Due]) -> Iterator[Step]:
    ids = [timer.subject_id for timer in timers]
    hazards = {row.pk: row for row in with_card_parts(Hazard.objects.filter(pk__in=ids)).order_by("pk")}
    open_ones = Deadline.objects.filter(hazard__in=ids, ended_at=None)
    first: dict[int, Deadline] = {}
    for row in open_ones.exclude(what__in=[clocks.DECISION, What.PUBLISH]).order_by("due_at", "id"):
        first.setdefault(row.hazard_id, row)
    newest = Plan.objects.filter(hazard__in=ids).order_by("hazard_id", "-id").distinct("hazard_id")
    responsible = dict(newest.values_list("hazard_id", "responsible_id"))
    for timer in sorted(timers, key=lambda timer: (timer.due_at, timer.id)):
        hazard = hazards.get(timer.subject_id)
        if hazard is None or hazard.generation != timer.generation or hazard.status in ENDED:
            continue
        named = {pk for pk in (responsible.get(hazard.pk), hazard.leader_id) if pk}
        yield Step(timer, hazard, first[hazard.pk], named)


def _letters(hazard_ids: Sequence[int]) -> dict[int, dt.date]:
    """Of each ticket, until when its newest supervision letter wants an answer."""
    out = Supervision.objects.filter(hazard__in=hazard_ids, form=Supervision.Form.LETTER).order_by("pk")
    return dict(out.values_list("hazard_id", "due_on"))


@handler(clocks.DECIDE)
def decide(timers: Sequence[Due]) -> None:
    """An extension waits: whoever decides is reminded on the last day, and daily after it, with the unit's head."""
    by_id = {timer.subject_id: timer for timer in timers}
    asked = Extension.objects.filter(pk__in=by_id, status=Extension.Status.ASKED).order_by("pk")
    rows = [row for row in asked.select_related("hazard__unit", "hazard__owner") if _current(row, by_id[row.pk])]
    open_ones = Deadline.objects.filter(hazard__in=[row.hazard_id for row in rows], what=clocks.DECISION, ended_at=None)
    due_at = dict(open_ones.values_list("hazard_id", "due_at"))
    notices, settings = [], []
    for row in rows:
        timer, until = by_id[row.pk], due_at[row.hazard_id]
        path = people.debtor(row.hazard, What.DECIDE_EXTENSION)
        places = [people.desk(path), *([people.head(path)] if timer.step > ON_THE_DAY else [])]
        words = {"until": row.until, "due": day_of(until), "subject": timer.subject}
        notices += people.notices(places, "hazard.extension_asked", row.hazard, **words)
        settings.append(_next(timer, until))
    _tell(notices, settings)


def _current(row: Extension, timer: Due) -> bool:
    return row.generation == timer.generation


@handler(clocks.PUBLISH)
def publish(timers: Sequence[Due]) -> None:
    """A delisting is to be published: the county is reminded on the last day, and daily after it."""
    by_id = {timer.subject_id: timer for timer in timers}
    lifted = Supervision.objects.filter(pk__in=by_id, published_on=None).exclude(lifted_at=None).order_by("pk")
    notices, settings = [], []
    for row in lifted.select_related("hazard__unit", "hazard__owner"):
        found = Deadline.objects.filter(hazard=row.hazard_id, what=What.PUBLISH, ended_at=None).first()
        if found is None:
            continue
        places = [people.desk(people.county_of(row.hazard.unit.path))]
        notices += people.notices(places, "hazard.publish", row.hazard, due=day_of(found.due_at))
        settings.append(_next(by_id[row.pk], found.due_at))
    _tell(notices, settings)


def _next(timer: Due, due_at: dt.datetime) -> Setting:
    at = deadlines.moment(due_at, timer.step + 1, (0, 0))
    return Setting(timer.kind, timer.subject, at, timer.step + 1, timer.generation)


def _tell(notices: list[Notice], settings: list[Setting]) -> None:
    notify.send_all(notices, by=SYSTEM)
    set_timers(settings)
