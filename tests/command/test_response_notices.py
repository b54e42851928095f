"""A response that starts, changes or ends has a notice: drafted for its approver, or signed with the decision."""

from __future__ import annotations

import pytest

from command import actions
from command.models import Incident
from norms.models import OfficialPaper
from norms.selectors.papers import first_signers
from org.models import Person
from tests.support.levels import APPROVERS, JUSHUI, action, plan_of

pytestmark = pytest.mark.django_db


def magistrate() -> Person:
    return Person.objects.get(appointments__post__code="magistrate", appointments__role="A")


def notices() -> list[tuple[str, str]]:
    return list(OfficialPaper.objects.order_by("pk").values_list("kind", "status"))


def test_the_notice_waits_for_a_signature_or_is_signed_with_the_decision(incident: Incident, leader: Person) -> None:
    version = plan_of(action("patrol"))
    fields = {"version_id": version.pk, "level": "III", "grounds": "暴雨", "area": [JUSHUI]}
    response = actions.start_level(incident.pk, by=leader, **fields)
    assert notices() == [("response_started", "drafted")]
    actions.change_level(response.pk, by=magistrate(), level="II", grounds="雨势加强", sign_notice=True)
    assert notices() == [("response_started", "withdrawn"), ("response_changed", "served")]
    paper = OfficialPaper.objects.get(kind="response_changed")
    assert paper.signed_by == magistrate()
    assert paper.title == "关于将防汛防台响应等级提升至Ⅱ级应急响应的通知"
    assert "将Ⅲ级应急响应调整为Ⅱ级应急响应" in "".join(paper.content["paragraphs"])
    assert [unit.code for unit in paper.to.all()] == [JUSHUI]


def test_acting_first_announces_nothing_before_it_is_approved(officer: Person, township: Person) -> None:
    version = plan_of(action("patrol"))
    incident = actions.open_incident(by=township, title="山洪", category="natural_disaster", unit=JUSHUI)
    response = actions.start_level(
        incident.pk, by=township, version_id=version.pk, level="IV", grounds="先行处置", act_first=True
    )
    assert notices() == []
    director = Person.objects.get(appointments__post__code="command_office_director", appointments__role="A")
    actions.approve_response(response.pk, by=director, sign_notice=True)
    assert notices() == [("response_started", "served")]


def test_the_forms_offer_the_signature_ticked(browse, incident: Incident, leader: Person) -> None:
    version = plan_of(action("patrol"))
    page = browse(leader).get(f"/incidents/{incident.pk}/response/", {"version": version.pk, "level": "III"})
    assert 'name="sign_notice"' in page.content.decode()
    assert "checked" in page.content.decode().split('name="sign_notice"')[1].split(">")[0]


def test_the_seat_that_the_plan_names_for_the_level_signs_the_notice(
    incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(APPROVERS, "IV", "headquarters:commander")
    version = plan_of(action("patrol"))
    actions.start_level(incident.pk, by=magistrate(), version_id=version.pk, level="IV", grounds="暴雨")
    paper = OfficialPaper.objects.get(kind="response_started")
    assert first_signers(paper) == [magistrate()]


def test_ending_offers_the_signature_too(browse, incident: Incident, leader: Person) -> None:
    version = plan_of(action("patrol"))
    response = actions.start_level(incident.pk, by=leader, version_id=version.pk, level="III", grounds="暴雨")
    address = f"/incidents/{incident.pk}/end/"
    assert "checked" in browse(leader).get(address).content.decode().split('name="sign_notice"')[1].split(">")[0]
    response.conditions.update(met=True)
    browse(leader).post(address, {"grounds": "雨停了", "sign_notice": "on"})
    assert notices() == [("response_started", "withdrawn"), ("response_ended", "served")]
