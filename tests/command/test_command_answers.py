"""Acknowledging, answering for others, the steps after it, and verification by somebody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from command import actions
from command.models import Assignment, Order
from journal.models import Event, Timer
from journal.states import IllegalMove
from journal.timers import fire_due
from notify.models import Message
from org.models import Person
from web.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


def test_an_acknowledgement_stops_everything_pending_at_once(mine: Assignment, village: Person) -> None:
    subject = f"assignment:{mine.pk}"
    answered = actions.acknowledge(mine.pk, by=village)
    assert (answered.status, answered.answered_by, answered.answered_how) == ("received", village, "self")
    assert not Timer.objects.filter(subject=subject, state="pending").exists()
    assert not Message.objects.filter(subject=subject, state="open").exists()
    assert Event.objects.get(subject=subject, verb="assignment.acknowledged").card["status"] == "received"


def test_a_second_acknowledgement_is_refused_with_the_present_state(mine: Assignment, village: Person) -> None:
    actions.acknowledge(mine.pk, by=village)
    with pytest.raises(IllegalMove) as refusal:
        actions.acknowledge(mine.pk, by=village)
    assert refusal.value.status == 409
    assert refusal.value.current["status"] == "received"


def test_nobody_acknowledges_for_another_by_the_button(mine: Assignment, township: Person) -> None:
    with pytest.raises(Forbidden):
        actions.acknowledge(mine.pk, by=township)


def test_a_door_knock_is_logged_with_who_logged_it(mine: Assignment, township: Person, village: Person) -> None:
    answered = actions.answer_for(mine.pk, by=township, how="door_knock", note="敲门告知")
    assert (answered.status, answered.answered_how, answered.answered_by) == ("received", "door_knock", village)
    event = Event.objects.get(subject=f"assignment:{mine.pk}", verb="assignment.acknowledged")
    assert (event.by, event.data["logged_by"], event.data["note"]) == (f"person:{township.pk}", township.pk, "敲门告知")


def test_an_unknown_way_of_answering_is_named(mine: Assignment, township: Person) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.answer_for(mine.pk, by=township, how="telepathy")
    assert list(refusal.value.fields) == ["how"]


def test_another_townships_assignment_is_not_there(
    order_jushui: Callable[..., Order], township: Person, officer: Person
) -> None:
    order = order_jushui(units=["331126207"])
    row = order.assignments.filter(unit__level="village").first()
    for act in (actions.acknowledge, actions.verify):
        with pytest.raises(NotFound):
            act(row.pk, by=township)
    with pytest.raises(NotFound):
        actions.answer_for(row.pk, by=township, how="phone")
    with pytest.raises(NotFound):
        actions.progress(row.pk, by=township, step="done")


def test_the_steps_go_forward_and_somebody_else_verifies(mine: Assignment, village: Person, township: Person) -> None:
    actions.acknowledge(mine.pk, by=village)
    for step in ("passed_on", "in_place", "done"):
        assert actions.progress(mine.pk, by=village, step=step, note=f"到 {step}").status == step
    with pytest.raises(Forbidden):
        actions.verify(mine.pk, by=village)
    assert actions.verify(mine.pk, by=township).status == "verified"


def test_what_is_found_not_done_goes_back_with_a_reason(mine: Assignment, village: Person, township: Person) -> None:
    actions.acknowledge(mine.pk, by=village)
    actions.progress(mine.pk, by=village, step="done")
    with pytest.raises(Invalid):
        actions.send_back(mine.pk, by=township, note=" ")
    assert actions.send_back(mine.pk, by=township, note="还有两户未转移").status == "in_place"


def test_a_step_before_the_acknowledgement_is_refused(mine: Assignment, village: Person) -> None:
    with pytest.raises(IllegalMove):
        actions.progress(mine.pk, by=village, step="done")


def test_a_step_cannot_go_backwards(mine: Assignment, village: Person) -> None:
    actions.acknowledge(mine.pk, by=village)
    actions.progress(mine.pk, by=village, step="in_place")
    with pytest.raises(IllegalMove):
        actions.progress(mine.pk, by=village, step="passed_on")


def test_whoever_the_ladder_called_may_answer(mine: Assignment, clock: object) -> None:
    clock.travel(minutes=6)
    fire_due()
    called = mine.calls.filter(do="deputy").first()
    assert called is not None
    answered = actions.acknowledge(mine.pk, by=called.person)
    assert (answered.answered_by, answered.answered_how) == (called.person, "deputy")
