"""Leave: asked, decided, recorded, withdrawn; who is on leave is not planned, and their stand-in answers."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from duty import actions
from duty.files import sheets
from duty.models import GapAlarm, Leave, Shift, Slot
from duty.selectors import gather, watch
from duty.selectors.leave import warnings
from journal.actions.recording import SYSTEM
from journal.models import Event
from journal.timers import fire_due
from notify.models import Message
from org.models import Appointment, Person, Unit
from tests.support.duty import DAY, beijing, responsible
from web.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning(at_time: Any, people: list[Person]) -> None:
    at_time("2027-02-10 09:00")


@pytest.fixture
def keeper(people: list[Person]) -> Person:
    """The township head, who keeps the roster."""
    return people[1]


@pytest.fixture
def away(team: Any) -> Person:
    """The main officer of the first crew."""
    return team[0]["main"]


def asked(person: Person, start: str = "2027-03-01", end: str = "2027-03-03", **more: Any) -> Leave:
    fields = {"reason": "家中有事", **more}
    return actions.ask_leave(by=person, start=beijing(f"{start} 00:00"), end=beijing(f"{end} 00:00"), **fields)


@pytest.fixture
def approved(away: Person, keeper: Person) -> Leave:
    return actions.approve_leave(asked(away).pk, by=keeper)


class TestLife:
    def test_it_is_asked_by_oneself_and_approved_by_whoever_keeps_the_roster(
        self, away: Person, keeper: Person, town: Unit
    ) -> None:
        leave = asked(away)
        assert (leave.status, leave.unit_id) == ("asked", town.pk)
        assert Message.objects.filter(code="leave.to_decide").exists()
        leave = actions.approve_leave(leave.pk, by=keeper)
        assert (leave.status, leave.decided_by_id) == ("approved", keeper.pk)
        told = Message.objects.filter(code="leave.approved").values_list("person", flat=True)
        assert list(told) == [away.pk]
        assert [e.verb for e in Event.objects.filter(subject=f"leave:{leave.pk}").order_by("seq")] == [
            "leave.asked",
            "leave.approved",
        ]

    def test_the_journal_keeps_no_reason(self, approved: Leave) -> None:
        assert not any(
            "家中" in str(e.data) + str(e.card) for e in Event.objects.filter(subject=f"leave:{approved.pk}")
        )

    def test_nobody_decides_on_their_own(self, keeper: Person, town: Unit) -> None:
        leave = asked(keeper)
        with pytest.raises(Forbidden):
            actions.approve_leave(leave.pk, by=keeper)
        with pytest.raises(Forbidden):
            actions.record_leave(
                by=keeper, person=keeper, unit=town, start=beijing("2027-04-01"), end=beijing("2027-04-02"), reason="x"
            )

    def test_a_refusal_says_why(self, away: Person, keeper: Person) -> None:
        leave = asked(away)
        with pytest.raises(Invalid):
            actions.refuse_leave(leave.pk, by=keeper, answer=" ")
        assert actions.refuse_leave(leave.pk, by=keeper, answer="防汛期间").answer == "防汛期间"
        assert asked(away).status == "asked", "the same time may be asked for again"

    def test_somebody_elses_is_out_of_sight(self, away: Person, people: list[Person], village: Person) -> None:
        leave = asked(away)
        for stranger in (people[5], village):
            with pytest.raises((NotFound, Forbidden)):
                actions.approve_leave(leave.pk, by=stranger)
            with pytest.raises(NotFound):
                actions.withdraw_leave(leave.pk, by=stranger)

    def test_two_of_one_person_do_not_overlap(self, approved: Leave, away: Person) -> None:
        with pytest.raises(Conflict) as refused:
            asked(away, "2027-03-02", "2027-03-05")
        assert refused.value.current["leave"] == approved.pk
        assert asked(away, "2027-03-03", "2027-03-05").status == "asked", "ranges that touch are two"

    @pytest.mark.parametrize(
        ("start", "end", "reason", "field"),
        [
            ("2027-03-02", "2027-03-02", "x", "end"),
            ("2027-03-02", "2027-03-01", "x", "end"),
            ("2027-01-01", "2027-01-02", "x", "end"),
            ("2027-03-01", "2028-03-01", "x", "end"),
            ("2027-03-01", "2027-03-02", " ", "reason"),
        ],
    )
    def test_bad_times_and_no_reason_are_told_by_field(
        self, away: Person, start: str, end: str, reason: str, field: str
    ) -> None:
        with pytest.raises(Invalid) as refused:
            asked(away, start, end, reason=reason)
        assert list(refused.value.fields) == [field]

    def test_one_that_is_under_way_ends_when_it_is_withdrawn_and_keeps_its_past(
        self, approved: Leave, away: Person, at_time: Any
    ) -> None:
        present = at_time("2027-03-01 12:00")
        leave = actions.withdraw_leave(approved.pk, by=away)
        assert (leave.status, leave.during.upper) == ("approved", pytest.approx(present, abs=DAY / 1000))
        with pytest.raises(Conflict):
            actions.withdraw_leave(approved.pk, by=away)


class TestRosters:
    def test_generation_does_not_plan_whoever_is_on_leave(self, approved: Leave, town: Unit, team: Any) -> None:
        rotation = {post: [team[0][post], team[1][post]] for post in ("leader", "main", "deputy")}
        actions.set_pattern(by=SYSTEM, unit=town, name="x", rotation=rotation, valid_from=dt.date(2027, 3, 1))
        actions.generate_now(by=SYSTEM, unit=town, first=dt.date(2027, 3, 1), until=dt.date(2027, 3, 9))
        planned = Slot.objects.filter(person=approved.person, shift__unit=town).values_list("shift__during", flat=True)
        assert planned, "they are planned for the other days"
        assert not any(
            during.lower < approved.during.upper and during.upper > approved.during.lower for during in planned
        )

    def test_publishing_somebody_on_leave_is_refused_with_name_and_dates(
        self, approved: Leave, shift_of: Any, town: Unit, keeper: Person
    ) -> None:
        with pytest.raises(Conflict) as refused:
            shift_of("2027-03-01", 0, published=False)
        assert refused.value.code == "on_leave"
        draft = shift_of("2027-03-05", 0, published=False)
        actions.withdraw_leave(approved.pk, by=approved.person)
        actions.approve_leave(asked(approved.person, "2027-03-05", "2027-03-06").pk, by=keeper)
        with pytest.raises(Invalid) as invalid:
            actions.publish(by=SYSTEM, unit=town, month=dt.date(2027, 3, 1))
        words = invalid.value.fields["on_leave"][0]
        assert approved.person.label in words
        assert "2027-03-05" in words
        draft.refresh_from_db()
        assert not draft.live

    def test_adding_and_assigning_somebody_on_leave_is_refused(self, approved: Leave, shift_of: Any) -> None:
        with pytest.raises(Invalid):
            shift_of("2027-03-01", 0)
        shift = shift_of("2027-03-01", 1)
        with pytest.raises(Conflict) as refused:
            actions.assign(by=SYSTEM, places=[actions.Place(shift.pk, "main", approved.person)])
        assert approved.person.label in str(refused.value.detail)

    def test_an_override_and_a_swap_with_somebody_on_leave_are_refused(
        self, approved: Leave, shift_of: Any, keeper: Person, town: Unit, team: Any
    ) -> None:
        shift = shift_of("2027-03-01", 1)
        with pytest.raises(Conflict):
            actions.override_slot(shift.slots.get(post="main").pk, by=keeper, person=approved.person, reason="x")
        swap = actions.request_swap(by=team[1]["main"], slot_id=shift.slots.get(post="main").pk, reason="x")
        with pytest.raises(Conflict):
            actions.take_swap(swap.pk, by=approved.person)

    def test_posts_of_two_people_on_leave_are_filled_one_by_one(
        self, shift_of: Any, keeper: Person, team: Any, people: list[Person]
    ) -> None:
        shift = shift_of("2027-03-01", 0)
        for post in ("main", "deputy"):
            actions.approve_leave(asked(team[0][post]).pk, by=keeper)
        for post in ("main", "deputy"):
            actions.assign(by=SYSTEM, places=[actions.Place(shift.pk, post, team[1][post])])
        assert {slot.person for slot in shift.slots.filter(post__in=["main", "deputy"])} == {
            team[1]["main"],
            team[1]["deputy"],
        }


class TestOnDuty:
    def test_the_deputy_answers_for_whoever_is_on_leave_and_the_post_is_a_gap(
        self, shift_of: Any, team: Any, town: Unit, away: Person, keeper: Person
    ) -> None:
        shift_of("2027-03-01", 0)
        actions.approve_leave(asked(away, "2027-03-01", "2027-03-02").pk, by=keeper)
        noon, after = beijing("2027-03-01 12:00"), beijing("2027-03-02 02:00")
        assert responsible(town, noon)["main"] == team[0]["deputy"].pk
        assert watch.who_is_on(town, "main", noon).stands_in_for == away.pk
        assert responsible(town, after)["main"] == away.pk
        gaps = [gap for gap in watch.gaps([town], noon, after) if gap.post == "main"]
        assert [(gap.start, gap.end) for gap in gaps] == [(noon, beijing("2027-03-02 00:00"))]

    def test_a_leave_that_begins_during_a_shift_alarms_calls_and_closes_by_itself(
        self, shift_of: Any, town: Unit, away: Person, keeper: Person, team: Any, at_time: Any
    ) -> None:
        shift_of("2027-03-01", 0)
        leave = actions.ask_leave(
            by=away, start=beijing("2027-03-01 12:00"), end=beijing("2027-03-01 18:00"), reason="就医"
        )
        actions.approve_leave(leave.pk, by=keeper)
        at_time("2027-03-01 12:00:10")
        fire_due()
        alarm = GapAlarm.objects.get(unit=town, post="main")
        assert (alarm.status, alarm.reason, alarm.person_id, alarm.called_id) == (
            "open",
            "leave",
            away.pk,
            team[0]["deputy"].pk,
        )
        at_time("2027-03-01 18:00:10")
        fire_due()
        alarm.refresh_from_db()
        assert alarm.status == "filled"

    def test_a_leave_approved_while_on_duty_calls_the_stand_in_at_once(
        self, shift_of: Any, town: Unit, away: Person, keeper: Person, at_time: Any
    ) -> None:
        shift_of("2027-03-01", 0)
        at_time("2027-03-01 10:00")
        leave = actions.ask_leave(
            by=away, start=beijing("2027-03-01 09:00"), end=beijing("2027-03-01 18:00"), reason="就医"
        )
        assert responsible(town)["main"] == away.pk, "until it is approved"
        actions.approve_leave(leave.pk, by=keeper)
        assert GapAlarm.objects.get(unit=town, post="main").status == "open"
        actions.withdraw_leave(leave.pk, by=keeper)
        assert responsible(town)["main"] == away.pk
        assert GapAlarm.objects.get(unit=town, post="main").status == "filled"

    def test_somebody_put_on_duty_for_them_fills_the_gap_and_the_shift_can_be_published(
        self, shift_of: Any, town: Unit, away: Person, keeper: Person, people: list[Person], at_time: Any
    ) -> None:
        shift_of("2027-03-01", 0)
        actions.approve_leave(asked(away, "2027-03-01", "2027-03-02").pk, by=keeper)
        at_time("2027-03-01 10:00")
        fire_due()
        actions.override(
            by=keeper, unit=town, post="main", person=people[3], start=beijing("2027-03-01 08:30"),
            end=beijing("2027-03-02 08:30"), reason="替班",
        )  # fmt: skip
        assert responsible(town)["main"] == people[3].pk
        assert not GapAlarm.objects.filter(unit=town, post="main", status="open").exists()


class TestBothHeads:
    @pytest.fixture
    def heads(self, demo_county: Unit) -> tuple[Person, Person]:
        rows = Appointment.objects.filter(unit=demo_county, role="A", post__code__in=["party_secretary", "magistrate"])
        first, second = rows.order_by("post__rank").select_related("person")
        return first.person, second.person

    def test_both_heads_out_of_the_county_at_once_are_warned_of(self, heads: tuple[Person, Person]) -> None:
        asked(heads[0], "2027-03-01", "2027-03-04", abroad=True)
        other = asked(heads[1], "2027-03-03", "2027-03-06", abroad=True)
        found = warnings(other)
        assert [row.other.person_id for row in found] == [heads[0].pk]
        assert (found[0].during.lower, found[0].during.upper) == (beijing("2027-03-03"), beijing("2027-03-04"))
        assert Event.objects.get(subject=f"leave:{other.pk}").data["both_away"] == ["331126"]

    def test_at_home_or_at_another_time_is_no_matter(self, heads: tuple[Person, Person], away: Person) -> None:
        asked(heads[0], "2027-03-01", "2027-03-04", abroad=True)
        assert warnings(asked(heads[1], "2027-03-02", "2027-03-03")) == []
        assert warnings(asked(heads[1], "2027-03-04", "2027-03-06", abroad=True)) == []
        assert warnings(asked(away, "2027-03-01", "2027-03-04", abroad=True)) == []


class TestDoors:
    def test_the_api_asks_records_decides_and_warns(
        self, api: Callable, away: Person, keeper: Person, town: Unit, people: list[Person]
    ) -> None:
        body = {"start": "2027-03-01T00:00:00+08:00", "end": "2027-03-03T00:00:00+08:00", "reason": "探亲"}
        made = api(away).post("/api/v1/leaves/", body)
        assert made.status_code == 201
        address = f"/api/v1/leaves/{made.json()['id']}/"
        assert api(away).post(address + "approve/").status_code == 403
        assert api(people[5]).get(address).status_code == 404
        answer = api(keeper).post(address + "approve/")
        assert (answer.json()["status"], answer.json()["warnings"]) == ("approved", [])
        again = api(away).post("/api/v1/leaves/", body)
        assert (again.status_code, again.json()["code"]) == (409, "on_leave")
        recorded = {**body, "person": people[3].pk, "unit": town.code}
        assert api(keeper).post("/api/v1/leaves/record/", recorded).json()["status"] == "approved"
        assert api(people[5]).post("/api/v1/leaves/record/", recorded).status_code in (400, 403)
        assert len(api(keeper).get("/api/v1/leaves/?first=2027-03-02&until=2027-03-03").json()["results"]) == 2
        assert api(keeper).post(address + "withdraw/").json()["status"] == "withdrawn"

    def test_the_pages_list_ask_record_and_decide(
        self, browse: Callable[..., Client], away: Person, keeper: Person, town: Unit, people: list[Person]
    ) -> None:
        asking = {"start": "2027-03-01T00:00", "end": "2027-03-03T00:00", "reason": "探亲", "abroad": "on"}
        assert browse(away).post("/duty/leave/ask/", asking).status_code in (302, 204, 200)
        leave = Leave.objects.get(person=away)
        page = browse(keeper).get("/duty/leave/").content.decode()
        assert away.label in page
        assert "探亲" in page
        assert f"/duty/leave/{leave.pk}/approve/" in page
        assert "探亲" not in browse(people[5]).get("/duty/leave/").content.decode()
        browse(keeper).post(f"/duty/leave/{leave.pk}/approve/")
        leave.refresh_from_db()
        assert leave.status == "approved"
        record = {**asking, "person": people[3].pk}
        browse(keeper).post(f"/duty/units/{town.code}/leave/", record)
        assert Leave.objects.get(person=people[3]).status == "approved"
        month = browse(keeper).get(f"/duty/?unit={town.code}&month=2027-03")
        assert month.status_code == 200

    def test_the_calendar_marks_whoever_is_on_leave(
        self, browse: Callable[..., Client], shift_of: Any, away: Person, keeper: Person, town: Unit
    ) -> None:
        shift_of("2027-03-01", 0)
        actions.approve_leave(asked(away).pk, by=keeper)
        page = browse(keeper, language="en").get(f"/duty/?unit={town.code}&month=2027-03").content.decode()
        assert "on leave" in page

    def test_a_handover_carries_who_is_on_leave(self, approved: Leave, town: Unit, at_time: Any) -> None:
        at_time("2027-03-01 08:00")
        part = next(part for part in gather.gathered(town) if part["section"] == "leave")
        assert [item["title"]["zh"] for item in part["items"]] == [approved.person.name]
        assert "2027-03-01" in part["items"][0]["detail"]["en"]

    def test_the_exported_roster_lists_it_on_a_second_sheet(
        self, approved: Leave, shift_of: Any, town: Unit, keeper: Person
    ) -> None:
        shift_of("2027-03-01", 1)
        content = sheets.export_sheet(town, dt.date(2027, 3, 1), reader=keeper)
        rows = list(load_workbook(io.BytesIO(content)).worksheets[1].iter_rows(values_only=True))
        assert rows[1][0] in (approved.person.name, approved.person.name_en)
        assert rows[1][1].startswith("2027-03-01")


class TestLength:
    @pytest.mark.parametrize("minutes", [1, 30, 59])
    def test_a_shift_shorter_than_the_countys_least_length_is_refused_by_name(
        self, town: Unit, team: Any, minutes: int
    ) -> None:
        start = beijing("2027-03-01 08:30")
        asked = {"by": SYSTEM, "unit": town, "start": start, "people": team[0]}
        with pytest.raises(Invalid) as refused:
            actions.add_shift(**asked, end=start + dt.timedelta(minutes=minutes))
        assert "60" in str(refused.value.fields["end"][0])
        shift = actions.add_shift(**asked, end=start + dt.timedelta(minutes=60))
        with pytest.raises(Invalid):
            actions.move_shift(shift.pk, by=SYSTEM, start=start, end=start + dt.timedelta(minutes=minutes))

    def test_a_pattern_of_short_shifts_is_refused(self, town: Unit, team: Any) -> None:
        rotation = {post: [person] for post, person in team[0].items()}
        with pytest.raises(Invalid) as refused:
            actions.set_pattern(
                by=SYSTEM, unit=town, name="x", rotation=rotation, valid_from=dt.date(2027, 3, 1),
                length=dt.timedelta(minutes=30),
            )  # fmt: skip
        assert "length" in refused.value.fields

    def test_a_short_shift_in_the_api_and_in_a_sheet_is_told(
        self, api: Callable, keeper: Person, town: Unit, team: Any
    ) -> None:
        body = {
            "unit": town.code, "start": "2027-03-01T08:30:00+08:00", "end": "2027-03-01T08:40:00+08:00",
            "people": {post: person.pk for post, person in team[0].items()},
        }  # fmt: skip
        assert "end" in api(keeper).post("/api/v1/shifts/", body).json()["fields"]
        from openpyxl import Workbook

        book, buffer = Workbook(), io.BytesIO()
        book.active.append(["日期", "开始", "结束", "带班领导", "主班", "副班"])
        book.active.append(["2027-03-01", "08:30", "08:50", *(team[0][p].name for p in ("leader", "main", "deputy"))])
        book.save(buffer)
        outcome = sheets.import_sheet(buffer.getvalue(), by=keeper, unit=town, dry_run=True)
        assert "60" in str(outcome.problems[0])
        assert not Shift.objects.filter(
            unit=town, during__overlap=(beijing("2027-03-01"), beijing("2027-03-02"))
        ).exists()
