"""Who is on: one answer, at most one person, exactly one where the roster has no gap; at the boundary too."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duty import actions
from duty.models import Handover
from duty.selectors import watch
from journal.actions.recording import SYSTEM
from journal.actions.relays import run_pending
from journal.timers import fire_due
from org.actions import deactivate_person
from org.models import Person, Unit
from tests.support.duty import beijing, responsible
from web.errors import Conflict

pytestmark = pytest.mark.django_db
Crew = dict[str, Person]
SECOND = dt.timedelta(seconds=1)
TICK = dt.timedelta(microseconds=1)


def ids(crew: Crew) -> dict[str, int]:
    return {post: person.pk for post, person in crew.items()}


def test_nobody_is_on_before_the_first_shift_and_after_the_last(town: Unit, shift_of: Any, team: Any) -> None:
    shift = shift_of("2027-03-01")
    assert responsible(town, shift.during.lower - TICK) == {}
    assert responsible(town, shift.during.lower) == ids(team[0])
    assert responsible(town, shift.during.upper - TICK) == ids(team[0])
    assert responsible(town, shift.during.upper) == {}


def test_a_draft_puts_nobody_on_duty(town: Unit, shift_of: Any) -> None:
    shift = shift_of("2027-03-01", published=False)
    assert responsible(town, shift.during.lower) == {}


def test_a_shift_crosses_midnight_and_the_month(town: Unit, shift_of: Any, team: Any) -> None:
    shift_of("2027-02-28")
    for text in ("2027-02-28 23:59:59", "2027-03-01 00:00", "2027-03-01 08:29:59"):
        assert responsible(town, beijing(text)) == ids(team[0]), text


def test_planned_boundaries_lie_where_the_roster_says(town: Unit, shift_of: Any, team: Any) -> None:
    first, second = shift_of("2027-03-01", 0), shift_of("2027-03-02", 1)
    assert responsible(town, second.during.lower - TICK) == ids(team[0])
    assert responsible(town, second.during.lower) == ids(team[1])
    assert first.during.upper == second.during.lower


class Boundary:
    """Two touching shifts, and the clock ten minutes before the change."""

    @pytest.fixture(autouse=True)
    def shifts(self, shift_of: Any, at_time: Any) -> None:
        at_time("2027-02-20 12:00")
        self.first, self.second = shift_of("2027-03-01", 0), shift_of("2027-03-02", 1)
        at_time("2027-03-02 08:20")
        fire_due()

    @property
    def handover(self) -> Handover:
        return Handover.objects.get(shift=self.second)


class TestHandover(Boundary):
    def test_it_opens_half_an_hour_ahead(self) -> None:
        assert self.handover.status == "open"

    def test_until_it_is_accepted_the_outgoing_side_stays_on_past_the_boundary(
        self, town: Unit, team: Any, clock: Any
    ) -> None:
        clock.travel(hours=3)
        assert responsible(town) == ids(team[0])
        on = watch.who_is_on(town, "main")
        assert on is not None
        assert on.overstays

    def test_one_signature_changes_nothing(self, town: Unit, team: Any, clock: Any) -> None:
        actions.sign_handover(self.handover.pk, by=team[0]["main"])
        clock.travel(minutes=30)
        assert responsible(town) == ids(team[0])

    def test_signed_early_it_takes_effect_at_the_boundary(self, town: Unit, team: Any, clock: Any) -> None:
        actions.sign_handover(self.handover.pk, by=team[0]["main"])
        actions.sign_handover(self.handover.pk, by=team[1]["main"])
        assert self.handover.status == "accepted"
        assert responsible(town) == ids(team[0])
        boundary = self.second.during.lower
        assert responsible(town, boundary - TICK) == ids(team[0])
        assert responsible(town, boundary) == ids(team[1])
        clock.travel(minutes=11)
        assert responsible(town) == ids(team[1])

    def test_signed_late_it_takes_effect_then_and_stays_on_record(self, town: Unit, team: Any, clock: Any) -> None:
        clock.travel(minutes=40)
        actions.sign_handover(self.handover.pk, by=team[1]["deputy"])
        actions.sign_handover(self.handover.pk, by=team[0]["deputy"])
        taken = self.handover.accepted_at
        assert taken is not None
        clock.travel(hours=2)
        assert responsible(town, taken - TICK) == ids(team[0])
        assert responsible(town, taken) == ids(team[1])

    def test_a_later_instant_is_answered_as_planned(self, town: Unit, team: Any, clock: Any) -> None:
        clock.travel(hours=1)
        assert responsible(town) == ids(team[0])
        assert responsible(town, clock.now() + dt.timedelta(hours=4)) == ids(team[1])

    def test_an_unsigned_handover_is_caught_up_by_the_next(
        self, town: Unit, team: Any, shift_of: Any, clock: Any
    ) -> None:
        third = shift_of("2027-03-03", 0)
        clock.travel(days=1, minutes=20)
        fire_due()
        assert responsible(town) == ids(team[0])
        late = Handover.objects.get(shift=third)
        actions.sign_handover(late.pk, by=team[0]["main"], side="out")
        actions.sign_handover(late.pk, by=team[0]["main"], side="in")
        assert responsible(town) == ids(team[0])
        assert watch.who_is_on(town, "main").shift_id == third.pk
        assert self.handover.status == "lapsed"

    def test_a_chain_that_ends_unsigned_ends_at_its_last_shift(self, town: Unit, team: Any, clock: Any) -> None:
        clock.travel(days=1, minutes=5)
        assert responsible(town) == ids(team[0])
        clock.travel(minutes=10)
        assert responsible(town) == {}
        assert responsible(town, self.second.during.upper - TICK) == ids(team[0])

    def test_an_override_speaks_over_an_open_handover(self, town: Unit, team: Any, people: Any, clock: Any) -> None:
        clock.travel(minutes=30)
        stand_in = people[5]
        with pytest.raises(Conflict):
            actions.override(
                by=people[1], unit=town, post="main", person=stand_in, start=clock.now(),
                end=clock.now() + dt.timedelta(hours=1), reason="病",
            )  # fmt: skip
        other = people[0]
        actions.override(
            by=people[1], unit=town, post="main", person=other, start=clock.now(),
            end=clock.now() + dt.timedelta(hours=1), reason="病",
        )  # fmt: skip
        assert responsible(town) == ids(team[0]) | {"main": other.pk}
        clock.travel(hours=2)
        assert responsible(town) == ids(team[0])


class TestOverrides:
    @pytest.fixture(autouse=True)
    def day(self, shift_of: Any, at_time: Any, town: Unit, people: Any, crew_of: Any, admin: Person) -> None:
        at_time("2027-02-20 12:00")
        self.admin, self.town, self.people, self.others = admin, town, people, crew_of("331126204")
        self.shift = shift_of("2027-03-01")

    def put(self, person: Person, start: str, end: str) -> Any:
        return actions.override(
            by=self.admin, unit=self.town, post="main", person=person,
            start=beijing(f"2027-03-01 {start}"), end=beijing(f"2027-03-01 {end}"), reason="替",
        )  # fmt: skip

    def main(self, time: str) -> int:
        return responsible(self.town, beijing(f"2027-03-01 {time}"))["main"]

    def test_an_override_on_an_override_wins_and_the_first_holds_beside_it(self) -> None:
        first, second = self.others[0], self.others[1]
        self.put(first, "10:00", "14:00")
        self.put(second, "12:00", "13:00")
        rostered = self.people[2].pk
        times = ("09:59", "10:00", "11:59:59", "12:00", "12:59:59", "13:00", "14:00")
        wanted = [rostered, first.pk, first.pk, second.pk, second.pk, first.pk, rostered]
        assert [self.main(time) for time in times] == wanted

    def test_a_withdrawn_override_lets_the_one_beneath_hold_again(self) -> None:
        self.put(self.others[0], "10:00", "14:00")
        second = self.put(self.others[1], "12:00", "13:00")
        actions.withdraw_override(second.pk, by=self.admin)
        assert self.main("12:30") == self.others[0].pk

    def test_it_frees_whoever_it_replaces(self) -> None:
        """Replaced in one place, one can be put in another for that time, and for not a second more."""
        self.put(self.others[0], "10:00", "14:00")
        replaced = self.people[2]
        actions.override(
            by=self.admin, unit=self.town, post="reserve", person=replaced,
            start=beijing("2027-03-01 10:00"), end=beijing("2027-03-01 14:00"), reason="巡查",
        )  # fmt: skip
        with pytest.raises(Conflict):
            actions.override(
                by=self.admin, unit=self.town, post="reserve", person=replaced,
                start=beijing("2027-03-01 14:00"), end=beijing("2027-03-01 14:00:01"), reason="巡查",
            )  # fmt: skip

    def test_it_never_reaches_into_the_past(self, at_time: Any, clock: Any) -> None:
        at_time("2027-03-01 12:00")
        row = self.put(self.others[0], "09:00", "14:00")
        assert row.during.lower >= beijing("2027-03-01 12:00")
        assert self.main("11:00") == self.people[2].pk
        clock.travel(minutes=30)
        actions.withdraw_override(row.pk, by=self.admin)
        assert self.main("12:15") == self.others[0].pk
        assert self.main("12:45") == self.people[2].pk


class TestDeactivated:
    @pytest.fixture(autouse=True)
    def day(self, shift_of: Any, at_time: Any, admin: Person) -> None:
        at_time("2027-02-20 12:00")
        self.shift, self.admin = shift_of("2027-03-01"), admin
        at_time("2027-03-01 12:00")
        fire_due()

    @pytest.mark.parametrize(
        ("post", "turns"), [("main", ["deputy"]), ("deputy", ["main"]), ("leader", ["main", "deputy"])]
    )
    def test_the_next_in_turn_stands_in_from_then_on(
        self, town: Unit, team: Any, clock: Any, post: str, turns: list[str]
    ) -> None:
        before = clock.now()
        clock.travel(minutes=1)
        deactivate_person(team[0][post], by=self.admin)
        on = watch.who_is_on(town, post)
        assert on is not None
        assert (on.person_id, on.stands_in_for) == (team[0][turns[0]].pk, team[0][post].pk)
        assert responsible(town, before) == ids(team[0])
        if len(turns) > 1:
            deactivate_person(team[0][turns[0]], by=self.admin)
            assert responsible(town)[post] == team[0][turns[1]].pk

    def test_it_counts_as_a_gap_and_calls_the_deputy_within_the_minute(self, town: Unit, team: Any) -> None:
        from duty.models import GapAlarm
        from notify.models import Message

        deactivate_person(team[0]["main"], by=self.admin)
        run_pending()
        alarm = GapAlarm.objects.get(unit=town)
        assert (alarm.post, alarm.reason, alarm.called) == ("main", "deactivated", team[0]["deputy"])
        called = Message.objects.filter(subject=f"gap:{alarm.pk}", alarm=True)
        assert called.get(code="duty.stand_in").person == team[0]["deputy"]
        assert called.filter(code="duty.gap", person=team[0]["leader"]).exists()

    def test_an_override_fills_it_and_the_alarm_ends(self, town: Unit, team: Any, people: Any, clock: Any) -> None:
        from duty.models import GapAlarm
        from notify.models import Message

        deactivate_person(team[0]["main"], by=self.admin)
        run_pending()
        actions.override(
            by=people[1], unit=town, post="main", person=people[5], start=clock.now(),
            end=clock.now() + dt.timedelta(hours=20), reason="补",
        )  # fmt: skip
        alarm = GapAlarm.objects.get(unit=town)
        assert alarm.status == "filled"
        assert not Message.objects.filter(subject=f"gap:{alarm.pk}", state="open").exists()
        assert responsible(town)["main"] == people[5].pk

    def test_nobody_left_is_nobody(self, town: Unit, team: Any) -> None:
        for person in team[0].values():
            deactivate_person(person, by=self.admin)
        assert responsible(town) == {}


def test_all_units_are_answered_for_in_one_query(shift_of: Any, crew_of: Any, demo_county: Unit) -> None:
    towns = list(Unit.objects.filter(level="township"))
    for unit in towns:
        crew = crew_of(unit.code)[:3]
        actions.add_shift(
            by=SYSTEM, unit=unit, start=beijing("2027-03-01 08:30"), end=beijing("2027-03-02 08:30"), published=True,
            people=dict(zip(("leader", "main", "deputy"), crew, strict=True)),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        on = watch.on_duty(at=beijing("2027-03-01 12:00"))
    assert len(queries) == 1
    assert len(on) == 3 * len(towns)
    assert {w.unit_code for w in on} == {unit.code for unit in towns}


def test_when_somebody_is_relieved_is_the_end_of_the_last_stretch_asked_for(
    town: Unit, shift_of: Any, team: Any
) -> None:
    first, second = shift_of("2027-03-01", 0), shift_of("2027-03-02", 1)
    main, other = team[0]["main"].pk, team[1]["main"].pk
    hour = dt.timedelta(hours=1)
    start = first.during.lower
    assert watch.on_until(main, start + hour, start + 2 * hour) == first.during.upper
    assert watch.on_until(main, start - 2 * hour, start - hour) is None
    assert watch.on_until(main, start - 2 * hour, start + hour) == first.during.upper
    assert watch.on_until(main, second.during.lower + hour, second.during.lower + 2 * hour) is None
    assert watch.on_until(other, second.during.lower - hour, second.during.lower + hour) == second.during.upper
    assert watch.on_until(0, start, start + hour) is None
