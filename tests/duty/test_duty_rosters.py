"""Patterns become drafts, drafts become the roster; seasons, holidays and gaps; nothing faulty is published."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest

from duty import actions
from duty.actions.calendar import affected_shifts, calendar_warnings
from duty.models import Roster, Shift, Stint
from duty.selectors import rosters as selectors
from duty.selectors import watch
from journal.actions.recording import SYSTEM
from journal.models import Event, Timer
from journal.timers import fire_due
from norms.models import CalendarDay
from org.actions import deactivate_person
from org.models import Person, Unit
from tests.support.duty import DAY, beijing, responsible
from web.errors import Conflict, Invalid

pytestmark = pytest.mark.django_db
MARCH, APRIL = dt.date(2027, 3, 1), dt.date(2027, 4, 1)


@pytest.fixture(autouse=True)
def february(at_time: Any) -> None:
    at_time("2027-02-10 09:00")


@pytest.fixture
def pattern(town: Unit, people: list[Person]) -> Any:
    """Two crews in turn, a day each."""
    rotation = {"leader": people[0:2], "main": people[2:4], "deputy": people[4:6]}

    def make(**changes: Any) -> Any:
        fields: dict[str, Any] = {"unit": town, "name": "日常", "rotation": rotation, "valid_from": MARCH} | changes
        return actions.set_pattern(by=SYSTEM, **fields)

    return make


def month(unit: Unit, first: dt.date = MARCH, until: dt.date = APRIL) -> list[Shift]:
    actions.generate_now(by=SYSTEM, unit=unit, first=first, until=until)
    rows = selectors.shifts_between(Shift.objects.filter(unit=unit, called_off_at=None), first, until)
    return list(selectors.with_people(rows).order_by("during"))


def mains(shifts: list[Shift]) -> list[int]:
    return [next(s.person_id for s in shift.slots.all() if s.post == "main") for shift in shifts]


def season(unit: str, kind: str) -> None:
    """The 10th and 11th of March."""
    first, until = dt.date(2027, 3, 10), dt.date(2027, 3, 12)
    actions.set_season(by=SYSTEM, unit=unit, kind=kind, name="季", starts_on=first, ends_on=until)


class TestGeneration:
    def test_a_month_has_a_shift_a_day_from_half_past_eight_without_a_hole(self, town: Unit, pattern: Any) -> None:
        pattern()
        shifts = month(town)
        assert len(shifts) == 31
        assert all(a.during.upper == b.during.lower for a, b in pairwise(shifts))
        assert (shifts[0].during.lower, shifts[-1].during.upper) == (
            beijing("2027-03-01 08:30"), beijing("2027-04-01 08:30"),
        )  # fmt: skip

    def test_the_rotation_goes_round_and_goes_on_over_months(self, town: Unit, pattern: Any, people: Any) -> None:
        pattern(rotation={"leader": people[:1], "main": people[1:4], "deputy": people[4:6]})
        march, april = month(town), month(town, APRIL, dt.date(2027, 5, 1))
        wanted = [people[1 + n % 3].pk for n in range(61)]
        assert mains([*march, *april]) == wanted

    def test_generating_again_adds_and_changes_nothing(self, town: Unit, pattern: Any) -> None:
        pattern()
        before = [(s.pk, s.during.lower) for s in month(town)]
        assert [(s.pk, s.during.lower) for s in month(town)] == before

    def test_only_days_without_a_shift_are_filled(self, town: Unit, pattern: Any, shift_of: Any) -> None:
        own = shift_of("2027-03-05 08:00", hours=12)
        pattern()
        shifts = month(town)
        assert own.pk in [s.pk for s in shifts]
        assert not [s for s in shifts if s.pk != own.pk and s.during.lower.date() == dt.date(2027, 3, 5)]

    def test_two_shifts_a_day_and_rest_days_have_their_own_turn(self, town: Unit, pattern: Any, people: Any) -> None:
        actions.set_calendar_year(
            2027, {dt.date(2027, 3, 6): ("working", "调休上班"), dt.date(2027, 3, 8): ("holiday", "节")},
            source="国办通知", official=True, by=SYSTEM,
        )  # fmt: skip
        pattern(days="working", starts=[dt.time(8, 30)])
        pattern(
            days="rest", name="节假日", starts=[dt.time(8, 30), dt.time(20, 30)], length=dt.timedelta(hours=12),
            rotation={"leader": people[:2], "main": people[2:4], "deputy": people[4:6]},
        )  # fmt: skip
        week = month(town, MARCH, dt.date(2027, 3, 9))
        per_day = [sum(s.during.lower.astimezone(dt.timezone(dt.timedelta(hours=8))).date() == day for s in week)
                   for day in (MARCH + n * DAY for n in range(8))]  # fmt: skip
        # Monday to Friday work, Saturday 6 March is made a working day, Sunday rests, Monday 8 March is a holiday.
        assert per_day == [1, 1, 1, 1, 1, 1, 2, 2]
        assert [s.rest_day for s in week] == [False] * 6 + [True] * 4

    def test_a_season_forces_the_strengthened_roster(self, town: Unit, pattern: Any, people: Any) -> None:
        pattern()
        pattern(
            kind="strengthened", name="汛期", starts=[dt.time(8, 30), dt.time(20, 30)], length=dt.timedelta(hours=12)
        )
        actions.set_season(
            by=SYSTEM,
            unit="331126",
            kind="flood",
            name="汛期",
            starts_on=dt.date(2027, 3, 10),
            ends_on=dt.date(2027, 3, 12),
        )
        shifts = month(town)
        strong = [s.during.lower for s in shifts if s.kind == "strengthened"]
        assert strong == [beijing(f"2027-03-{day} {time}") for day in (10, 11) for time in ("08:30", "20:30")]
        assert len(shifts) == 29 + 4

    def test_without_such_a_pattern_it_says_so_and_is_not_published(self, town: Unit, pattern: Any) -> None:
        pattern()
        actions.set_season(
            by=SYSTEM,
            unit=town,
            kind="festival",
            name="节",
            starts_on=dt.date(2027, 3, 10),
            ends_on=dt.date(2027, 3, 12),
        )
        row = actions.generate_now(by=SYSTEM, unit=town, first=MARCH, until=APRIL)
        assert (row.shifts, row.unstrengthened) == (31, 2)
        with pytest.raises(Invalid) as refused:
            actions.publish(by=SYSTEM, unit=town, month=MARCH)
        assert len(refused.value.fields["not_strengthened"]) == 2
        assert not Shift.objects.filter(live=True).exists()

    def test_it_runs_batch_by_batch_and_tells_its_progress(self, demo_county: Unit, crew_of: Any) -> None:
        towns = list(Unit.objects.filter(level__in=["township", "village"]).order_by("path")[:45])
        for unit in towns:
            who = crew_of(unit.code)
            actions.set_pattern(
                by=SYSTEM, unit=unit, name="x", valid_from=MARCH,
                rotation={"leader": who[:1], "main": who[1:2], "deputy": who[2:3]},
            )  # fmt: skip
        row = actions.generate(by=SYSTEM, unit=demo_county, first=MARCH, until=APRIL, descendants=True)
        assert (row.done, row.total, row.status) == (0, 45, "running")
        fire_due()
        row.refresh_from_db()
        assert (row.done, row.shifts, row.status) == (45, 45 * 31, "done")
        told = Event.objects.filter(subject=f"generation:{row.pk}").order_by("seq")
        assert [e.card["done"] for e in told] == [0, 20, 40, 45]
        assert Timer.objects.filter(kind="duty.generate", state="fired").count() == 3

    def test_two_patterns_for_the_same_days_are_a_conflict(self, pattern: Any) -> None:
        pattern()
        with pytest.raises(Conflict):
            pattern(days="working")
        pattern(kind="strengthened")


class TestPublication:
    def test_from_then_on_it_counts(self, town: Unit, pattern: Any, people: Any) -> None:
        pattern()
        month(town)
        assert responsible(town, beijing("2027-03-01 12:00")) == {}
        rosters = actions.publish(by=SYSTEM, unit=town, month=MARCH)
        assert [r.status for r in rosters] == ["published"]
        assert responsible(town, beijing("2027-03-01 12:00"))["main"] == people[2].pk
        assert responsible(town, beijing("2027-03-02 12:00"))["main"] == people[3].pk
        assert Event.objects.filter(verb="roster.published").count() == 1

    def test_it_is_on_the_units_events_only_once_a_month(self, town: Unit, pattern: Any) -> None:
        pattern()
        month(town)
        actions.publish(by=SYSTEM, unit=town, month=MARCH)
        with pytest.raises(Conflict):
            actions.publish(by=SYSTEM, unit=town, month=MARCH)

    def test_a_shift_without_a_deputy_is_named_and_nothing_is_published(
        self, town: Unit, pattern: Any, people: Any
    ) -> None:
        pattern(rotation={"leader": people[:2], "main": people[2:4], "deputy": []})
        month(town)
        with pytest.raises(Invalid) as refused:
            actions.publish(by=SYSTEM, unit=town, month=MARCH)
        assert "2027-03-01 08:30" in refused.value.fields["incomplete"][0]
        assert not Stint.objects.exists()

    def test_faulty_shifts_may_stay_behind_as_gaps(self, town: Unit, pattern: Any, people: Any, admin: Person) -> None:
        pattern()
        month(town)
        deactivate_person(people[2], by=admin)
        actions.publish(by=SYSTEM, unit=town, month=MARCH, leave_faulty=True)
        assert Shift.objects.filter(unit=town, live=True).count() == 15
        first = watch.gaps([town], beijing("2027-03-01 08:30"), beijing("2027-03-03 08:30"))
        assert {(g.post, g.start, g.end) for g in first} == {
            (post, beijing("2027-03-01 08:30"), beijing("2027-03-02 08:30")) for post in ("leader", "main", "deputy")
        }

    def test_nobody_is_on_for_over_a_day_on_end(self, town: Unit, pattern: Any, people: Any) -> None:
        pattern(rotation={"leader": people[:2], "main": [people[2]], "deputy": people[4:6]})
        month(town)
        with pytest.raises(Invalid) as refused:
            actions.publish(by=SYSTEM, unit=town, month=MARCH)
        text = refused.value.fields["too_long"][0]
        assert people[2].name_en in text or people[2].name in text
        assert "2027-03-01 08:30" in text

    def test_the_last_shift_of_one_month_counts_for_the_first_of_the_next(
        self, town: Unit, pattern: Any, people: Any, shift_of: Any
    ) -> None:
        shift_of("2027-02-28", {"leader": people[1], "main": people[2], "deputy": people[5]})
        pattern()
        month(town)
        with pytest.raises(Invalid) as refused:
            actions.publish(by=SYSTEM, unit=town, month=MARCH)
        assert list(refused.value.fields) == ["too_long"]

    def test_no_outside_substitutes(self, town: Unit, pattern: Any, crew_of: Any, people: Any) -> None:
        pattern(rotation={"leader": people[:2], "main": crew_of("331126204")[:2], "deputy": people[4:6]})
        month(town)
        with pytest.raises(Invalid) as refused:
            actions.publish(by=SYSTEM, unit=town, month=MARCH)
        assert len(refused.value.fields["outsider"]) == 31

    def test_twelve_hours_twice_in_a_row_are_a_day_and_allowed(self, town: Unit, shift_of: Any) -> None:
        shift_of("2027-03-01 08:30", 0, hours=12)
        shift_of("2027-03-01 20:30", 0, hours=12)
        with pytest.raises(Invalid) as refused:
            shift_of("2027-03-02 08:30", 0, hours=1)
        assert "too_long" in refused.value.fields


class TestGaps:
    def test_a_unit_without_any_shift_is_one_whole_gap_a_post(self, town: Unit) -> None:
        start, end = beijing("2027-03-01 00:00"), beijing("2027-03-31 00:00")
        found = watch.gaps([town], start, end)
        assert {(g.post, g.start, g.end) for g in found} == {(p, start, end) for p in ("leader", "main", "deputy")}

    def test_they_are_found_to_the_second(self, town: Unit, shift_of: Any) -> None:
        shift_of("2027-03-01 08:30", 0, hours=12)
        shift_of("2027-03-01 20:30:01", 1, hours=12)
        found = watch.gaps([town], beijing("2027-03-01 08:30"), beijing("2027-03-02 08:30:01"))
        assert {(g.start, g.end) for g in found} == {(beijing("2027-03-01 20:30:00"), beijing("2027-03-01 20:30:01"))}
        assert len(found) == 3

    def test_touching_shifts_leave_none(self, town: Unit, shift_of: Any) -> None:
        shift_of("2027-03-01", 0)
        shift_of("2027-03-02", 1)
        assert watch.gaps([town], beijing("2027-03-01 08:30"), beijing("2027-03-03 08:30")) == []

    def test_villages_need_somebody_on_the_nights_of_the_flood_season_only(self, demo_county: Unit) -> None:
        village = Unit.objects.get(code="331126206200")
        week = (beijing("2027-03-01 00:00"), beijing("2027-03-08 00:00"))
        assert watch.gaps([village], *week) == []
        actions.set_season(
            by=SYSTEM, unit=demo_county, kind="flood", name="汛期", levels=["village"],
            starts_on=dt.date(2027, 3, 3), ends_on=dt.date(2027, 3, 5),
        )  # fmt: skip
        found = watch.gaps([village], *week)
        assert {(g.start, g.end) for g in found} == {
            (beijing(f"2027-03-0{day} 20:00"), beijing(f"2027-03-0{day + 1} 08:00")) for day in (3, 4)
        }

    def test_somebody_who_left_is_a_gap_ahead_although_the_deputy_stands_in(
        self, town: Unit, shift_of: Any, team: Any, admin: Person, at_time: Any
    ) -> None:
        shift_of("2027-03-01", 0)
        at_time("2027-02-20 10:00")
        deactivate_person(team[0]["main"], by=admin)
        found = watch.gaps([town], beijing("2027-03-01 08:30"), beijing("2027-03-02 08:30"))
        assert [(g.post, g.start, g.end) for g in found] == [
            ("main", beijing("2027-03-01 08:30"), beijing("2027-03-02 08:30"))
        ]

    def test_the_whole_county_is_looked_over_in_one_query(
        self, demo_county: Unit, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(1):
            found = watch.gaps(None, beijing("2027-03-01 00:00"), beijing("2027-03-31 00:00"))
        assert len({g.unit_code for g in found}) == 20

    def test_when_the_last_shift_ends_with_nobody_after_it_an_alarm_is_raised(
        self, town: Unit, shift_of: Any, at_time: Any
    ) -> None:
        from duty.models import GapAlarm

        at_time("2027-03-01 08:00")
        shift_of("2027-03-01", 0)
        fire_due()
        at_time("2027-03-01 08:31")
        fire_due()
        assert not GapAlarm.objects.filter(status="open").exists()
        at_time("2027-03-02 08:30:01")
        fire_due()
        assert {a.post for a in GapAlarm.objects.filter(unit=town, reason="nobody")} == {"leader", "main", "deputy"}


class TestEditing:
    def test_a_person_in_two_places_is_a_conflict_that_names_the_place(
        self, shift_of: Any, people: Any, team: Any, crew_of: Any
    ) -> None:
        from org.actions import appoint
        from org.models import Post

        first = shift_of("2027-03-01", 0)
        other = Unit.objects.get(code="331126204")
        appoint(person=team[0]["main"], post=Post.objects.get(code="township_deputy"), unit=other, by=SYSTEM)
        crew = {"leader": crew_of("331126204")[0], "main": team[0]["main"], "deputy": crew_of("331126204")[1]}
        with pytest.raises(Conflict) as refused:
            shift_of("2027-03-02 08:00", crew, unit=other, hours=5)
        assert first.unit.name in str(refused.value.detail) or first.unit.name_en in str(refused.value.detail)
        assert "2027-03-01 08:30" in str(refused.value.detail)
        assert refused.value.current["shift"] == first.pk

    def test_reassigning_a_published_slot_books_the_new_person(self, town: Unit, shift_of: Any, people: Any) -> None:
        shift = shift_of("2027-03-01", 0)
        actions.assign(by=SYSTEM, places=[actions.Place(shift.pk, "main", people[3])])
        assert responsible(town, shift.during.lower)["main"] == people[3].pk
        assert Event.objects.filter(verb="shift.changed", subject=f"shift:{shift.pk}").exists()

    def test_two_posts_of_one_shift_can_change_places_at_once(self, town: Unit, shift_of: Any, team: Any) -> None:
        shift = shift_of("2027-03-01", 0)
        actions.assign(
            by=SYSTEM,
            places=[
                actions.Place(shift.pk, "main", team[0]["deputy"]),
                actions.Place(shift.pk, "deputy", team[0]["main"]),
            ],
        )
        on = responsible(town, shift.during.lower)
        assert (on["main"], on["deputy"]) == (team[0]["deputy"].pk, team[0]["main"].pk)

    def test_many_cells_change_together_or_not_at_all(self, town: Unit, shift_of: Any, people: Any, team: Any) -> None:
        first, second = shift_of("2027-03-01", 0), shift_of("2027-03-03", 1)
        with pytest.raises(Conflict) as refused:
            actions.assign(
                by=SYSTEM,
                places=[
                    actions.Place(first.pk, "main", people[3]),
                    actions.Place(second.pk, "main", team[1]["leader"]),
                ],
            )
        assert "already" in str(refused.value.detail) or "已" in str(refused.value.detail)
        assert responsible(town, first.during.lower)["main"] == team[0]["main"].pk

    def test_a_moved_shift_takes_its_people_along(self, town: Unit, shift_of: Any, team: Any) -> None:
        shift = shift_of("2027-03-01", 0)
        actions.move_shift(shift.pk, by=SYSTEM, start=beijing("2027-03-31 20:00"), end=beijing("2027-04-01 08:00"))
        assert responsible(town, beijing("2027-03-01 12:00")) == {}
        assert responsible(town, beijing("2027-04-01 02:00"))["leader"] == team[0]["leader"].pk
        assert Roster.objects.get(shifts=shift).month == MARCH

    def test_onto_another_shift_it_does_not_go(self, shift_of: Any) -> None:
        shift_of("2027-03-01", 0)
        second = shift_of("2027-03-02", 1)
        with pytest.raises(Conflict):
            actions.move_shift(
                second.pk, by=SYSTEM, start=beijing("2027-03-02 08:29:59"), end=beijing("2027-03-03 08:00")
            )
        second.refresh_from_db()
        assert second.during.lower == beijing("2027-03-02 08:30")

    def test_a_shift_that_has_begun_stays_where_it_is(self, shift_of: Any, at_time: Any) -> None:
        shift = shift_of("2027-03-01", 0)
        at_time("2027-03-01 09:00")
        with pytest.raises(Conflict):
            actions.move_shift(shift.pk, by=SYSTEM, start=beijing("2027-03-05 08:30"), end=beijing("2027-03-06 08:30"))
        with pytest.raises(Conflict):
            actions.call_off_shift(shift.pk, by=SYSTEM, reason="x")

    def test_called_off_it_is_a_gap_and_stays_on_record(self, town: Unit, shift_of: Any) -> None:
        shift = shift_of("2027-03-01", 0)
        actions.call_off_shift(shift.pk, by=SYSTEM, reason="调整")
        assert responsible(town, shift.during.lower) == {}
        assert Shift.objects.get(pk=shift.pk).status == "called_off"
        assert Event.objects.get(verb="shift.called_off").data["reason"] == "调整"

    def test_drafts_may_be_anything_until_they_are_published(self, town: Unit, shift_of: Any, people: Any) -> None:
        shift_of("2027-03-01", 0)
        draft = shift_of("2027-03-01 12:00", {"main": people[2]}, hours=2, published=False)
        found = selectors.problems_of_drafts(list(Roster.objects.filter(unit=town)))
        assert {f.code for f in found} == {"incomplete"}
        assert found[0].shift_id == draft.pk


class TestCalendar:
    def test_2026_is_official_and_2027_is_not_yet(self, demo_county: Unit) -> None:
        actions.seed_calendar([2026, 2027], by=SYSTEM)
        assert selectors_rest("2026-02-14") is False  # a Saturday that is worked for the Spring Festival
        assert selectors_rest("2026-02-17") is True  # the festival itself, a Tuesday
        assert selectors_rest("2026-03-07") is True  # any Saturday
        assert calendar_warnings(dt.date(2026, 1, 1), dt.date(2027, 1, 1)) == []
        assert [w.year for w in calendar_warnings(dt.date(2026, 6, 1), dt.date(2027, 6, 1))] == [2027]
        assert "2027" in calendar_warnings(dt.date(2027, 1, 1), dt.date(2027, 2, 1))[0].text

    def test_a_republished_calendar_lists_what_it_affects_and_changes_nothing(
        self, town: Unit, pattern: Any, shift_of: Any, demo_county: Unit
    ) -> None:
        actions.seed_calendar([2027], by=SYSTEM)
        pattern()
        month(town)
        actions.publish(by=SYSTEM, unit=town, month=MARCH)
        before = list(Shift.objects.order_by("pk").values_list("pk", "during", "rest_day"))
        affected = actions.set_calendar_year(
            2027, {dt.date(2027, 3, 6): ("working", "调休"), dt.date(2027, 3, 9): ("holiday", "节")},
            source="国办发明电〔2026〕9号", official=True, by=SYSTEM,
        )  # fmt: skip
        assert [s.during.lower for s in affected] == [beijing("2027-03-06 08:30"), beijing("2027-03-09 08:30")]
        assert list(Shift.objects.order_by("pk").values_list("pk", "during", "rest_day")) == before
        assert CalendarDay.objects.filter(date__year=2027, version=1).exists()
        assert calendar_warnings(dt.date(2027, 1, 1), dt.date(2028, 1, 1)) == []
        accepted = actions.accept_calendar([affected[0].pk], by=Person.objects.get(username="admin"))
        assert accepted == 1
        assert [s.pk for s in affected_shifts(2027)] == [affected[1].pk]

    def test_a_day_that_a_new_version_leaves_out_is_ordinary_again(self, demo_county: Unit) -> None:
        day = dt.date(2027, 3, 9)
        actions.set_calendar_year(2027, {day: ("holiday", "节")}, source="a", official=True, by=SYSTEM)
        assert selectors_rest("2027-03-09") is True
        actions.set_calendar_year(2027, {}, source="b", official=True, by=SYSTEM)
        assert selectors_rest("2027-03-09") is False


def selectors_rest(day: str) -> bool:
    from duty.actions.edit import rest_day

    return rest_day(dt.date.fromisoformat(day))
