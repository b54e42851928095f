"""What ends a warning: a cancel or a lift ends what it surely means, and of the rest a person decides."""

from __future__ import annotations

import pytest

from command.models import Order, Proposal
from early_warning.actions import accept_question, add_feed, receive, reject_question
from early_warning.models import Question, Warning
from journal import timers
from journal.actions.recording import SYSTEM
from journal.actions.relays import run_pending
from journal.models import Event
from notify.models import Message
from tests.early_warning.chains import (
    JUSHUI,
    ZHUKOU,
    Series,
    block,
    cases,
    concerned,
    lift,
    moment,
    state,
    the_question,
)
from tests.early_warning.messages import area, info
from tests.hazards import conftest as hazards
from web.errors import Invalid

found = hazards.found


@pytest.fixture
def series(feed) -> Series:
    return Series(feed)


def test_chain1_a_cancel_of_the_original_alone_asks_about_the_update_in_force(feed, officer):
    names = ("chain1_a_alert", "chain1_b_update", "chain1_c_cancel_of_original")
    a, b, cancel = (receive(body, by=feed) for body in cases(*names))
    assert [state(w.warning) for w in (a, b)] == ["updated", "active"]
    assert cancel.warning is None
    question = the_question()
    assert (question.kind, concerned(question)) == ("ending", {b.warning.pk})
    assert "names_part_of_chain" in [reason["code"] for reason in question.reasons]
    assert Event.objects.filter(subject=f"warning:{b.warning.pk}", verb="warning.questioned").count() == 1
    assert Message.objects.filter(person=officer, code="question.ending").count() == 1
    accept_question(question.pk, by=officer, reason="与气象台核实")
    assert state(b.warning) == "cancelled"


def test_chain12_a_cancel_by_a_renamed_sender_is_told_on_the_page(feed, officer):
    a, cancel = (receive(body, by=feed) for body in cases("chain12_a", "chain12_c_sender_renamed"))
    assert (state(a.warning), cancel.outcome) == ("active", "kept")
    assert concerned(the_question()) == {a.warning.pk}
    reject_question(the_question().pk, by=officer, reason="不是同一单位")
    assert state(a.warning) == "active"


def test_a_cancel_through_another_feed_and_sender_is_told_and_ends_nothing(series, feed):
    old = series.alert("a")
    other, _token = add_feed("other", "other", feed.unit, by=SYSTEM)
    body = series.body("b", "Cancel", "", "a").replace(b"<sender>qx@", b"<sender>zz@")
    receive(body, by=other)
    assert state(old) == "active"
    assert concerned(the_question()) == {old.pk}


@pytest.mark.parametrize(
    "headline",
    ["解除暴雨红色预警", "解除暴雨紅色預警信號", "暴雨红色预警信号解除", "庆元县气象台解除暴雨预警"],
)
@pytest.mark.parametrize("kind", ["Update", "Cancel"])
def test_a_lift_ends_what_it_names_and_never_raises_anything(series, found, headline, kind):
    found()
    old = series.alert("a")
    run_pending()
    orders, proposals = Order.objects.count(), Proposal.objects.count()
    series.take(series.body("b", kind, lift(headline=headline), "a"))
    run_pending()
    assert state(old) == "cancelled"
    assert Warning.objects.count() == 1
    assert (Order.objects.count(), Proposal.objects.filter(status="open").count()) == (orders, 0)
    assert Proposal.objects.count() == proposals
    assert not Message.objects.filter(subject__startswith="warning:").exclude(state="settled").exists()


@pytest.mark.parametrize(
    "how", [{"urgency": "Past"}, {"extra": "<responseType>AllClear</responseType>"}, {"headline": "解除暴雨红色预警"}]
)
def test_an_all_clear_that_names_nothing_asks_about_the_one_warning_that_it_may_mean(series, how, officer):
    old = series.alert("a")
    infos = info(area=area(codes=(JUSHUI,)), **{"severity": "Extreme", "headline": "暴雨红色", **how})
    series.take(series.body("b", "Alert", infos))
    assert state(old) == "active"
    assert Warning.objects.count() == 1
    question = the_question()
    assert (question.kind, concerned(question)) == ("ending", {old.pk})
    accept_question(question.pk, by=officer, reason="属实")
    assert state(old) == "cancelled"


