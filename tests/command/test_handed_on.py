"""Orders change hands, are called off for everybody whom they called, and never climb to nobody; incidents reopen."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from command import actions
from command.models import Assignment, Call, Incident, Order
from journal.models import Event, Timer
from journal.timers import fire_due
from notify.models import Message
from org.models import Appointment, Person, Unit
from web.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db
VILLAGE = "331126206200"


@pytest.fixture
def mine(officer: Person) -> Assignment:
    order = actions.issue_order(
        by=officer, incident_id=None, text="转移", units=[VILLAGE], posts=["village_head"], ladder="red"
    )
    return order.lines[0]


@pytest.fixture
def other(demo_county: Unit, mine: Assignment) -> Person:
    held = Appointment.objects.filter(unit__code=VILLAGE, valid_to=None).exclude(person=mine.person)
    return held.select_related("person")[0].person


class TestReassigned:
    def test_both_are_told_and_the_old_timers_are_superseded(
        self, mine: Assignment, other: Person, officer: Person, village: Person, clock: Any
    ) -> None:
        clock.travel(seconds=181)
        fire_due()
        row = actions.reassign(mine.pk, by=officer, person=other, reason="出差")
        assert (row.person, row.status, row.rung, row.climbed_to) == (other, "called", 0, "")
        assert Message.objects.get(code="order.reassigned", state="open").person == other
        assert Message.objects.get(code="order.taken_over").person == village
        assert not Message.objects.filter(person=village, code__in=["order.called", "order.reminded"], state="open")
        pending = Timer.objects.filter(subject=f"assignment:{mine.pk}", state="pending")
        assert [timer.generation for timer in pending] == [row.generation]
        clock.travel(seconds=181)
        fire_due()
        assert Call.objects.filter(assignment=mine, do="remind").latest("pk").person == other
        event = Event.objects.get(verb="assignment.reassigned")
        assert (event.data["reason"], event.data["to_name"]["zh"]) == ("出差", other.name)

    def test_it_is_no_longer_the_first_one_s_to_answer(
        self, mine: Assignment, other: Person, officer: Person, village: Person
    ) -> None:
        from command.selectors.visible import my_assignments

        actions.reassign(mine.pk, by=officer, person=other, reason="x")
        with pytest.raises(Forbidden):
            actions.acknowledge(mine.pk, by=village)
        assert not my_assignments(village).filter(pk=mine.pk).exists()
        assert actions.acknowledge(mine.pk, by=other).status == "received"

    def test_one_that_was_answered_is_asked_anew_and_may_come_back(
        self, mine: Assignment, other: Person, officer: Person, village: Person
    ) -> None:
        actions.acknowledge(mine.pk, by=village)
        row = actions.reassign(mine.pk, by=officer, person=other, reason="x")
        assert (row.status, row.answered_at, row.answered_by) == ("called", None, None)
        row = actions.reassign(mine.pk, by=officer, person=village, reason="y")
        assert actions.acknowledge(row.pk, by=village).status == "received"

    def test_what_may_not_be_is_refused(
        self, mine: Assignment, other: Person, officer: Person, village: Person, crew_elsewhere: Person
    ) -> None:
        for person, reason, error in (
            (other, " ", Invalid), (crew_elsewhere, "x", Invalid), (village, "x", Conflict), (999999, "x", Invalid)
        ):  # fmt: skip
            with pytest.raises(error):
                actions.reassign(mine.pk, by=officer, person=person, reason=reason)
        with pytest.raises(Forbidden):
            actions.reassign(mine.pk, by=village, person=other, reason="x")
        actions.acknowledge(mine.pk, by=village)
        actions.progress(mine.pk, by=village, step="done", note="好")
        with pytest.raises(Conflict):
            actions.reassign(mine.pk, by=officer, person=other, reason="x")

    @pytest.fixture
    def crew_elsewhere(self, demo_county: Unit) -> Person:
        return Appointment.objects.filter(unit__code="331126204", valid_to=None).first().person

    def test_by_page_and_by_the_api(self, mine: Assignment, other: Person, officer: Person, client: Client) -> None:
        client.force_login(officer)
        assert f'value="{other.pk}"' in client.get(f"/assignments/{mine.pk}/reassign/").content.decode()
        sent = client.post(f"/assignments/{mine.pk}/reassign/", {"person": other.pk, "reason": "x"})
        assert sent.status_code == 302
        body = {"person": other.pk, "reason": "x"}
        again = client.post(f"/api/v1/assignments/{mine.pk}/reassign/", body, content_type="application/json")
        assert again.status_code == 409


def test_everybody_who_was_called_hears_that_it_is_called_off(
    mine: Assignment, officer: Person, village: Person, clock: Any
) -> None:
    clock.travel(seconds=301)
    fire_due()
    called = set(Call.objects.filter(assignment=mine).values_list("person", flat=True))
    assert len(called) > 1
    actions.call_off(mine.order_id, by=officer, reason="雨停")
    told = Message.objects.filter(code="order.withdrawn", state="open")
    assert set(told.values_list("person", flat=True)) == called
    assert told.count() == len(called), "once"


class TestNobodyLeft:
    def test_a_ladder_that_finds_nobody_calls_the_county_s_contact_and_goes_on(
        self, mine: Assignment, admin: Person, leader: Person, demo_county: Unit, clock: Any
    ) -> None:
        from duty.actions import set_fallback

        set_fallback(by=admin, unit=demo_county, person=leader)
        order = Order.objects.get(pk=mine.order_id)
        order.ladder["above"] = {level: ["nobody_here"] for level in order.ladder["above"]}
        order.save(update_fields=["ladder"])
        clock.travel(seconds=901)
        fire_due()
        assert Message.objects.get(code="order.nobody_left", alarm=True).person == leader
        assert Event.objects.filter(verb="assignment.nobody_to_call").count() == 1
        clock.travel(seconds=601)
        fire_due()
        assert Message.objects.filter(code="order.nobody_left", state="open").count() == 1
        assert Event.objects.filter(verb="assignment.nobody_to_call").count() == 2


def test_an_ended_incident_is_reopened_with_a_reason(officer: Person, leader: Person, client: Client) -> None:
    incident = actions.open_incident(by=officer, title="滑坡", category="natural_disaster", unit="331126206")
    from command.models import EndCondition

    actions.end_incident(incident.pk, by=officer, grounds="x", confirmed=EndCondition.Code.values)
    with pytest.raises(Invalid):
        actions.reopen(incident.pk, by=officer, grounds=" ")
    client.force_login(officer)
    assert "/reopen/" in client.get(f"/incidents/{incident.pk}/").content.decode()
    assert client.post(f"/incidents/{incident.pk}/reopen/", {"grounds": "又滑了"}).status_code == 302
    assert Incident.objects.get(pk=incident.pk).status == "monitored"
    assert Event.objects.get(verb="incident.reopened").data["grounds"] == "又滑了"
