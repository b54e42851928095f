"""A village is presumed cut off, and what follows; the mark is lifted by any sign of life (docs/adr/0048)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from command.actions.issuing import CLIMB
from command.models import Assignment, CutOff, Order
from command.rules.cut_off import Failure, grounds
from command.selectors import ladders
from command.selectors.cut_off import cut_off_among, names_of, tried, villages_of
from command.selectors.rung_people import holders_of
from database.clock import now
from duty.selectors import fallback
from journal.actions.recording import Fact, record_all
from norms.selectors.automatic import by_rule
from norms.selectors.numbers import numbers
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.models import Person, Unit
from org.rules.codes import county_of
from web.languages import in_both

RULE = "command.cut_off"
SIGN_WORDS = {
    CutOff.Sign.ANSWER: _("somebody answered"),
    CutOff.Sign.DELIVERY: _("a telephone was reached again"),
    CutOff.Sign.HAZARD: _("a hazard was filed there"),
}


@transaction.atomic
def weigh(person_id: int) -> list[CutOff]:
    """A telephone of this person has no network: mark the villages for which that is one too many."""
    villages = villages_of(person_id)
    if not villages:
        return []
    rows = Unit.objects.filter(pk__in=villages, active=True).defer("boundary").order_by("pk")
    units = list(rows.select_for_update(no_key=True))
    marked = cut_off_among(villages)
    limits = numbers("cut_off_people", "cut_off_within_min")
    within = dt.timedelta(minutes=limits["cut_off_within_min"])
    # Twice as far back: three failures of ten minutes ago may be told of late.
    known = tried([unit.pk for unit in units if unit.pk not in marked], now() - 2 * within)
    made = []
    for unit in units:
        if unit.pk in marked or unit.pk not in known:
            continue
        why = grounds(known[unit.pk].failures, known[unit.pk].sign, least=limits["cut_off_people"], within=within)
        if why:
            made.append(_mark(unit, why, limits["cut_off_within_min"]))
    return made


def _mark(unit: Unit, why: Sequence[Failure], within_min: int) -> CutOff:
    names = names_of([one.person for one in why])
    told = [
        {"person": one.person, "name": names[one.person], "channel": one.channel, "outcome": one.outcome, "at": one.at}
        for one in why
    ]
    row = CutOff.objects.create(unit=unit, grounds=told)
    by = by_rule(RULE)
    unit_name = {"zh": unit.name, "en": unit.name_en}
    moved = leave_phones([unit.pk])
    data = {
        "unit_name": unit_name, "people": len(why), "minutes": within_min, "grounds": told, "assignments": moved,
    }  # fmt: skip
    record_all([Fact("unit.cut_off", f"unit:{unit.pk}", unit.path, data=data)], by=by)
    notify.send_all(
        [
            Notice(
                person.pk, "command.cut_off", f"cut_off:{row.pk}", unit.path,
                data={"unit": unit_name, "people": len(why), "minutes": within_min}, url=f"/?unit={unit.code}",
                alarm=True,
            )
            for person in _desk(unit.path)
        ],
        by=by,
    )  # fmt: skip
    return row


def _desk(path: str) -> list[Person]:
    """The county's desk: who is called when a township is silent; else the county's fallback contacts."""
    county = county_of(path)
    posts = ladders.in_force("red").above[Unit.Level.TOWNSHIP]
    return holders_of(county, posts) or fallback.contacts(path)


def leave_phones(units: Collection[int]) -> int:
    """What is silent in these villages goes on where no telephone of theirs is needed, at once; returns how many.

    Timers first, then their assignments, as those who fire them lock them.
    """
    rows = Assignment.objects.filter(
        unit__in=units, status=Assignment.Status.CALLED, order__status=Order.Status.IN_FORCE
    ).select_related("order")
    steps = {}
    for row in rows:
        step = ladders.Snapshot(row.order.ladder).step_without_phones()
        if row.rung < step:
            steps[row.pk] = step
    if not steps:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_timer t SET step = v.step, due_at = LEAST(t.due_at, sanji_now())"
            " FROM unnest(%s::text[], %s::int[]) v(subject, step)"
            " WHERE t.subject = v.subject AND t.kind = %s AND t.state = 'pending' AND t.step < v.step"
            " RETURNING t.subject",
            [[f"assignment:{key}" for key in steps], list(steps.values()), CLIMB],
        )
        moved = [int(subject.rpartition(":")[2]) for (subject,) in cursor.fetchall()]
    Assignment.objects.filter(pk__in=moved, status=Assignment.Status.CALLED).update(next_climb_at=now())
    return len(moved)


@transaction.atomic
def lift(units: Collection[int], how: str, by: Person | None = None) -> int:
    """A sign of life from these villages lifts their marks; returns how many there were."""
    rows = CutOff.objects.filter(unit__in=units, lifted_at=None).select_related("unit").defer("unit__boundary")
    marks = list(rows.order_by("pk").select_for_update(of=("self",)))
    if not marks:
        return 0
    present = now()
    CutOff.objects.filter(pk__in=[mark.pk for mark in marks]).update(lifted_at=present, lifted_how=how, lifted_by=by)
    actor = by_rule(RULE)
    record_all([_lifted(mark, how, by, present) for mark in marks], by=actor)
    notify.settle([f"cut_off:{mark.pk}" for mark in marks], by=actor)
    return len(marks)


def _lifted(mark: CutOff, how: str, by: Person | None, at: dt.datetime) -> Fact:
    data: dict[str, Any] = {
        "unit_name": {"zh": mark.unit.name, "en": mark.unit.name_en}, "how": how,
        "how_word": in_both(SIGN_WORDS[CutOff.Sign(how)]), "who": by.pk if by else None,
        "minutes": int((at - mark.since).total_seconds() // 60),
    }  # fmt: skip
    return Fact("unit.cut_off_lifted", f"unit:{mark.unit_id}", mark.unit.path, data=data)
