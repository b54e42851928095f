"""An update never makes things quieter by mistake: what cannot be in force ends nothing, and a person decides."""

from __future__ import annotations

import pytest

from command.models import Proposal
from early_warning.actions import accept_question, dismiss, receive, reject_question, reopen
from early_warning.models import Question, Warning
from early_warning.subscribers import signal_of
from journal import timers
from journal.actions.relays import run_pending
from journal.models import Event
from journal.states import IllegalMove
from notify.models import Message
from plans.models import Version
from tests.early_warning.chains import (
    JUSHUI,
    ZHUKOU,
    Series,
    block,
    cases,
    concerned,
    moment,
    state,
    the_question,
)
from tests.early_warning.messages import area, box
from tests.early_warning.test_proposals import TRIGGERS
from tests.support.levels import action, plan_of
from web.errors import Conflict, Forbidden, Invalid, NotFound

ELSEWHERE = area(codes=("330100",))


@pytest.fixture
def series(feed) -> Series:
    return Series(feed)


def alarms(warning: Warning | None = None, code: str = "") -> int:
    rows = Message.objects.filter(alarm=True).exclude(state="settled")
    rows = rows.filter(subject=f"warning:{warning.pk}") if warning else rows
    return (rows.filter(code=code) if code else rows).count()


IMPOSSIBLE = {
    "over": lambda: block("yellow", expires=moment(-1)),
    "ends_before_sent": lambda: block("yellow", expires=moment(-600)),
    "ends_before_start": lambda: block("yellow", effective=moment(120), expires=moment(60)),
    "ends_before_onset": lambda: block("yellow", onset=moment(120), expires=moment(60)),
    "lies_elsewhere": lambda: block("yellow", where=ELSEWHERE),
    "drawn_elsewhere": lambda: block("yellow", where=area(polygon=box(100, 30, 101, 31))),
}


@pytest.mark.parametrize("why", IMPOSSIBLE)
def test_an_update_that_cannot_be_in_force_ends_nothing_and_a_person_is_asked(series, officer, why):
    old = series.alert("a")
    new = series.update("b", of="a", infos=IMPOSSIBLE[why]())
    assert (state(old), state(new)) == ("active", "held")
    question = the_question()
    assert (question.kind, concerned(question)) == ("update", {old.pk})
    assert {r["code"] for r in question.reasons} & {"over", "ends_before_sent", "ends_before_start", "lies_elsewhere"}
    assert alarms(old, "warning.received") > 0, "the old one goes on ringing"
    told = Message.objects.get(person=officer, code="question.update")
    assert told.data["ref"]["zh"] == old.ref
    assert told.data["why"]["zh"]
    assert told.data["why"]["en"]
    run_pending()
    assert not Proposal.objects.filter(subject=f"warning:{new.pk}").exists()


def test_accepting_it_replaces_and_rejecting_it_does_not(series, officer):
    first, second = series.alert("a"), series.alert("b", block("red", (ZHUKOU,)))
    lower = series.update("c", of="a", infos=block("yellow", where=ELSEWHERE))
    accept_question(the_question().pk, by=officer, reason="电话核实")
    assert (state(first), state(lower)) == ("updated", "active")
    other = series.update("d", of="b", infos=block("yellow", where=ELSEWHERE))
    reject_question(the_question().pk, by=officer, reason="台站误发")
    assert (state(second), state(other)) == ("active", "rejected")
    assert not Question.objects.filter(status="open").exists()
    assert Event.objects.filter(verb__in=["question.accepted", "question.rejected"]).count() == 2
    assert not Message.objects.filter(code__startswith="question.").exclude(state="settled").exists()


def test_an_accepted_update_whose_time_is_over_expires_at_the_next_tick(series, officer, clock):
    old = series.alert("a")
    new = series.update("b", of="a", infos=block("yellow", expires=moment(-1)))
    accept_question(the_question().pk, by=officer, reason="属实")
    timers.fire_due()
    assert (state(old), state(new)) == ("updated", "expired")


def test_a_decision_needs_a_reason_the_right_person_and_an_open_question(series, officer, township, person):
    series.alert("a")
    series.update("b", of="a", infos=block("yellow", where=ELSEWHERE))
    pk = the_question().pk
    with pytest.raises(Invalid):
        accept_question(pk, by=officer, reason=" ")
    with pytest.raises((NotFound, Forbidden)):
        accept_question(pk, by=township, reason="x")
    with pytest.raises(Invalid):
        accept_question(pk, by=officer, reason="x", warnings=[10**9])
    accept_question(pk, by=officer, reason="x")
    for again in (accept_question, reject_question):
        with pytest.raises(IllegalMove):
            again(pk, by=officer, reason="x")


