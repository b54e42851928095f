"""Random edits against a plain-Python model of the roster, hour by hour: the same answers, the same refusals."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duty import actions
from duty.models import Handover, Shift
from duty.selectors import watch
from journal.actions.recording import SYSTEM
from journal.timers import fire_due
from org.actions import appoint
from org.models import Person, Post, Unit
from tests.support.duty import BEIJING, beijing
from web.errors import ActionError

pytestmark = pytest.mark.django_db
ZERO = beijing("2027-03-01 00:00")
HOURS = 72
POSTS = ("leader", "main", "deputy")
Key = tuple[int, str, int]


def at(hour: int) -> dt.datetime:
    return ZERO + dt.timedelta(hours=hour)


@dataclass
class ModelShift:
    unit: int
    start: int
    end: int
    people: dict[str, int]

    def hours(self) -> range:
        return range(self.start, self.end)


@dataclass
class ModelOverride:
    unit: int
    post: str
    person: int
    start: int
    end: int
    shift: int | None = None


@dataclass
class Model:
    """People and units by small numbers; every change is tried on a copy and kept when it breaks no rule."""

    shifts: dict[int, ModelShift] = field(default_factory=dict)
    overrides: dict[int, ModelOverride] = field(default_factory=dict)

    def on(self) -> dict[Key, int]:
        """(unit, post, hour) → person: the slots, overlaid by the overrides in the order in which they were made."""
        found: dict[Key, int] = {}
        for shift in self.shifts.values():
            found |= {(shift.unit, post, hour): who for post, who in shift.people.items() for hour in shift.hours()}
        for number in sorted(self.overrides):
            row = self.overrides[number]
            found |= {(row.unit, row.post, hour): row.person for hour in range(row.start, row.end)}
        return found

    def twice(self) -> bool:
        places = Counter((who, hour) for (_unit, _post, hour), who in self.on().items())
        by_unit = Counter((shift.unit, hour) for shift in self.shifts.values() for hour in shift.hours())
        return any(n > 1 for n in places.values()) or any(n > 1 for n in by_unit.values())

    def too_long(self, number: int) -> bool:
        """Somebody of this shift would be rostered for more than 24 hours on end, across it."""
        shift = self.shifts[number]
        for who in shift.people.values():
            hours = sorted({h for s in self.shifts.values() if who in s.people.values() for h in s.hours()})
            run = [hours[0]]
            for before, hour in pairwise(hours):
                run = [*run, hour] if hour == before + 1 else [hour]
                if len(run) > 24 and set(run) & set(shift.hours()):
                    return True
        return False


people = st.permutations(range(6)).map(lambda order: dict(zip(POSTS, order, strict=False)))
span = st.tuples(st.integers(0, HOURS - 1), st.integers(1, 24)).map(lambda pair: (pair[0], pair[0] + pair[1]))
pick = st.integers(0, 9)
edits = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 1), span, people),
    st.tuples(st.just("assign"), pick, st.sampled_from(POSTS), st.integers(0, 5)),
    st.tuples(st.just("move"), pick, span),
    st.tuples(st.just("call_off"), pick),
    st.tuples(st.just("override"), st.integers(0, 1), st.sampled_from(POSTS), span, st.integers(0, 5)),
    st.tuples(st.just("override_slot"), pick, st.sampled_from(POSTS), st.integers(0, 5)),
    st.tuples(st.just("withdraw"), pick),
)


class Both:
    """The system and the model side by side; ``ids`` are the rows of the model's numbers."""

    def __init__(self, units: list[Unit], staff: list[Person], admin: Person) -> None:
        self.units, self.staff, self.admin = units, staff, admin
        self.model, self.shift_ids, self.override_ids = Model(), dict[int, int](), dict[int, int]()
        self.count = 0

    def apply(self, edit: tuple) -> None:
        kind, *rest = edit
        tried = Model({n: ModelShift(**{**vars(s), "people": dict(s.people)}) for n, s in self.model.shifts.items()},
                      {n: ModelOverride(**vars(o)) for n, o in self.model.overrides.items()})  # fmt: skip
        self.count += 1
        act = getattr(self, kind)(tried, *rest)
        if act is None:
            return
        do, touched = act
        wanted = not tried.twice() and not (touched is not None and tried.too_long(touched))
        refusal = self._try(do)
        assert (refusal is None) == wanted, f"{edit}: {refusal or 'should have been refused'}"
        if wanted:
            self.model = tried

    def _try(self, do: Callable[[], Any]) -> str | None:
        try:
            with transaction.atomic():
                do()
        except ActionError as refused:
            return f"{refused.detail} {refused.fields}"
        return None

    def _shift(self, tried: Model, number: int) -> int | None:
        known = sorted(tried.shifts)
        return known[number % len(known)] if known else None

    def add(self, tried: Model, unit: int, span: tuple[int, int], crew: dict[str, int]) -> Any:
        tried.shifts[self.count] = ModelShift(unit, *span, dict(crew))
        number = self.count

        def do() -> None:
            shift = actions.add_shift(
                by=SYSTEM, unit=self.units[unit], start=at(span[0]), end=at(span[1]), published=True,
                people={post: self.staff[who] for post, who in crew.items()},
            )  # fmt: skip
            self.shift_ids[number] = shift.pk

        return do, number

    def assign(self, tried: Model, pick: int, post: str, who: int) -> Any:
        number = self._shift(tried, pick)
        if number is None:
            return None
        tried.shifts[number].people[post] = who
        place = actions.Place(self.shift_ids[number], post, self.staff[who])
        return lambda: actions.assign(by=SYSTEM, places=[place]), number

    def move(self, tried: Model, pick: int, span: tuple[int, int]) -> Any:
        number = self._shift(tried, pick)
        if number is None:
            return None
        tried.shifts[number].start, tried.shifts[number].end = span
        for row in tried.overrides.values():
            if row.shift == number:
                row.start, row.end = span
        return (
            lambda: actions.move_shift(self.shift_ids[number], by=SYSTEM, start=at(span[0]), end=at(span[1])),
            number,
        )

    def call_off(self, tried: Model, pick: int) -> Any:
        number = self._shift(tried, pick)
        if number is None:
            return None
        del tried.shifts[number]
        return lambda: actions.call_off_shift(self.shift_ids[number], by=SYSTEM, reason="x"), None

    def override(self, tried: Model, unit: int, post: str, span: tuple[int, int], who: int) -> Any:
        tried.overrides[self.count] = ModelOverride(unit, post, who, *span)
        number = self.count

        def do() -> None:
            row = actions.override(
                by=self.admin, unit=self.units[unit], post=post, person=self.staff[who], start=at(span[0]),
                end=at(span[1]), reason="x",
            )  # fmt: skip
            self.override_ids[number] = row.pk

        return do, None

    def override_slot(self, tried: Model, pick: int, post: str, who: int) -> Any:
        shift = self._shift(tried, pick)
        if shift is None:
            return None
        row = tried.shifts[shift]
        tried.overrides[self.count] = ModelOverride(row.unit, post, who, row.start, row.end, shift)
        number, slot = self.count, Shift.objects.get(pk=self.shift_ids[shift]).slots.get(post=post)

        def do() -> None:
            made = actions.override_slot(slot.pk, by=self.admin, person=self.staff[who], reason="x")
            self.override_ids[number] = made.pk

        return do, None

    def withdraw(self, tried: Model, pick: int) -> Any:
        known = sorted(tried.overrides)
        if not known:
            return None
        number = known[pick % len(known)]
        del tried.overrides[number]
        return lambda: actions.withdraw_override(self.override_ids[number], by=self.admin), None

    def compare(self) -> None:
        staff = {person.pk: n for n, person in enumerate(self.staff)}
        unit_of = {unit.pk: n for n, unit in enumerate(self.units)}
        told: dict[Key, int] = {}
        for row in watch.watches(self.units, at(0), at(HOURS + 30)):
            first, last = ((moment - ZERO) / dt.timedelta(hours=1) for moment in (row.start, row.end))
            for hour in range(round(first), round(last)):
                key = (unit_of[row.unit_id], row.post, hour)
                assert key not in told, f"two people answer for {key}"
                told[key] = staff[row.person_id]
        assert told == self.model.on()
        for hour in range(0, HOURS + 30, 17):
            instant = {
                (unit_of[w.unit_id], w.post, hour): staff[w.person_id] for w in watch.on_duty(self.units, at(hour))
            }
            assert instant == {key: who for key, who in told.items() if key[2] == hour}


