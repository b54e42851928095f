"""Deadlines: counted in Beijing time over holidays and adjusted working days, explained, reminded of, overdue."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils.translation import override

from duty.actions import set_calendar_year
from hazards import actions
from hazards.models import Deadline, Hazard
from journal.actions.recording import SYSTEM
from journal.models import Event, Timer
from journal.timers import fire_due
from norms.models import Number
from norms.rules import deadlines
from norms.rules.deadlines import day_of, moment
from norms.selectors.deadlines import counted
from notify.models import Message
from org.models import Person
from tests.support.duty import beijing
from tests.support.hazards import fresh

pytestmark = pytest.mark.django_db


def open_deadlines(hazard: Hazard) -> dict[str, dt.date]:
    rows = Deadline.objects.filter(hazard=hazard, ended_at=None)
    return {what: day_of(due_at) for what, due_at in rows.values_list("what", "due_at")}


class TestCounting:
    def test_working_days_leap_over_holidays_and_take_the_adjusted_saturday(self, holidays: None) -> None:
        due = counted("plan", "plan", beijing("2027-09-30 10:00"))
        assert due.due_at == beijing("2027-10-13 23:59:59")  # 8, 9 (a Saturday), 11, 12, 13

    def test_without_the_holidays_it_would_be_sooner(self, demo_county: Any) -> None:
        assert counted("plan", "plan", beijing("2027-09-30 10:00")).day == dt.date(2027, 10, 7)

    def test_days_count_every_day(self, holidays: None) -> None:
        assert counted("rectify", "general", beijing("2027-09-25 10:00")).day == dt.date(2027, 10, 10)
        assert counted("rectify", "major", beijing("2027-09-25 10:00")).day == dt.date(2027, 12, 24)

    @pytest.mark.parametrize(
        ("since", "day"),
        [
            ("2027-03-01 00:00:00", "2027-03-02"),
            ("2027-02-28 23:59:59", "2027-03-01"),
            ("2027-03-01 07:59", "2027-03-02"),
        ],
    )
    def test_the_day_is_beijing_s(self, since: str, day: str, demo_county: Any) -> None:
        """Before eight in the morning it is still the day before in UTC."""
        assert counted("register", "register", beijing(since)).day == dt.date.fromisoformat(day)

    def test_from_a_friday_night_it_is_monday(self, demo_county: Any) -> None:
        assert counted("register", "register", beijing("2027-03-05 23:59")).day == dt.date(2027, 3, 8)

    def test_backwards_over_the_holidays(self, holidays: None) -> None:
        last = counted("rectify", "extension_ahead", beijing("2027-10-13 23:59:59"), backwards=True)
        days = [last.day + dt.timedelta(days=n) for n in range((dt.date(2027, 10, 13) - last.day).days)]
        worked = [d for d in days if (d.weekday() < 5 and not dt.date(2027, 10, 1) <= d <= dt.date(2027, 10, 7))
                  or d == dt.date(2027, 10, 9)]  # fmt: skip
        assert len(worked) == 20
        assert worked[0] == last.day

    def test_the_newest_calendar_counts_and_is_named(self, holidays: None) -> None:
        assert counted("plan", "plan", beijing("2027-09-30 10:00")).calendar_version == 1
        set_calendar_year(2027, {}, source="taken back", official=True, by=SYSTEM)
        again = counted("plan", "plan", beijing("2027-09-30 10:00"))
        assert (again.day, again.calendar_version) == (dt.date(2027, 10, 7), 2)

    def test_a_newer_rule_counts_from_its_day(self, demo_county: Any) -> None:
        Number.objects.create(
            code="general",
            value=10,
            measure="days",
            source="县政办〔2027〕3 号",
            effective_from=beijing("2027-06-01 00:00"),
        )
        assert counted("rectify", "general", beijing("2027-05-31 10:00")).day == dt.date(2027, 6, 15)
        assert counted("rectify", "general", beijing("2027-06-01 10:00")).day == dt.date(2027, 6, 11)

    def test_a_rule_that_is_not_there_is_a_fault(self, demo_county: Any) -> None:
        with pytest.raises(LookupError):
            counted("rectify", "nonsense")


class TestWhy:
    def test_it_says_what_was_not_counted_and_what_was(self, holidays: None) -> None:
        why = counted("plan", "plan", beijing("2027-09-30 10:00")).why
        with override("en"):
            said = deadlines.say(why)
        assert "5 working days from 2027-09-30" in said
        assert "10-01, 10-04, 10-05, 10-06, 10-07" in said
        assert "10-09" in said
        assert "not loaded" not in said

    def test_it_says_that_the_official_calendar_is_missing(self, demo_county: Any) -> None:
        with override("en"):
            assert "2027 is not loaded" in deadlines.say(counted("plan", "plan", beijing("2027-09-30 10:00")).why)

    def test_it_is_kept_with_the_deadline_rule_and_version(self, holidays: None, at_time: Any, found: Any) -> None:
        at_time("2027-09-30 10:00")
        kept = Deadline.objects.get(hazard=found(people_at_risk=0))
        assert (kept.what, kept.rule, kept.calendar_version) == ("register", "register", 1)
        with override("en"):
            assert deadlines.say(kept.why).startswith("1 working days from 2027-09-30")
        assert day_of(kept.due_at) == dt.date(2027, 10, 8)

    def test_a_plan_s_limit_says_what_the_rules_allow(
        self, holidays: None, at_time: Any, ticket: Any, planned: Any, village: Person
    ) -> None:
        at_time("2027-09-20 10:00")
        hazard = ticket("rectifying")
        kept = Deadline.objects.get(hazard=hazard, ended_at=None)
        with override("en"):
            assert deadlines.say(kept.why) == "the time limit of the plan; the rules allow until 2027-10-05"


class TestTheChain:
    def test_each_step_has_its_deadline(
        self, holidays: None, at_time: Any, found: Any, village: Person, township: Person, planned: Any
    ) -> None:
        at_time("2027-09-30 10:00")
        hazard = found(people_at_risk=0)
        assert open_deadlines(hazard) == {"register": dt.date(2027, 10, 8)}
        actions.register(hazard.pk, by=village)
        assert open_deadlines(hazard) == {"grade": dt.date(2027, 10, 11)}
        actions.grade(hazard.pk, by=township, grade="general", grounds="x")
        assert open_deadlines(hazard) == {"plan": dt.date(2027, 10, 13), "rectify": dt.date(2027, 10, 15)}
        assert day_of(fresh(hazard).next_due_at) == dt.date(2027, 10, 13)
        actions.plan(hazard.pk, by=village, **planned(finish_on=dt.date(2027, 10, 12)))
        assert open_deadlines(hazard) == {"rectify": dt.date(2027, 10, 12)}
        actions.submit(hazard.pk, by=village)
        assert open_deadlines(hazard) == {"inspect": dt.date(2027, 10, 20)}
        actions.inspect(hazard.pk, by=township)
        assert open_deadlines(hazard) == {"close": dt.date(2027, 10, 13)}
        actions.close(hazard.pk, by=township)
        assert open_deadlines(hazard) == {}

    def test_sent_back_early_the_limit_stays_and_late_a_few_days_are_given(
        self, at_time: Any, ticket: Any, village: Person, township: Person, planned: Any
    ) -> None:
        at_time("2027-03-01 10:00")
        hazard = ticket("graded")
        actions.plan(hazard.pk, by=village, **planned(finish_on=dt.date(2027, 3, 15)))
        actions.submit(hazard.pk, by=village)
        actions.send_back(hazard.pk, by=township, note="x")
        assert open_deadlines(hazard) == {"rectify": dt.date(2027, 3, 15)}
        actions.submit(hazard.pk, by=village)
        at_time("2027-03-15 10:00")
        actions.send_back(hazard.pk, by=township, note="x")
        assert open_deadlines(hazard) == {"rectify": dt.date(2027, 3, 22)}
        actions.submit(hazard.pk, by=village)
        actions.inspect(hazard.pk, by=township)
        actions.close(hazard.pk, by=township)
        assert fresh(hazard).in_time is True  # handed in on the 15th, the last day

    def test_more_days_after_a_sending_back_are_no_new_limit(
        self, at_time: Any, ticket: Any, village: Person, township: Person, planned: Any
    ) -> None:
        at_time("2027-03-01 10:00")
        hazard = ticket("graded")
        actions.plan(hazard.pk, by=village, **planned(finish_on=dt.date(2027, 3, 15)))
        actions.submit(hazard.pk, by=village)
        at_time("2027-03-15 10:00")
        actions.send_back(hazard.pk, by=township, note="x")
        at_time("2027-03-17 10:00")
        actions.submit(hazard.pk, by=village)
        actions.inspect(hazard.pk, by=township)
        actions.close(hazard.pk, by=township)
        assert fresh(hazard).in_time is False


class TestReminders:
    def told(self, hazard: Hazard) -> list[tuple[str, str]]:
        rows = Event.objects.filter(subject=f"hazard:{hazard.pk}", verb__in=["hazard.reminded", "hazard.overdue"])
        at = [(event.verb.partition(".")[2], event.at) for event in rows.order_by("seq")]
        return [(verb, f"{moment.astimezone(deadlines.BEIJING):%m-%d}") for verb, moment in at]

    @pytest.fixture
    def hazard(self, at_time: Any, ticket: Any, village: Person, planned: Any) -> Hazard:
        at_time("2027-03-01 10:00")
        hazard = ticket("graded")
        actions.plan(hazard.pk, by=village, **planned(finish_on=dt.date(2027, 3, 15)))
        return fresh(hazard)

    def test_seven_and_three_days_before_on_the_day_and_then_daily(self, hazard: Hazard, at_time: Any) -> None:
        for day in range(2, 19):
            at_time(f"2027-03-{day:02d} 08:29")
            fire_due()
            at_time(f"2027-03-{day:02d} 08:31")
            fire_due()
        assert self.told(hazard) == [
            ("reminded", "03-08"), ("reminded", "03-12"), ("reminded", "03-15"),
            ("overdue", "03-16"), ("overdue", "03-17"), ("overdue", "03-18"),
        ]  # fmt: skip

    def test_the_village_and_whoever_answers_for_the_plan_are_told(
        self, hazard: Hazard, at_time: Any, village: Person
    ) -> None:
        at_time("2027-03-08 09:00")
        fire_due()
        message = Message.objects.filter(code="hazard.reminded", state="open").get()
        assert message.person == village
        assert message.data["what"] == {"zh": "整改", "en": "rectify"} or message.data["what"]["en"] == "rectify"

    def test_after_downtime_every_missed_step_is_told_in_order_and_marked_late(
        self, hazard: Hazard, at_time: Any
    ) -> None:
        at_time("2027-03-17 09:00")
        fire_due()
        events = Event.objects.filter(subject=f"hazard:{hazard.pk}", verb__in=["hazard.reminded", "hazard.overdue"])
        assert [event.data["step"] for event in events.order_by("seq")] == [0, 1, 2, 3, 4]
        assert all(event.data["late"] for event in events)

    def test_a_ticket_that_moved_on_is_left_alone(self, hazard: Hazard, at_time: Any, village: Person) -> None:
        actions.submit(hazard.pk, by=village)
        at_time("2027-03-12 09:00")
        fire_due()
        told = Event.objects.filter(subject=f"hazard:{hazard.pk}", verb="hazard.reminded")
        assert {event.data["what"] for event in told} == {"inspect"}

    def test_a_clock_of_an_older_generation_does_nothing(self, hazard: Hazard, at_time: Any) -> None:
        """A firer that held the timer while the ticket moved on."""
        Hazard.objects.filter(pk=hazard.pk).update(generation=hazard.generation + 1)
        at_time("2027-03-12 09:00")
        fire_due()
        assert self.told(hazard) == []

    def test_there_is_one_clock_at_a_time(self, hazard: Hazard) -> None:
        pending = Timer.objects.filter(subject=f"hazard:{hazard.pk}", state="pending").get()
        assert pending.generation == hazard.generation
        assert pending.due_at == moment(hazard.next_due_at, 0, (7, 3)) == beijing("2027-03-08 08:30")

    def test_what_is_told_is_settled_by_the_next_step(self, hazard: Hazard, at_time: Any, village: Person) -> None:
        at_time("2027-03-16 09:00")
        fire_due()
        assert Message.objects.filter(subject=f"hazard:{hazard.pk}", code="hazard.overdue", state="open").exists()
        actions.submit(hazard.pk, by=village)
        left = Message.objects.filter(subject=f"hazard:{hazard.pk}", state="open").exclude(code="hazard.to_inspect")
        assert not left.exists()


def test_an_extension_that_waits_is_reminded_of(at_time: Any, ticket: Any, village: Person, township: Person) -> None:
    at_time("2027-03-01 10:00")
    hazard = ticket("rectifying")
    actions.ask_extension(hazard.pk, by=village, until=dt.date(2027, 5, 1), reason="x")
    Message.objects.all().delete()
    at_time("2027-03-15 09:00")  # ten working days on
    fire_due()
    told = Message.objects.filter(code="hazard.extension_asked", state="open")
    assert [message.person for message in told] == [township]
    at_time("2027-03-16 09:00")
    fire_due()
    assert Message.objects.filter(code="hazard.extension_asked", state="open").count() == 2  # and the township's head
