"""Gaps: told within a minute, closed when filled, told anew for the next one; nobody whose duty changes goes untold."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from command.actions import issue_order
from command.models import Assignment
from duty import actions
from duty.actions.rounds import sweep
from duty.models import GapAlarm, Shift
from duty.selectors import watch
from journal.actions.recording import SYSTEM
from journal.actions.relays import run_pending
from journal.models import Event
from journal.timers import fire_due, raise_alarms
from notify.models import Message
from org.actions import change_phone, deactivate_person, end_appointment
from org.models import Appointment, Person, Unit
from tests.support.duty import TOWN, beijing
from web.errors import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_duty(at_time: Any, shift_of: Any) -> None:
    at_time("2027-02-20 12:00")
    shift_of("2027-03-01", 0)
    shift_of("2027-03-02", 1)
    at_time("2027-03-01 12:00")
    fire_due()


def open_alarms(town: Unit, **more: Any) -> list[GapAlarm]:
    return list(GapAlarm.objects.filter(unit=town, status="open", **more).select_related("person", "called"))


def cover(town: Unit, by: Person, person: Person, until: str) -> Any:
    return actions.override(
        by=by, unit=town, post="main", person=person, start=beijing("2027-03-01 12:00"), end=beijing(until), reason="x"
    )


class TestAfterACover:
    @pytest.fixture
    def covered(self, town: Unit, team: Any, people: Any, admin: Person) -> Any:
        deactivate_person(team[0]["main"], by=admin)
        run_pending()
        made = cover(town, people[1], people[3], "2027-03-01 18:00")
        assert open_alarms(town) == []
        return made

    def again(self, town: Unit, team: Any) -> None:
        (alarm,) = open_alarms(town)
        assert (alarm.post, alarm.called) == ("main", team[0]["deputy"])
        rung = Message.objects.filter(person=team[0]["deputy"], code="duty.stand_in", state="open")
        assert [message.subject for message in rung] == [f"gap:{alarm.pk}"]

    def test_withdrawn_the_stand_in_is_called_again(self, town: Unit, team: Any, people: Any, covered: Any) -> None:
        actions.withdraw_override(covered.pk, by=people[1])
        self.again(town, team)

    def test_ended_by_itself_too(self, town: Unit, team: Any, covered: Any, at_time: Any) -> None:
        at_time("2027-03-01 18:00:01")
        fire_due()
        self.again(town, team)

    def test_shortened_by_a_later_one_too(self, town: Unit, team: Any, people: Any, covered: Any, at_time: Any) -> None:
        cover(town, people[1], people[5], "2027-03-01 15:00")
        assert open_alarms(town) == []
        at_time("2027-03-01 15:00:01")
        fire_due()
        assert open_alarms(town) == [], "the first cover holds again"
        at_time("2027-03-01 18:00:01")
        fire_due()
        self.again(town, team)


def test_the_next_shift_closes_the_alarm_and_its_own_gap_names_its_own_deputy(
    town: Unit, team: Any, admin: Person, at_time: Any, people: Any
) -> None:
    deactivate_person(team[0]["main"], by=admin)
    run_pending()
    deactivate_person(team[1]["main"], by=admin)
    run_pending()
    (first,) = open_alarms(town)
    at_time("2027-03-02 08:31")
    fire_due()
    handover = actions.settle_handover
    from duty.models import Handover

    handover(Handover.objects.get(unit=town, status="open").pk, by=people[1], reason="x")
    (second,) = open_alarms(town)
    assert (second.person, second.called) == (team[1]["main"], team[1]["deputy"])
    first.refresh_from_db()
    assert first.status == "replaced"
    assert not Message.objects.filter(subject=f"gap:{first.pk}", state="open").exists()


def test_the_next_whole_shift_just_closes_it(town: Unit, team: Any, admin: Person, at_time: Any, people: Any) -> None:
    from duty.models import Handover

    deactivate_person(team[0]["main"], by=admin)
    run_pending()
    at_time("2027-03-02 08:31")
    fire_due()
    actions.settle_handover(Handover.objects.get(unit=town, status="open").pk, by=people[1], reason="x")
    assert open_alarms(town) == []
    assert GapAlarm.objects.get(unit=town).status == "filled"


def test_a_unit_that_never_had_a_shift_is_told_by_the_sweep(demo_county: Unit, clock: Any) -> None:
    other = Unit.objects.get(code="331126204")
    sweep()
    alarms = open_alarms(other)
    assert {alarm.post for alarm in alarms} == {"leader", "main", "deputy"}
    rung = Message.objects.filter(subject__in=[f"gap:{a.pk}" for a in alarms], state="open", alarm=True)
    assert rung.exists()
    assert rung.values("subject").distinct().count() == 1, "a unit with nobody at all rings once, not by post"
    before = GapAlarm.objects.count()
    clock.travel(seconds=20)
    sweep()
    assert GapAlarm.objects.count() == before, "once a gap"


class TestPhones:
    def test_on_duty_without_a_number_the_deputy_is_called_at_once(self, town: Unit, team: Any, admin: Person) -> None:
        Person.objects.filter(pk=team[0]["main"].pk).update(phone="")
        sweep()
        (alarm,) = open_alarms(town)
        assert (alarm.post, alarm.reason, alarm.called) == ("main", "no_phone", team[0]["deputy"])
        change_phone(team[0]["main"], phone="19900007777", by=admin)
        run_pending()
        assert open_alarms(town) == []

    def test_one_number_for_two_calls_somebody_on_another(self, town: Unit, team: Any) -> None:
        Person.objects.filter(pk=team[0]["main"].pk).update(phone=team[0]["deputy"].phone)
        sweep()
        assert {(a.post, a.reason) for a in open_alarms(town)} == {("main", "one_phone"), ("deputy", "one_phone")}
        assert {a.called for a in open_alarms(town)} == {team[0]["leader"]}

    def test_it_is_told_at_publication_and_recorded(self, town: Unit, team: Any, people: Any) -> None:
        Person.objects.filter(pk=team[0]["main"].pk).update(phone="")
        start = beijing("2027-03-08 08:30")
        actions.add_shift(
            by=people[1], unit=town, start=start, end=start + dt.timedelta(days=1), people=team[0], published=True
        )
        told = Message.objects.get(code="duty.cannot_be_called")
        assert (told.person, told.data["people"]["zh"]) == (people[1], team[0]["main"].name)
        assert Event.objects.filter(verb="roster.cannot_be_called").exists()


class TestNobodyLeft:
    def test_the_fallback_contact_is_called_until_somebody_acts(
        self, town: Unit, demo_county: Unit, admin: Person, leader: Person, clock: Any, people: Any, crew_of: Any
    ) -> None:
        contact = crew_of("331126")[2]
        actions.set_fallback(by=admin, unit=demo_county, person=contact)
        clock.travel(days=3)
        fire_due()
        called = Message.objects.filter(person=contact, code="duty.gap", alarm=True)
        assert called.filter(unit_path=town.path, state="open").count() == 1
        last = called.order_by("-pk").first()
        for _round in range(3):
            clock.travel(minutes=5, seconds=1)
            fire_due()
            newer = called.filter(unit_path=town.path).order_by("-pk").first()
            assert newer.pk != last.pk, "again, until somebody acts"
            last = newer
        actions.override(
            by=people[1], unit=town, post="main", person=people[3], start=clock.now(),
            end=clock.now() + dt.timedelta(hours=2), reason="x",
        )  # fmt: skip
        assert not open_alarms(town, post="main")

    def test_only_a_county_has_one_and_it_has_a_number(self, town: Unit, demo_county: Unit, admin: Person) -> None:
        with pytest.raises(Invalid):
            actions.set_fallback(by=admin, unit=town, person=admin)
        someone = Person.objects.exclude(pk=admin.pk).filter(appointments__unit=demo_county).first()
        Person.objects.filter(pk=someone.pk).update(phone="")
        with pytest.raises(Invalid):
            actions.set_fallback(by=admin, unit=demo_county, person=someone)

    def test_it_is_set_on_a_page(self, demo_county: Unit, admin: Person, crew_of: Any, client: Client) -> None:
        client.force_login(admin)
        page = client.get("/duty/today/").content.decode()
        assert "/duty/units/331126/fallback/" in page
        contact = crew_of("331126")[2]
        assert client.post("/duty/units/331126/fallback/", {"person": contact.pk}).status_code == 302
        assert demo_county.duty_fallback.person == contact


class TestTransferred:
    def test_the_old_unit_has_a_gap_and_new_orders_do_not_follow_them(
        self, town: Unit, team: Any, admin: Person, officer: Person
    ) -> None:
        before = issue_order(
            by=officer, incident_id=None, units=[TOWN], posts=["township_duty"], ladder="red", text="x"
        ).lines[0]
        assert before.person == team[0]["main"]
        for held in Appointment.objects.filter(person=team[0]["main"], unit=town, valid_to=None):
            end_appointment(held, by=admin)
        run_pending()
        (alarm,) = open_alarms(town)
        assert (alarm.post, alarm.reason, alarm.called) == ("main", "moved_on", team[0]["deputy"])
        after = issue_order(
            by=officer, incident_id=None, units=[TOWN], posts=["township_duty"], ladder="red", text="y"
        ).lines[0]
        assert after.person == team[0]["deputy"]
        handed = Assignment.objects.get(pk=before.pk)
        assert (handed.person, handed.status) == (team[0]["deputy"], "called"), "what they hold is handed on"
        assert Message.objects.filter(code="order.reassigned", person=team[0]["deputy"]).count() == 1

    def test_somebody_from_elsewhere_who_was_put_on_duty_stays(
        self, town: Unit, people: Any, crew_of: Any, admin: Person
    ) -> None:
        borrowed = crew_of("331126204")[0]
        cover(town, admin, borrowed, "2027-03-01 18:00")
        assert watch.who_is_on(town, "main").person_id == borrowed.pk
        assert open_alarms(town) == []


class TestTold:
    """Each once, by what was done to their shift."""

    def told(self, code: str) -> list[int]:
        found = Message.objects.filter(code__startswith=code).order_by("person")
        return list(found.values_list("person", flat=True))

    def ids(self, crew: dict[str, Person]) -> list[int]:
        return sorted(person.pk for person in crew.values())

    @pytest.fixture
    def coming(self) -> Shift:
        return Shift.objects.get(during__startswith=beijing("2027-03-02 08:30"))

    def test_published(self, team: Any) -> None:
        assert self.told("duty.rostered") == sorted(self.ids(team[0]) + self.ids(team[1]))

    def test_a_month_published_is_one_message_a_person(self, town: Unit, team: Any, admin: Person) -> None:
        for day in (10, 12, 14):
            start = beijing(f"2027-04-{day} 08:30")
            actions.add_shift(by=SYSTEM, unit=town, start=start, end=start + dt.timedelta(days=1), people=team[0])
        Message.objects.all().delete()
        actions.publish(by=admin, unit=town, month=dt.date(2027, 4, 1))
        assert self.told("duty.rostered_many") == self.ids(team[0])

    def test_moved(self, team: Any, coming: Shift, admin: Person) -> None:
        actions.move_shift(coming.pk, by=admin, start=beijing("2027-03-03 08:30"), end=beijing("2027-03-04 08:30"))
        assert self.told("duty.moved") == self.ids(team[1])

    def test_called_off(self, team: Any, coming: Shift, admin: Person) -> None:
        actions.call_off_shift(coming.pk, by=admin, reason="x")
        assert self.told("duty.called_off") == self.ids(team[1])

    def test_reassigned_both_hear_and_nobody_else(self, team: Any, coming: Shift, admin: Person, people: Any) -> None:
        Message.objects.all().delete()
        out, into = team[1]["main"], people[4]
        place = actions.Place(coming.pk, "main", into)
        start = coming.during.lower + dt.timedelta(hours=3)
        actions.move_shift(coming.pk, by=admin, start=start, end=start + dt.timedelta(hours=5))
        Message.objects.all().delete()
        actions.assign(by=admin, places=[place])
        actions.assign(by=admin, places=[place])
        assert (self.told("duty.taken_off"), self.told("duty.rostered")) == ([out.pk], [into.pk])

    def test_covered_and_given_back(self, town: Unit, team: Any, people: Any, admin: Person) -> None:
        made = cover(town, admin, people[3], "2027-03-01 18:00")
        assert (self.told("duty.put_on"), self.told("duty.covered")) == ([people[3].pk], [team[0]["main"].pk])
        actions.withdraw_override(made.pk, by=admin)
        assert self.told("duty.given_back") == [team[0]["main"].pk]
        assert self.told("duty.cover_over") == [people[3].pk]

    def test_a_draft_tells_nobody(self, town: Unit, team: Any, people: Any) -> None:
        Message.objects.all().delete()
        start = beijing("2027-03-08 08:30")
        actions.add_shift(by=people[1], unit=town, start=start, end=start + dt.timedelta(days=1), people=team[0])
        assert not Message.objects.exists()


def test_a_shift_published_minutes_before_it_begins_raises_no_false_alarm(
    shift_of: Any, at_time: Any, clock: Any
) -> None:
    at_time("2027-03-06 08:15")
    fire_due()
    shift_of("2027-03-06", 0)
    assert raise_alarms() == 0, "its handover should have been opened a quarter of an hour ago, had it been known"
    clock.travel(seconds=61)
    assert raise_alarms() >= 1, "a minute after it was set nobody has fired it: now the clock has stopped"