@pytest.fixture
def two_units(demo_county: Unit, people: list[Person]) -> list[Unit]:
    """The town and its neighbour, in both of which the six people serve."""
    units = [Unit.objects.get(code="331126206"), Unit.objects.get(code="331126204")]
    post = Post.objects.get(code="township_duty")
    for person in people:
        appoint(person=person, post=post, unit=units[1], role="B", by=SYSTEM)
    return units


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=st.lists(edits, min_size=3, max_size=14))
def test_random_edits_agree_with_the_model(
    plan: list[tuple], two_units: list[Unit], people: list[Person], admin: Person, clock: Any
) -> None:
    with transaction.atomic():
        both = Both(two_units, people, admin)
        for edit in plan:
            both.apply(edit)
        both.compare()
        transaction.set_rollback(True)


moments = st.lists(st.one_of(st.none(), st.integers(-29, 149)), min_size=2, max_size=6)
"""For each change of shift: minutes after it at which both sides have signed, or never."""


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(signed=moments)
def test_random_handovers_leave_exactly_one_shift_in_charge_at_every_moment(
    signed: list[int | None], town: Unit, team: Any, at_time: Any, shift_of: Any, clock: Any
) -> None:
    """Three-hour shifts in a chain, each handover signed early, late or never: the model is one line."""
    offset = clock.offset
    try:
        with transaction.atomic():
            _chain(signed, town, team, at_time, shift_of)
            transaction.set_rollback(True)
    finally:
        clock.offset = offset
        clock.travel(seconds=0)


