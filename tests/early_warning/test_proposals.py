"""A warning proposes a level to its approver, with the grounds, and is chased until somebody decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from command import actions
from command.models import Incident, Proposal, Response
from database.clock import now
from early_warning.actions import add_feed, dismiss, receive, turn_into_incident
from early_warning.models import Feed, Warning, WarningPart
from early_warning.subscribers import signal_of
from journal.actions.recording import SYSTEM
from journal.actions.relays import run_pending
from journal.models import Event, Timer
from journal.states import IllegalMove
from journal.timers import fire_due
from notify.models import Message
from org.models import Appointment, Person, Unit
from plans.models import Version
from tests.early_warning import messages
from tests.support.levels import JUSHUI, action, check_in_force, plan_of
from web.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db

TRIGGERS = {
    "blue": [{"signal": "warning", "colour": ["blue"], "events": ["rainstorm"]}],
    "orange": [{"signal": "warning", "colour": ["yellow", "orange", "red"], "events": ["rainstorm", "typhoon"]}],
    "red": [{"signal": "warning", "colour": ["red"], "events": ["rainstorm"]}],
}


@pytest.fixture
def feed(demo_county: Unit) -> Feed:
    return add_feed("proposals", "平台", demo_county, by=SYSTEM, token="p" * 40)[0]


@pytest.fixture
def version(db: None) -> Version:
    return plan_of(action("patrol"), triggers=TRIGGERS)


def holder(post: str) -> Person:
    return Person.objects.get(appointments__post__code=post, appointments__role="A", appointments__valid_to=None)


def colour(name: str) -> str:
    words = {"red": "红色", "orange": "橙色", "yellow": "黄色", "blue": "蓝色"}[name]
    return f"<parameter><valueName>预警颜色</valueName><value>{words}</value></parameter>"


def warn(feed: Feed, name: str = "yellow", identifier: str = "w-1", **more: Any) -> Warning:
    """Received, and the journal's relays run."""
    expires = (now() + timedelta(hours=6)).isoformat(timespec="seconds")
    block = messages.info(extra=f"<expires>{expires}</expires>" + colour(name), headline="暴雨预警")
    warning = receive(messages.message(block, identifier=identifier, **more), by=feed).warning
    run_pending()
    assert warning is not None
    return warning


def test_a_warning_proposes_the_gravest_level_that_matches_and_starts_nothing(
    feed: Feed, version: Version, leader: Person
) -> None:
    warning = warn(feed)
    proposal = Proposal.objects.get()
    assert (proposal.level, proposal.subject, proposal.status) == ("orange", f"warning:{warning.pk}", "open")
    assert proposal.area == [JUSHUI]
    assert {ground["field"] for ground in proposal.grounds} == {"colour", "events"}
    asked = Message.objects.get(subject=f"proposal:{proposal.pk}")
    assert (asked.person, asked.alarm, asked.url) == (leader, True, f"/proposals/{proposal.pk}/")
    assert not Response.objects.exists()
    assert not Incident.objects.exists()


def test_a_red_one_goes_to_the_magistrate(feed: Feed, version: Version) -> None:
    warn(feed, "red")
    proposal = Proposal.objects.get()
    assert proposal.level == "red"
    assert Message.objects.get(subject=f"proposal:{proposal.pk}").person == holder("magistrate")


@pytest.mark.parametrize("status", ["Test", "Exercise"])
def test_a_test_message_proposes_nothing(feed: Feed, version: Version, status: str) -> None:
    warn(feed, status=status)
    assert not Proposal.objects.exists()


def test_a_plan_out_of_force_or_without_a_match_proposes_nothing(feed: Feed, version: Version) -> None:
    Version.objects.filter(pk=version.pk).update(status="superseded")
    warn(feed)
    assert not Proposal.objects.exists()


def test_accepting_opens_the_incident_and_starts_the_level(feed: Feed, version: Version) -> None:
    warning = warn(feed, "red")
    magistrate = holder("magistrate")
    proposal = Proposal.objects.get()
    response = actions.accept_proposal(proposal.pk, by=magistrate)
    warning.refresh_from_db()
    proposal.refresh_from_db()
    assert response.incident == warning.incident == proposal.incident
    assert (response.level, response.area, proposal.status, proposal.decided_by) == (
        "red",
        [JUSHUI],
        "accepted",
        magistrate,
    )
    assert not Timer.objects.filter(subject=f"proposal:{proposal.pk}", state="pending").exists()
    assert not Message.objects.filter(subject=f"proposal:{proposal.pk}", state="open").exists()
    check_in_force(response)
    with pytest.raises(IllegalMove):
        actions.accept_proposal(proposal.pk, by=magistrate)
    with pytest.raises(IllegalMove):
        actions.refuse_proposal(proposal.pk, by=magistrate, reason="x")


def test_only_the_approver_decides(feed: Feed, version: Version, leader: Person, officer: Person) -> None:
    warn(feed, "red")
    proposal = Proposal.objects.get()
    for person in (leader, officer):
        with pytest.raises(Forbidden):
            actions.accept_proposal(proposal.pk, by=person)
        with pytest.raises(Forbidden):
            actions.refuse_proposal(proposal.pk, by=person, reason="x")


def test_refusing_needs_a_reason_and_stops_the_chase(feed: Feed, version: Version, leader: Person, clock) -> None:
    warn(feed)
    proposal = Proposal.objects.get()
    with pytest.raises(Invalid):
        actions.refuse_proposal(proposal.pk, by=leader, reason=" ")
    actions.refuse_proposal(proposal.pk, by=leader, reason="雨区在外县")
    clock.travel(hours=1)
    fire_due()
    proposal.refresh_from_db()
    assert (proposal.status, proposal.reason, proposal.rung) == ("refused", "雨区在外县", 0)