def test_a_lift_of_another_event_or_another_place_asks_nobody(series):
    old = series.alert("a")
    series.take(series.body("b", "Alert", lift(headline="解除大风预警", event="大风")))
    series.take(series.body("c", "Alert", lift((ZHUKOU,))))
    assert state(old) == "active"
    assert not Question.objects.exists()


def test_a_lift_that_may_mean_two_lets_a_person_choose(series, officer):
    first, second = series.alert("a"), series.alert("b", block("orange"))
    series.take(series.body("c", "Alert", lift()))
    question = the_question()
    assert concerned(question) == {first.pk, second.pk}
    with pytest.raises(Invalid):
        accept_question(question.pk, by=officer, reason="x")
    accept_question(question.pk, by=officer, reason="x", warnings=[second.pk])
    assert (state(first), state(second)) == ("active", "cancelled")


@pytest.mark.parametrize("kind", ["Update", "Cancel"])
def test_a_lift_of_less_ground_than_the_warning_covers_asks_first(series, kind):
    old = series.alert("a", block("red", (JUSHUI, ZHUKOU)))
    series.take(series.body("b", kind, lift((ZHUKOU,)), "a"))
    assert state(old) == "active"
    assert [reason["code"] for reason in the_question().reasons] == ["names_less"]


def test_a_message_that_lifts_here_and_warns_there_does_each_by_itself(series):
    old = series.alert("a", block("red", (JUSHUI, ZHUKOU)))
    new = series.update("b", of="a", infos=lift((ZHUKOU,)) + block("orange", (JUSHUI,)))
    assert (state(old), state(new)) == ("updated", "active")
    assert new.parts.count() == 1
    codes = set(new.named_units.values_list("unit__code", flat=True))
    assert not any(code.startswith(ZHUKOU) for code in codes)
    assert {"weaker", "drops_units"} <= {note["code"] for note in new.raw.notes}


def test_green_that_names_nothing_is_kept_without_a_warning(series):
    parameter = "<parameter><valueName>awareness_level</valueName><value>1; green; Minor</value></parameter>"
    green = block("blue", headline="暴雨", where=parameter + area(codes=(JUSHUI,)))
    body = series.body("a", "Alert", green)
    assert series.take(body) is None
    assert not Message.objects.exists()
    assert Event.objects.filter(verb="warning.message_kept").count() == 1


def test_a_cancel_of_only_one_of_two_updates_asks_about_the_other(series):
    series.alert("a")
    red = series.update("b", of="a")
    yellow = series.update("c", of="a", infos=block("yellow"))
    series.cancel("d", of="c")
    assert (state(red), state(yellow)) == ("active", "cancelled")
    assert concerned(the_question()) == {red.pk}
    assert the_question().kind == "ending"


def test_a_cancel_that_comes_late_is_told_and_changes_nothing(series, clock):
    old = series.alert("a", block("red", expires=moment(30)))
    clock.travel(hours=1)
    timers.fire_due()
    received = receive(series.body("b", "Cancel", "", "a"), by=series.feed)
    assert (state(old), received.outcome) == ("expired", "kept")
    assert [note["code"] for note in received.raw.notes] == ["already_ended"]
    assert Event.objects.filter(verb="warning.message_kept").count() == 1


def test_a_cancel_that_comes_before_what_it_names_ends_it_when_it_comes(series):
    late = series.body("a", "Alert", block())
    series.cancel("b", of="a")
    assert state(series.take(late)) == "cancelled"


def test_a_cancel_with_a_wrong_moment_asks_about_the_same_identifier(series):
    old = series.alert("a")
    series.take(series.body("b", "Cancel", "", "a").replace(series.sent["a"].encode(), moment(-300).encode()))
    assert state(old) == "active"
    assert concerned(the_question()) == {old.pk}


def test_an_update_without_content_ends_nothing(series):
    old = series.alert("a")
    series.take(series.body("b", "Update", "", "a"))
    assert state(old) == "active"
    assert concerned(the_question()) == {old.pk}


def test_what_a_question_ends_and_what_ended_meanwhile_do_not_cross(series, officer):
    series.alert("a")
    new = series.update("b", of="a")
    series.cancel("c", of="a")
    series.cancel("d", of="b")
    assert state(new) == "cancelled"
    assert Question.objects.get().status == "lapsed"
