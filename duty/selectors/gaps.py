"""What is missing at this moment, and who could stand in: the one answer to "is there a gap now" (no writes)."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from database.clock import now
from duty.models import GapAlarm, Leave
from duty.selectors import watch
from duty.selectors.watch import Watch
from org.models import Appointment, Person
from org.selectors.register import held_now

TURNS = {"leader": ("main", "deputy"), "main": ("deputy",), "deputy": ("main",), "reserve": ()}
"""Who stands in for whom, in turn (the same as in the database's definition of who is on)."""
SECOND = dt.timedelta(seconds=1)

Crew = dict[str, Watch]


@dataclass(frozen=True)
class Missing:
    """A post that nobody answers for as rostered, or whose holder cannot be called; ``called_id`` stands in."""

    unit_id: int
    post: str
    reason: str
    person_id: int | None
    called_id: int | None


def missing_now(unit_ids: Sequence[int] | None) -> tuple[list[Missing], dict[int, Crew]]:
    """All that is missing in these units (None: in all), and who is on in each; a few queries, however many."""
    present, crews = now(), defaultdict[int, Crew](dict)
    for one in watch.on_duty(unit_ids):
        crews[one.unit_id][one.post] = one
    found = []
    for gap in watch.gaps(unit_ids, present, present + SECOND):
        if gap.start > present:
            continue
        stand_in = crews[gap.unit_id].get(gap.post)
        absent = stand_in.stands_in_for if stand_in else None
        called = stand_in.person_id if stand_in else None
        found.append(Missing(gap.unit_id, gap.post, _reason(absent, present), absent, called))
    known = {(one.unit_id, one.post) for one in found}
    silent = [one for one in _without_a_line(crews) if (one.unit_id, one.post) not in known]
    return found + silent, crews


def _reason(absent: int | None, at: dt.datetime) -> str:
    if absent is None:
        return GapAlarm.Reason.NOBODY
    if Leave.objects.filter(person=absent, status=Leave.Status.APPROVED, during__contains=at).exists():
        return GapAlarm.Reason.LEAVE
    if Person.objects.filter(pk=absent, is_active=True).exists():
        return GapAlarm.Reason.MOVED_ON
    return GapAlarm.Reason.DEACTIVATED


def _without_a_line(crews: dict[int, Crew]) -> Iterator[Missing]:
    """Find people on duty without a phone number, or with that of a colleague of the unit: one phone cannot ring for
    two.
    """
    numbers = _numbers(crews)
    for unit_id, crew in crews.items():
        for post, on in crew.items():
            if on.stands_in_for or post not in TURNS:
                continue
            if not on.phone:
                reason = GapAlarm.Reason.NO_PHONE
            elif len(numbers[unit_id, on.phone] | {on.person_id}) > 1:
                reason = GapAlarm.Reason.ONE_PHONE
            else:
                continue
            stand_in = stand_in_of(post, crew, on)
            yield Missing(unit_id, post, reason, on.person_id, stand_in.person_id if stand_in else None)


def _numbers(crews: dict[int, Crew]) -> dict[tuple[int, str], set[int]]:
    """(unit, number) → who has it: of those on duty there, and of those who serve there."""
    bearers = defaultdict[tuple[int, str], set[int]](set)
    phones = {one.phone for crew in crews.values() for one in crew.values() if one.phone}
    serve = Q(unit__in=list(crews)) & Q(person__phone__in=phones, person__is_active=True)
    rows = held_now(Appointment.objects.filter(serve)).values_list("unit", "person__phone", "person")
    for unit_id, phone, person_id in rows:
        bearers[unit_id, phone].add(person_id)
    for unit_id, crew in crews.items():
        for one in crew.values():
            bearers[unit_id, one.phone].add(one.person_id)
    return bearers


def stand_in_of(post: str, crew: Crew, absent: Watch) -> Watch | None:
    """Who of the shift is called for ``absent``: in turn, then anybody else of it, on another number."""
    shared = Counter(one.phone for one in {w.person_id: w for w in crew.values()}.values())
    turns = [crew[turn] for turn in (*TURNS[post], "leader", "reserve") if turn in crew]
    others = [one for one in turns if one.person_id != absent.person_id and one.phone not in ("", absent.phone)]
    return min(others, key=lambda one: shared[one.phone] > 1, default=None)