def test_an_undecided_proposal_climbs_by_the_clock_and_repeats(
    feed: Feed, version: Version, leader: Person, clock
) -> None:
    warn(feed)
    proposal = Proposal.objects.get()
    subject = f"proposal:{proposal.pk}"

    def called() -> set[Person]:
        return {message.person for message in Message.objects.filter(subject=subject, state="open")}

    clock.travel(minutes=4)
    fire_due()
    assert called() == {leader}
    clock.travel(minutes=2)
    fire_due()
    assert called() == {leader, holder("magistrate")}
    clock.travel(minutes=5)
    fire_due()
    assert called() == {leader, holder("magistrate"), holder("party_secretary")}
    clock.travel(hours=1)
    fire_due()
    proposal.refresh_from_db()
    climbs = Event.objects.filter(verb="proposal.climbed", subject=subject)
    assert proposal.rung == climbs.count() > 4
    assert called() == {leader, holder("magistrate"), holder("party_secretary")}
    assert Timer.objects.filter(subject=subject, state="pending").count() == 1


def test_a_vacant_approver_is_passed_over_at_once(feed: Feed, version: Version) -> None:
    Appointment.objects.filter(post__code="deputy_magistrate").update(valid_to=now())
    warn(feed)
    assert Message.objects.get(subject__startswith="proposal:").person == holder("magistrate")


def test_a_proposal_lapses_with_its_warning_and_the_update_makes_its_own(feed: Feed, version: Version) -> None:
    warn(feed)
    block = messages.info(extra=colour("red"), headline="暴雨预警")
    receive(
        messages.update("w-2", of=messages.reference("w-1")).replace(messages.info().encode(), block.encode()), by=feed
    )
    run_pending()
    assert list(Proposal.objects.order_by("pk").values_list("level", "status")) == [
        ("orange", "lapsed"),
        ("red", "open"),
    ]
    assert not Message.objects.filter(subject=f"proposal:{Proposal.objects.earliest('pk').pk}", state="open").exists()


def test_expiry_and_dismissal_let_it_lapse_and_reopening_makes_it_again(
    feed: Feed, version: Version, officer: Person, clock
) -> None:
    from early_warning.actions import reopen

    warning = warn(feed)
    dismiss(warning.pk, reason="误报", by=officer)
    run_pending()
    proposal = Proposal.objects.get()
    assert proposal.status == "lapsed"
    reopen(warning.pk, reason="并非误报", by=officer)
    run_pending()
    proposal.refresh_from_db()
    assert (proposal.status, proposal.rung) == ("open", 0)
    assert Timer.objects.filter(subject=f"proposal:{proposal.pk}", state="pending").count() == 1
    clock.travel(hours=7)
    fire_due()
    run_pending()
    proposal.refresh_from_db()
    assert proposal.status == "lapsed"


def test_a_level_started_by_hand_settles_what_was_proposed(
    feed: Feed, version: Version, leader: Person, officer: Person
) -> None:
    warning = warn(feed)
    incident = turn_into_incident(warning.pk, by=officer)
    actions.start_level(incident.pk, by=leader, version_id=version.pk, level="orange", grounds="x", area=[JUSHUI])
    proposal = Proposal.objects.get()
    assert (proposal.status, proposal.incident, proposal.decided_by) == ("accepted", incident, leader)


def test_a_level_in_effect_is_not_proposed_again_and_a_graver_one_raises_it(
    feed: Feed, version: Version, leader: Person, officer: Person
) -> None:
    first = warn(feed)
    response = actions.accept_proposal(Proposal.objects.get().pk, by=leader)
    assert actions.propose(signal_of(Warning.objects.get(pk=first.pk))) == []
    WarningPart.objects.filter(warning=first.pk).update(colour="red")
    proposal = actions.propose(signal_of(Warning.objects.get(pk=first.pk)))[0]
    assert (proposal.level, proposal.incident) == ("red", response.incident)
    raised = actions.accept_proposal(proposal.pk, by=holder("magistrate"))
    assert (raised.pk, raised.level) == (response.pk, "red")
    check_in_force(raised)


def test_two_plans_may_answer_one_warning_each_with_an_incident_of_its_own(
    feed: Feed, version: Version, leader: Person
) -> None:
    other = plan_of(action("slopes"), triggers={"orange": TRIGGERS["orange"]})
    warn(feed)
    made = [actions.accept_proposal(pk, by=leader) for pk in Proposal.objects.values_list("pk", flat=True)]
    assert {response.version_id for response in made} == {version.pk, other.pk}
    assert len({response.incident_id for response in made}) == 2
    for response in made:
        check_in_force(response)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_does(feed: Feed, leader: Person) -> None:
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    plan_of(action("patrol"), triggers=TRIGGERS)
    warn(feed)
    pk, gate = Proposal.objects.get().pk, Barrier(2)

    def decide(act: Callable[[], object]) -> str:
        try:
            gate.wait(10)
            act()
            return "did"
        except Conflict:
            return "told"
        finally:
            connections.close_all()

    magistrate = holder("magistrate")
    acts = [
        lambda: actions.accept_proposal(pk, by=leader),
        lambda: actions.refuse_proposal(pk, by=magistrate, reason="x"),
    ]
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, acts)) == ["did", "told"]
    assert Response.objects.exists() == (Proposal.objects.get().status == "accepted")
