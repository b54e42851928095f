"""Spot checks: unannounced, with a call-back clock that climbs to the leader; the month's figures; the call log."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from duty import actions
from duty.models import CallLog, GapAlarm, SpotCheck
from duty.selectors import rosters
from duty.selectors.superiors import unanswered
from journal.actions.recording import SYSTEM, record
from journal.actions.relays import run_pending
from journal.models import Event, Timer
from journal.timers import fire_due
from notify.models import Message
from org.models import Person, Unit
from tests.support.duty import beijing
from web.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db
MARCH = dt.date(2027, 3, 1)
SAID = {"said_warning": "暴雨橙色", "said_here": "主副班均在", "said_told": "各村网格员"}


@pytest.fixture(autouse=True)
def on_duty(at_time: Any, shift_of: Any) -> None:
    at_time("2027-02-20 12:00")
    shift_of("2027-03-01", 0)
    at_time("2027-03-01 22:00")


@pytest.fixture
def check(officer: Person, town: Unit) -> SpotCheck:
    return actions.start_spot_check(by=officer, unit=town)


def now_is(check: SpotCheck) -> tuple[str, str]:
    check.refresh_from_db()
    return check.status, check.outcome


class TestClimb:
    def test_it_calls_whoever_is_on_duty(self, check: SpotCheck, team: Any) -> None:
        assert (check.status, check.person) == ("calling", team[0]["main"])
        called = Message.objects.get(code="spot_check.called", state="open")
        assert (called.person, called.alarm) == (team[0]["main"], True)

    def test_answered_in_time_it_is_normal_and_quiet(self, check: SpotCheck, team: Any, clock: Any) -> None:
        clock.travel(minutes=4, seconds=59)
        actions.answer_spot_check(check.pk, by=team[0]["main"], **SAID)
        clock.travel(minutes=30)
        fire_due()
        assert now_is(check) == ("closed", "normal")
        assert not Message.objects.filter(subject=f"spot_check:{check.pk}", state="open").exists()

    def test_silence_brings_a_second_call_and_then_the_leader(
        self, check: SpotCheck, team: Any, clock: Any, officer: Person
    ) -> None:
        clock.travel(minutes=4, seconds=58)
        fire_due()
        assert now_is(check) == ("calling", "")
        clock.travel(seconds=2)
        fire_due()
        assert now_is(check) == ("second_call", "")
        again = Message.objects.filter(code="spot_check.called_again", state="open")
        assert {m.person for m in again} == {team[0]["main"], team[0]["deputy"]}
        clock.travel(minutes=5)
        fire_due()
        assert now_is(check) == ("leader_called", "no_answer")
        assert check.leader == team[0]["leader"]
        assert Message.objects.get(code="spot_check.leader").person == team[0]["leader"]
        assert Message.objects.get(code="spot_check.failed").person == officer
        verbs = Event.objects.filter(subject=f"spot_check:{check.pk}").order_by("seq").values_list("verb", flat=True)
        assert list(verbs) == ["spot_check.called", "spot_check.called_again", "spot_check.leader_called"]

    def test_after_downtime_the_missed_calls_follow_in_order(self, check: SpotCheck, clock: Any) -> None:
        clock.travel(hours=1)
        fire_due()
        assert now_is(check) == ("leader_called", "no_answer")
        assert Event.objects.filter(verb="spot_check.called_again").count() == 1

    def test_an_answer_after_the_second_call_counts_before_the_leader_is_called(
        self, check: SpotCheck, team: Any, clock: Any
    ) -> None:
        clock.travel(minutes=6)
        fire_due()
        actions.answer_spot_check(check.pk, by=team[0]["deputy"], **SAID)
        assert now_is(check) == ("closed", "normal")

    def test_once_the_leader_was_called_it_stays_no_answer(self, check: SpotCheck, team: Any, clock: Any) -> None:
        clock.travel(minutes=11)
        fire_due()
        actions.answer_spot_check(check.pk, by=team[0]["main"], **SAID)
        assert now_is(check) == ("closed", "no_answer")

    @pytest.mark.parametrize("outcome", [
        "absent_post", "not_on_roster", "leader_absent", "alone", "forwarded", "unaware", "wrong_answer", "normal",
    ])  # fmt: skip
    def test_the_checker_writes_what_they_found(
        self, check: SpotCheck, officer: Person, outcome: str, clock: Any
    ) -> None:
        actions.record_outcome(check.pk, by=officer, outcome=outcome, note="电话抽查", **SAID)
        clock.travel(minutes=30)
        fire_due()
        assert now_is(check) == ("closed", outcome)
        with pytest.raises(Conflict):
            actions.record_outcome(check.pk, by=officer, outcome="normal")

    @pytest.mark.parametrize("left_open", ["said_warning", "said_here", "said_told"])
    def test_normal_needs_all_three_answers_whoever_writes_them(
        self, check: SpotCheck, officer: Person, team: Any, left_open: str
    ) -> None:
        for act, by in ((actions.record_outcome, officer), (actions.answer_spot_check, team[0]["main"])):
            outcome = {"outcome": "normal"} if by == officer else {}
            with pytest.raises(Invalid) as refused:
                act(check.pk, by=by, **outcome, **{**SAID, left_open: " "})
            assert list(refused.value.fields) == [left_open]
        assert now_is(check) == ("calling", "")
        actions.record_outcome(check.pk, by=officer, outcome="unaware", said_warning="不知道")
        assert now_is(check) == ("closed", "unaware")
        assert check.said_warning == "不知道"

    @pytest.mark.parametrize("outcome", ["no_answer", "busy"])
    def test_no_answer_leaves_the_clock_running(
        self, check: SpotCheck, officer: Person, clock: Any, outcome: str
    ) -> None:
        actions.record_outcome(check.pk, by=officer, outcome=outcome)
        assert now_is(check) == ("calling", "")
        clock.travel(minutes=5)
        fire_due()
        assert now_is(check)[0] == "second_call"

    def test_nobody_answers_for_those_on_duty_nor_checks_themselves(
        self, check: SpotCheck, team: Any, township: Person
    ) -> None:
        with pytest.raises(Forbidden):
            actions.answer_spot_check(check.pk, by=team[1]["deputy"], **SAID)
        with pytest.raises(Forbidden):
            actions.record_outcome(check.pk, by=team[0]["main"], outcome="normal")

    def test_a_unit_without_anybody_on_duty_climbs_all_the_same(self, officer: Person, clock: Any) -> None:
        check = actions.start_spot_check(by=officer, unit="331126204")
        assert check.person is None
        clock.travel(minutes=11)
        fire_due()
        assert now_is(check) == ("leader_called", "no_answer")


class TestPlan:
    def test_the_same_seed_gives_the_same_moments_day_and_night(self, officer: Person, town: Unit) -> None:
        april = dt.date(2027, 4, 1)
        one = actions.plan_spot_checks(by=officer, checking="331126", units=[town], month=april, each=40, seed=7)
        two = actions.plan_spot_checks(by=officer, checking="331126", units=[town], month=april, each=40, seed=7)
        other = actions.plan_spot_checks(by=officer, checking="331126", units=[town], month=april, each=40, seed=8)
        moments = [row.planned_at for row in one if row.planned_at]
        assert moments == [row.planned_at for row in two] != [row.planned_at for row in other]
        assert all(beijing("2027-04-01") <= moment < beijing("2027-05-01") for moment in moments)
        assert {moment.hour // 6 for moment in moments} == {0, 1, 2, 3}

    def test_the_unit_sees_nothing_until_it_is_called(
        self, officer: Person, township: Person, town: Unit, clock: Any
    ) -> None:
        row = actions.plan_spot_checks(by=officer, checking="331126", units=[town], month=MARCH, seed=1)[0]
        assert not rosters.spot_checks_visible_to(township).exists()
        assert rosters.spot_checks_visible_to(officer).count() == 1
        clock.travel(seconds=(row.planned_at - clock.now()).total_seconds() + 1)
        fire_due()
        assert rosters.spot_checks_visible_to(township).count() == 1
        assert now_is(row)[0] == "calling"

    def test_a_township_checks_nobody_beside_it(self, township: Person) -> None:
        with pytest.raises(Invalid):
            actions.start_spot_check(by=township, unit="331126204")


def test_the_month_is_counted_per_unit(officer: Person, town: Unit, team: Any, clock: Any) -> None:
    first = actions.start_spot_check(by=officer, unit=town)
    clock.travel(minutes=2)
    actions.answer_spot_check(first.pk, by=team[0]["main"], **SAID)
    second = actions.start_spot_check(by=officer, unit=town)
    actions.record_outcome(second.pk, by=officer, outcome="absent_post")
    actions.start_spot_check(by=officer, unit=town)
    clock.travel(minutes=11)
    fire_due()
    actions.check_in(by=team[0]["main"])
    asked = clock.now()
    rows = {row["code"]: row for row in rosters.statistics(Unit.objects.get(code="331126"), MARCH)}
    told = clock.now()
    mine = rows[town.code]
    assert (mine["checks"], mine["normal"], mine["absent_post"], mine["no_answer"]) == (3, 1, 1, 1)
    assert (mine["answered_after_s"], mine["late_check_ins"], mine["shifts"]) == (120, 1, 1)
    # From midnight to the first shift, once and not for each of the three posts; what is still to come is no gap yet.
    assert mine["gap_s"] == 8.5 * 3600
    assert rows["331126204"]["checks"] == 0
    since = beijing("2027-03-01")
    assert int((asked - since).total_seconds()) <= rows["331126204"]["gap_s"] <= (told - since).total_seconds() + 1


class TestUnreachable:
    def test_the_desk_reports_it_and_the_deputy_is_called(self, town: Unit, team: Any, officer: Person) -> None:
        alarm = actions.report_unreachable(by=officer, unit=town, post="main")
        assert (alarm.reason, alarm.called) == ("unreachable", team[0]["deputy"])
        assert Message.objects.get(code="duty.stand_in").person == team[0]["deputy"]
        with pytest.raises(Conflict):
            actions.report_unreachable(by=officer, unit=town, post="main")

    def test_a_message_that_was_given_up_does_it_by_itself(self, town: Unit, team: Any) -> None:
        about = {
            "channel": "sms",
            "person": team[0]["main"].pk,
            "about": "order:1",
            "error": "no such number",
            "outcome": "bad_number",
        }
        record("delivery.failed", "message:999999", town.path, by=SYSTEM, data=about)
        run_pending()
        assert GapAlarm.objects.get(unit=town).called == team[0]["deputy"]

    def test_of_somebody_who_is_not_on_duty_nothing_is_made(self, town: Unit, team: Any) -> None:
        about = {"channel": "sms", "person": team[1]["main"].pk, "about": "order:1", "error": "x", "outcome": "failed"}
        record("delivery.failed", "message:999999", town.path, by=SYSTEM, data=about)
        run_pending()
        assert not GapAlarm.objects.exists()


class TestCallLog:
    @pytest.fixture
    def call(self, township: Person, town: Unit) -> CallLog:
        return actions.log_call(
            by=township, unit=town, content="村道塌方，一车被埋", caller_name="吴某", caller_phone="13800000000",
            place="举水乡月山村", told="乡长", measures="已派人",
        )  # fmt: skip

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE duty_calllog SET content = 'x'",
            "DELETE FROM duty_calllog",
            "TRUNCATE duty_calllog CASCADE",
        ],
    )
    def test_the_database_itself_refuses_to_change_a_row(self, call: CallLog, sql: str) -> None:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
        assert CallLog.objects.get(pk=call.pk).content == "村道塌方，一车被埋"

    def test_a_correction_strikes_through_and_keeps_the_rest(self, call: CallLog, township: Person) -> None:
        row = actions.correct_call(call.pk, by=township, reason="地点有误", place="举水乡举溪村")
        assert (row.place, row.content, row.caller_name) == ("举水乡举溪村", call.content, "吴某")
        old = CallLog.objects.get(pk=call.pk)
        assert (old.place, old.struck, row.struck) == ("举水乡月山村", True, False)

    def test_a_row_is_struck_through_once(self, call: CallLog, township: Person) -> None:
        row = actions.correct_call(call.pk, by=township, reason="x", place="y")
        with pytest.raises(Conflict) as refused:
            actions.correct_call(call.pk, by=township, reason="x", place="z")
        assert refused.value.current == {"corrected_by": row.pk}
        actions.correct_call(row.pk, by=township, reason="再更正", place="z")

    def test_struck_through_without_a_successor(self, call: CallLog, township: Person) -> None:
        row = actions.correct_call(call.pk, by=township, reason="误记", content="")
        assert (row.content, row.reason, row.corrects_id) == ("", "误记", call.pk)

    def test_it_says_something_and_not_of_the_future(self, township: Person, town: Unit, clock: Any) -> None:
        with pytest.raises(Invalid):
            actions.log_call(by=township, unit=town, content="  ")
        with pytest.raises(Invalid):
            actions.log_call(by=township, unit=town, content="x", at=clock.now() + dt.timedelta(hours=1))

    def test_the_neighbours_book_is_not_there(self, call: CallLog, people: Any, crew_of: Any) -> None:
        neighbour = crew_of("331126204")[0]
        assert not rosters.calls_visible_to(neighbour).exists()
        with pytest.raises(NotFound):
            actions.correct_call(call.pk, by=neighbour, reason="x")

    def test_the_journal_keeps_the_caller_to_itself(self, call: CallLog) -> None:
        event = Event.objects.get(verb="call.logged")
        assert "13800000000" not in str(event.card)
        assert "吴某" not in str(event.card)


class TestSuperiors:
    def call(self, officer: Person, **more: Any) -> CallLog:
        fields = {"unit": "331126", "kind": "superior", "content": "市防指询问灾情", "caller_unit": "市防指", **more}
        return actions.log_call(by=officer, **fields)

    def test_a_superior_s_call_is_chased_until_it_is_answered(self, officer: Person, clock: Any) -> None:
        row = self.call(officer)
        assert row.reply_due_at == row.at + dt.timedelta(minutes=30)
        clock.travel(minutes=31)
        fire_due()
        clock.travel(minutes=15)
        fire_due()
        assert Event.objects.filter(subject=f"call:{row.pk}", verb="call.reply_overdue").count() == 2
        assert Message.objects.filter(code="call.reply_due", state="open").exists()
        actions.reply_to_superior(row.pk, by=officer, content="已回复")
        assert not unanswered(CallLog.objects.all()).exists()
        assert not Message.objects.filter(code="call.reply_due", state="open").exists()
        clock.travel(hours=2)
        fire_due()
        assert Event.objects.filter(subject=f"call:{row.pk}", verb="call.reply_overdue").count() == 2
        with pytest.raises(Conflict):
            actions.reply_to_superior(row.pk, by=officer, content="再次回复")

    def test_a_correction_carries_the_wait_and_the_answer_on(self, officer: Person) -> None:
        row = self.call(officer)
        second = actions.correct_call(row.pk, by=officer, reason="听错", content="市防指询问转移人数")
        assert list(unanswered(CallLog.objects.all())) == [second]
        reply = actions.reply_to_superior(second.pk, by=officer, content="已回复")
        actions.correct_call(second.pk, by=officer, reason="再改", content="询问转移人数")
        assert not unanswered(CallLog.objects.all()).exists()
        actions.correct_call(reply.pk, by=officer, reason="未曾回复", content="")
        assert [call.content for call in unanswered(CallLog.objects.all())] == ["询问转移人数"]
        assert Timer.objects.filter(kind="duty.reply_due", state="pending").count() == 1

    def test_one_that_is_struck_through_waits_no_more(self, officer: Person, clock: Any) -> None:
        row = self.call(officer)
        actions.correct_call(row.pk, by=officer, reason="误记", content="")
        clock.travel(hours=2)
        fire_due()
        assert not Event.objects.filter(verb="call.reply_overdue").exists()

    def test_faxes_and_calls_wait_for_nothing_and_other_kinds_are_named(self, officer: Person) -> None:
        row = self.call(officer, kind="fax", reply_due_at=beijing("2027-03-02 08:00"))
        assert (row.kind, row.reply_due_at) == ("fax", None)
        with pytest.raises(Conflict):
            actions.reply_to_superior(row.pk, by=officer, content="x")
        for kind in ("reply", "telegram"):
            with pytest.raises(Invalid) as refused:
                self.call(officer, kind=kind)
            assert list(refused.value.fields) == ["kind"]