def test_when_the_original_expires_before_anybody_decided_this_is_said(series, officer, clock):
    old = series.alert("a", block("red", expires=moment(60)))
    new = series.update("b", of="a", infos=block("yellow", where=ELSEWHERE))
    clock.travel(hours=2)
    timers.fire_due()
    assert (state(old), state(new)) == ("expired", "held")
    assert Message.objects.filter(person=officer, code="question.left_open").exclude(state="settled").count() == 1
    assert the_question().raw == new.raw
    accept_question(the_question().pk, by=officer, reason="属实")
    assert state(new) == "active"


def test_an_update_that_begins_later_leaves_the_old_one_in_force_until_then(series, clock):
    old = series.alert("a")
    new = series.update("b", of="a", infos=block("yellow", effective=moment(30), expires=moment(300)))
    assert (state(old), state(new)) == ("active", "active")
    assert (signal_of(old).facts["colour"], signal_of(new)) == ("red", None)
    clock.travel(minutes=29)
    timers.fire_due()
    assert state(old) == "active"
    clock.travel(minutes=2)
    timers.fire_due()
    assert (state(old), state(new)) == ("updated", "active")
    assert signal_of(Warning.objects.get(pk=new.pk)).facts["colour"] == "yellow"
    assert not Question.objects.exists()


def test_an_update_of_what_has_not_begun_either_replaces_at_once(series):
    begins = moment(60)  # once: a second later would be another beginning
    old = series.alert("a", block("orange", effective=begins))
    new = series.update("b", of="a", infos=block("red", effective=begins))
    assert (state(old), state(new)) == ("updated", "active")


def test_a_cancel_of_an_update_that_is_to_come_leaves_the_old_one_and_asks(series):
    old = series.alert("a")
    new = series.update("b", of="a", infos=block("yellow", effective=moment(30)))
    series.cancel("c", of="b")
    assert (state(old), state(new)) == ("active", "cancelled")
    assert concerned(the_question()) == {old.pk}


def test_an_update_with_one_part_that_cannot_be_stands_beside_the_old_one_until_decided(series, officer):
    old = series.alert("a")
    infos = block("red", expires=moment(-1)) + block("orange", (ZHUKOU,), expires=moment(60))
    new = series.update("b", of="a", infos=infos)
    assert (state(old), state(new)) == ("active", "active")
    accept_question(the_question().pk, by=officer, reason="属实")
    assert (state(old), state(new)) == ("updated", "active")


def test_a_milder_update_takes_over_and_is_told_loudly(series, officer):
    old = series.alert("a", block("red", (JUSHUI, ZHUKOU)))
    new = series.update("b", of="a", infos=block("blue", (JUSHUI,)))
    assert (state(old), state(new)) == ("updated", "active")
    told = Message.objects.get(person=officer, code="warning.milder")
    assert told.data["old"] == old.ref
    assert "红色 → 蓝色" in told.data["why"]["zh"]
    assert "竹口" in told.data["why"]["zh"]
    assert {"weaker", "drops_units"} <= {note["code"] for note in new.raw.notes}


def test_a_graver_update_of_the_same_ground_is_told_as_any_warning(series):
    series.alert("a", block("orange"))
    new = series.update("b", of="a")
    assert alarms(new, "warning.received") > 0
    assert not Message.objects.filter(code="warning.milder").exists()


def test_an_alert_whose_end_is_impossible_counts_as_without_an_end(series, clock):
    warning = series.alert("a", block("red", expires=moment(-600)))
    assert (state(warning), warning.expires) == ("active", None)
    assert "end_impossible" in [note["code"] for note in warning.raw.notes]
    assert alarms(warning) > 0
    clock.travel(hours=24)
    timers.fire_due()
    assert state(warning) == "active"


def test_an_impossible_update_of_an_original_to_come_waits_and_then_concerns_it(series, officer):
    late = series.body("a", "Alert", block())
    new = series.update("b", of="a", infos=block("yellow", expires=moment(-1)))
    assert state(new) == "held"
    original = series.take(late)
    assert state(original) == "active"
    assert concerned(the_question()) == {original.pk}
    assert alarms(original) > 0


def test_an_update_elsewhere_does_not_end_an_original_that_arrives_after_it(series):
    late = series.body("a", "Alert", block())
    new = series.update("b", of="a", infos=block("yellow", where=ELSEWHERE))
    original = series.take(late)
    assert (state(new), state(original)) == ("elsewhere", "active")
    assert concerned(the_question()) == {original.pk}