def _chain(signed: list[int | None], town: Unit, team: Any, at_time: Any, shift_of: Any) -> None:
    minute = dt.timedelta(minutes=1)
    at_time("2027-02-20 12:00")
    shifts = [
        shift_of(f"2027-03-0{1 + n * 3 // 24} {n * 3 % 24:02}:00", n % 2, hours=3) for n in range(len(signed) + 1)
    ]
    takes: dict[int, dt.datetime] = {shifts[0].pk: shifts[0].during.lower}
    for shift, after in zip(shifts[1:], signed, strict=True):
        _go(at_time, shift.during.lower - 30 * minute)
        fire_due()
        if after is not None:
            _go(at_time, shift.during.lower + after * minute)
            row = Handover.objects.get(shift=shift)
            row = actions.settle_handover(row.pk, by=Person.objects.get(username="admin"), reason="签")
            takes[shift.pk] = max(shift.during.lower, row.accepted_at)
    end = shifts[-1].during.upper
    _go(at_time, end + minute)
    begin = shifts[0].during.lower
    told = watch.watches([town], begin, end)
    for n, moment in enumerate(begin + step * minute for step in range(0, int((end - begin) / minute), 13)):
        charge = max((s for s in shifts if s.pk in takes and takes[s.pk] <= moment), key=lambda s: s.during.lower)
        wanted = sorted((s.post, s.person_id) for s in charge.slots.all())
        assert sorted((w.post, w.person_id) for w in told if w.start <= moment < w.end) == wanted
        if n % 20 == 0:
            assert sorted((w.post, w.person_id) for w in watch.on_duty([town], moment)) == wanted
    assert watch.crew(town, end) == {}


def _go(at_time: Any, moment: dt.datetime) -> None:
    at_time(f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}")
