"""What an action makes below an exercise belongs to that exercise, whatever it is (law 9)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db.models import Model

from command import actions as command
from command.models import Assignment, EndCondition, Incident, Order, Proposal, Response
from early_warning.actions import add_feed
from early_warning.models import Feed, RawMessage, Warning
from hazards import actions as hazards
from hazards.models import Hazard
from journal.actions.recording import SYSTEM
from journal.actions.relays import run_pending
from journal.models import Event, Timer
from journal.timers import fire_due, raise_alarms
from notify.gateways.contract import Refused
from notify.models import Message, ReachRule
from org.models import Person, Unit
from tests.support.exercises import JUSHUI, TRIGGERS, Night, holder
from tests.support.gateways import deliver
from tests.support.gateways import gateway as lent_gateway
from tests.support.levels import action, plan_of
from web.errors import Invalid

pytestmark = pytest.mark.django_db
N = 7
CARRY = (Event, Timer, Message, Incident, Order, Proposal, Warning, RawMessage, Hazard)


@pytest.fixture
def feed(demo_county: Unit) -> Feed:
    return add_feed("played", "平台", demo_county, by=SYSTEM, token="p" * 40)[0]


@pytest.fixture
def night(feed: Feed) -> Night:
    plan_of(action("patrol"), action("moved", after=["patrol"]), triggers=TRIGGERS)
    return Night(feed, random.Random(1), N)


@pytest.fixture
def made() -> Iterator[Callable[[], dict[str, int]]]:
    """``made()``: how many rows of each kind are new since the test began; fails for any that is of no exercise."""
    known: dict[type[Model], int] = {
        model: max(model._default_manager.values_list("pk", flat=True), default=0) for model in CARRY
    }

    def look() -> dict[str, int]:
        found = {}
        for model in CARRY:
            rows = model._default_manager.filter(pk__gt=known[model])
            strays = [str(getattr(row, "verb", row)) for row in rows.exclude(exercise=N)]
            assert strays == [], f"{model.__name__} outside the exercise"
            found[model.__name__] = rows.count()
        return found

    yield look
    look()


def test_a_played_warning_with_its_proposal_response_tasks_orders_and_alarms(
    night: Night, made: Any, clock: Any
) -> None:
    night.warning("red")
    proposal = Proposal.objects.get(exercise=N, level="red")
    clock.travel(hours=1)
    fire_due()  # the proposal climbs
    response = night.accept(proposal)
    assert response.incident.exercise == N
    clock.travel(hours=1)
    fire_due()  # the orders climb
    run_pending()
    found = made()
    assert all(found[name] for name in ("Event", "Message", "Incident", "Order", "Proposal", "Warning", "RawMessage"))
    assert {"proposal.climbed", "assignment.climbed", "warning.taken_up"} <= verbs()


def test_a_released_task_and_every_change_of_level(night: Night, made: Any) -> None:
    night.warning("red")
    response = night.accept(Proposal.objects.get(exercise=N, level="red"))
    for row in Assignment.objects.filter(order__response=response, task__action__code="patrol"):
        command.answer_for(row.pk, by=night.officer, how="phone")
        command.progress(row.pk, by=night.officer, step="done", note="好")
    run_pending()
    secretary = holder("331126", "party_secretary")
    command.change_level(response.pk, by=secretary, level="orange", grounds="雨势减弱", expected="red")
    made()
    assert "task.released" in verbs()
    assert Response.objects.get(pk=response.pk).incident.exercise == N


def test_an_order_s_answers_photos_reminders_handing_on_and_calling_off(
    night: Night, made: Any, village: Person, clock: Any
) -> None:
    order = night.order(night.incident(), descendants=True)
    first = order.assignments.get(person=village)
    command.acknowledge(first.pk, by=village)
    night._progress(first, photo())
    command.send_back(first.pk, by=night.officer, note="缺照片")
    command.remind(order.pk, by=night.officer)
    row = order.assignments.filter(unit__code=JUSHUI).first()
    command.reassign(row.pk, by=night.officer, person=holder(JUSHUI, "township_head"), reason="出差")
    clock.travel(hours=2)
    Timer.objects.filter(exercise=None).update(state="cancelled")
    raise_alarms()  # before they fire: a clock that has stopped is told of in the exercise
    fire_due()
    command.call_off(order.pk, by=night.officer, reason="演练结束")
    made()
    assert {"attachment.added", "order.reminded", "assignment.reassigned", "timer.overdue"} <= verbs()


def test_an_incident_s_own_steps(night: Night, made: Any, officer: Person, leader: Person) -> None:
    incident = night.incident()
    command.amend_incident(incident.pk, by=officer, changes={"description": "补充"})
    # Nobody commands before a level is approved; whoever approves it does (docs/adr/0042).
    command.set_response_level(incident.pk, by=holder("331126", "magistrate"), level="III", grounds="雨大")
    command.offer_command(incident.pk, by=officer, to=leader)
    command.accept_command(incident.pk, by=leader)
    command.end_incident(incident.pk, by=leader, grounds="雨停", confirmed=EndCondition.Code.values)
    command.reopen(incident.pk, by=leader, grounds="又起")
    assert made()["Message"] == 1


def test_a_hazard_with_its_photos_reminders_and_incident(night: Night, made: Any, clock: Any) -> None:
    hazard = night.hazard()
    night.works_on(hazard)
    assert night.becomes_incident(hazard).exercise == N
    clock.travel(hours=24 * 40)
    fire_due()
    assert made()["Message"] > 0
    assert {"hazard.filed", "hazard.graded", "hazard.photo_added", "hazard.became_incident"} <= verbs()


def test_a_played_warning_has_only_the_exercise_s_hazards_looked_at_again(night: Night, made: Any, feed: Feed) -> None:
    played = night.hazard()
    night.warning("orange")
    assert made()["Order"] == 1
    assert {e.subject for e in Event.objects.filter(verb="hazard.reinspection_ordered")} == {f"hazard:{played.pk}"}


def test_a_real_warning_leaves_the_exercise_s_hazards_alone(night: Night, feed: Feed) -> None:
    night.hazard()
    Night(feed, random.Random(2), None).warning("orange")
    assert not Event.objects.filter(verb="hazard.reinspection_ordered").exists()


def test_the_same_message_played_again_is_another_and_ends_nothing_real(feed: Feed, night: Night) -> None:
    from early_warning.actions import receive
    from tests.early_warning.messages import cancel, message

    real = receive(message(), by=feed).warning
    played = receive(message(), by=feed, exercise=N)
    assert played.created
    assert played.warning.pk != real.pk
    receive(cancel(), by=feed, exercise=N)
    real.refresh_from_db()
    played.warning.refresh_from_db()
    assert (real.status, played.warning.status) == ("active", "cancelled")
    heard = Feed.objects.get(pk=feed.pk).last_heard_at
    receive(message(identifier="later"), by=feed, exercise=N)
    assert Feed.objects.get(pk=feed.pk).last_heard_at == heard


def test_real_and_played_hazards_cannot_be_merged(night: Night, feed: Feed, township: Person) -> None:
    played, real = night.hazard(), Night(feed, random.Random(3), None).hazard()
    with pytest.raises(Invalid) as refused:
        hazards.merge(played.pk, by=township, into=real.pk)
    assert "into" in refused.value.fields


def test_a_message_that_could_not_be_delivered_and_nobody_outside_hears_who_takes_no_part(
    night: Night, made: Any, village: Person
) -> None:
    from journal.selectors.participants import PARTICIPANTS

    ReachRule.objects.filter(alarm=True).update(channels=["sms"])
    with lent_gateway() as gateway:
        order = night.order(night.incident(), descendants=True)
        deliver()
        assert gateway.sent == []
        assert Message.objects.filter(person=village, subject__startswith="assignment:", exercise=N).exists()
        with PARTICIPANTS.lent({"tests": lambda exercise, people: {village.pk} if exercise == N else set()}):
            command.remind(order.pk, by=night.officer)
            deliver()
            assert set(gateway.addresses) == {village.phone}
            assert all("演练" in text or "EXERCISE" in text for text in gateway.texts)
            gateway.error = Refused("gone", permanent=True)
            command.remind(order.pk, by=night.officer)
            deliver()
    made()
    assert "delivery.failed" in verbs()


def verbs() -> set[str]:
    return set(Event.objects.filter(exercise=N).values_list("verb", flat=True))


def photo() -> Any:
    from tests.support.exercises import picture

    return picture(5)