def test_a_held_update_may_itself_be_replaced_or_cancelled(series):
    old = series.alert("a")
    held = series.update("b", of="a", infos=block("yellow", where=ELSEWHERE))
    new = series.update("c", of="ab", infos=block("orange"))
    assert (state(old), state(held), state(new)) == ("updated", "updated", "active")
    assert Question.objects.get().status == "lapsed"


def test_an_update_that_names_a_held_one_alone_is_a_contradiction_with_what_is_in_force(series):
    old = series.alert("a")
    series.update("b", of="a", infos=block("yellow", where=ELSEWHERE))
    new = series.update("c", of="b", infos=block("orange"))
    assert (state(old), state(new)) == ("active", "active")
    question = the_question()
    assert (question.kind, concerned(question)) == ("contradiction", {old.pk, new.pk})


@pytest.mark.parametrize("status", ["Test", "Exercise"])
def test_what_is_not_actual_asks_nobody(series, status):
    series.alert("a", status=status)
    series.update("b", of="a", infos=block("yellow", expires=moment(-1)), status=status)
    assert not Question.objects.exists()
    assert not Message.objects.exists()


# Two updates of one original ----


RED_THEN_YELLOW = (("b", "red"), ("c", "yellow"))


@pytest.fixture
def version(db: None) -> Version:
    return plan_of(action("patrol"), triggers=TRIGGERS)


def test_chain2_two_updates_of_one_original_are_a_contradiction_and_the_graver_rules(feed, officer):
    a, b, c = (receive(body, by=feed).warning for body in cases("chain2_a_alert", "chain2_b_update", "chain2_c_update"))
    assert [state(w) for w in (a, b, c)] == ["updated", "active", "active"]
    question = the_question()
    assert (question.kind, concerned(question)) == ("contradiction", {b.pk, c.pk})
    assert Message.objects.filter(person=officer, code="question.contradiction").count() == 1
    for warning in (b, c):
        assert Event.objects.filter(subject=f"warning:{warning.pk}", verb="warning.questioned").count() == 1


def test_the_milder_of_two_proposes_nothing_until_a_person_decides(series, officer, version):
    series.alert("a", block("orange"))
    red = series.update("b", of="a", infos=block("red"))
    yellow = series.update("c", of="a", infos=block("yellow"))
    run_pending()
    proposed = set(Proposal.objects.filter(status="open").values_list("subject", flat=True))
    assert f"warning:{red.pk}" in proposed
    assert f"warning:{yellow.pk}" not in proposed
    accept_question(the_question().pk, by=officer, reason="以黄色为准", warnings=[yellow.pk])
    run_pending()
    assert (state(red), state(yellow)) == ("updated", "active")
    proposed = set(Proposal.objects.filter(status="open").values_list("subject", flat=True))
    assert f"warning:{red.pk}" not in proposed


def test_the_one_that_counts_must_be_chosen_and_is_one(series, officer):
    series.alert("a")
    red, yellow = (series.update(name, of="a", infos=block(colour)) for name, colour in RED_THEN_YELLOW)
    pk = the_question().pk
    for wrong in (None, [], [red.pk, yellow.pk]):
        with pytest.raises(Invalid):
            accept_question(pk, by=officer, reason="x", warnings=wrong)
    reject_question(pk, by=officer, reason="两者并存")
    assert (state(red), state(yellow)) == ("active", "active")


def test_a_contradiction_lapses_when_one_of_the_two_ends(series, officer):
    series.alert("a")
    red, yellow = (series.update(name, of="a", infos=block(colour)) for name, colour in RED_THEN_YELLOW)
    dismiss(red.pk, reason="误发", by=officer)
    assert Question.objects.get().status == "lapsed"
    run_pending()
    assert state(yellow) == "active"


def test_a_graver_update_that_arrives_after_a_later_milder_one_is_not_lost(series):
    series.alert("a", block("orange"))
    red = series.body("b", "Update", block("red"), "a")
    yellow = series.update("c", of="a", infos=block("yellow"))
    late = series.take(red)
    assert (state(late), state(yellow)) == ("active", "active")
    assert concerned(the_question()) == {late.pk, yellow.pk}


def test_times_are_compared_by_the_databases_clock(series, clock):
    series.alert("a")
    clock.travel(hours=5)
    new = series.update("b", of="a", infos=block("yellow", expires=moment(60)))
    assert state(new) == "active"


def test_a_dismissed_warning_is_put_back_though_a_doubtful_update_names_it(series, officer):
    old = series.alert("a")
    dismiss(old.pk, reason="误判", by=officer)
    new = series.update("b", of="a", infos=block("yellow", effective=moment(30)))
    with pytest.raises(Conflict):
        reopen(old.pk, reason="x", by=officer)
    assert state(new) == "active"
