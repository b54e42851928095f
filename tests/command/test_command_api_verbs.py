"""The verbs of incidents, orders, assignments, responses and proposals over HTTP, each answered as it is declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from command import actions
from command.models import Incident, Proposal
from database.clock import now
from org.models import Person, Unit
from tests.support.levels import JUSHUI, action, plan_of
from tests.support.plans import holder
from tests.support.shapes import done

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]
CONDITIONS = ["nobody_missing", "secondary_dangers_controlled", "final_report_drafted"]


def test_an_incident_from_the_warning_to_the_archive(api: Api, incident: Incident, officer: Person) -> None:
    client, at = api(officer), f"/api/v1/incidents/{incident.pk}/"
    assert done(client.post(at + "amend/", {"place": "举水溪", "point": [119.2, 27.6]}))["point"] == [119.2, 27.6]
    assert done(client.post(at + "warn/", {"grounds": "预警"}))["status"] == "warned"
    ending = {"grounds": "雨停", "confirmed": CONDITIONS}
    assert done(client.post(at + "end/", ending))["status"] == "ended"
    assert done(client.post(at + "reopen/", {"grounds": "又下雨"}))["status"] == "monitored"
    done(client.post(at + "end/", ending))
    for verb, status in (("recover", "recovering"), ("review", "reviewed"), ("archive", "archived")):
        assert done(client.post(f"{at}{verb}/", {"grounds": "x"}))["status"] == status


def test_command_is_offered_declined_and_taken(api: Api, incident: Incident, officer: Person, leader: Person) -> None:
    at = f"/api/v1/incidents/{incident.pk}/"
    assert api(officer).post(at + "offer-command/", {"to": leader.pk}).status_code == 409
    magistrate = holder("331126", "magistrate")
    actions.set_response_level(incident.pk, by=magistrate, level="III", grounds="雨大")
    assert done(api(officer).post(at + "offer-command/", {"to": leader.pk}))["offered_to"]["id"] == leader.pk
    assert done(api(leader).post(at + "decline-command/", {}))["offered_to"] is None
    done(api(officer).post(at + "offer-command/", {"to": leader.pk}))
    assert done(api(leader).post(at + "accept-command/", {}))["commander"]["id"] == leader.pk


def test_an_order_is_reminded_of_looked_at_handed_on_and_called_off(
    api: Api, order_jushui: Any, officer: Person, township: Person, village: Person
) -> None:
    order, client = order_jushui(), api(officer)
    assert done(client.post(f"/api/v1/orders/{order.pk}/remind/", {"unit": JUSHUI}))["reminded"] > 0
    mine = order.assignments.get(person=village)
    at = f"/api/v1/assignments/{mine.pk}/"
    for step in ("acknowledge/", "progress/"):
        done(api(village).post(at + step, {"step": "done", "note": "已完成"} if step == "progress/" else {}))
    assert done(client.post(at + "send-back/", {"note": "照片不清"}))["status"] == "in_place"
    done(api(village).post(at + "progress/", {"step": "done", "note": "已完成"}))
    assert done(client.post(at + "verify/", {}))["status"] == "verified"
    other = order.assignments.filter(unit__level="village").exclude(pk=mine.pk).first()
    handed = done(client.post(f"/api/v1/assignments/{other.pk}/reassign/", {"person": township.pk, "reason": "外出"}))
    assert handed["person"]["id"] == township.pk
    assert done(client.post(f"/api/v1/orders/{order.pk}/call-off/", {"reason": "解除"}))["status"] == "called_off"


@pytest.mark.parametrize(("verb", "status"), [("approve", "running"), ("stop", "ended")])
def test_what_a_township_began_is_approved_or_stopped(
    api: Api, township: Person, leader: Person, verb: str, status: str
) -> None:
    own = actions.open_incident(by=township, title="山洪", category="natural_disaster", unit=JUSHUI)
    response = actions.start_level(
        own.pk, by=township, version_id=plan_of(action("patrol")).pk, level="III", grounds="险情", act_first=True
    )
    body = {"reason": "不需要"} if verb == "stop" else {}
    said = done(api(leader).post(f"/api/v1/responses/{response.pk}/{verb}/", body))
    assert (said["status"], said["act_first"]) == (status, True)


@pytest.mark.parametrize("verb", ["accept", "refuse"])
def test_a_proposal_is_accepted_or_refused(api: Api, incident: Incident, leader: Person, verb: str) -> None:
    proposal = Proposal.objects.create(
        version=plan_of(action("patrol")), level="III", subject="gauge:1", title={"zh": "雨量", "en": "Rain"},
        unit=Unit.objects.get(code="331126"), incident=incident, made_at=now(), area=[JUSHUI],
        grounds=[{"signal": "gauge", "field": "mm_min", "asked": 50, "found": 60}],
    )  # fmt: skip
    body = {"accept": {"grounds": "同意"}, "refuse": {"reason": "雨已停"}}[verb]
    said = done(api(leader).post(f"/api/v1/proposals/{proposal.pk}/{verb}/", body))
    assert (said["status"], len(said["grounds"])) == ({"accept": "accepted", "refuse": "refused"}[verb], 1)
    assert ("response" in said) is (verb == "accept")
