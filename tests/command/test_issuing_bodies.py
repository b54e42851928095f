"""Headquarters issue and approve: whose name an order bears, whose seat may start a level, and consent to level I."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from command import actions
from command.actions.consent import Consent
from command.models import Incident, Order
from command.selectors.approvers import chain_of, may_decide, reachable, rule_for, rule_of
from database.clock import DatabaseNow
from journal.actions.recording import SYSTEM
from journal.models import Event
from norms.models import OfficialPaper
from notify.models import Message
from org.models import Appointment, Headquarters, Person
from plans.models import Level, Version
from tests.support.levels import JUSHUI, action, plan_of
from tests.support.plans import COUNTY, holder
from web.errors import Forbidden, Invalid

pytestmark = pytest.mark.django_db

FLOOD, OFFICE = "庆元县防汛防台抗旱指挥部", "庆元县防汛防台抗旱指挥部办公室"


@pytest.fixture(autouse=True)
def _chinese() -> Any:
    from django.utils.translation import override

    with override("zh-hans"):
        yield


def body(code: str) -> Headquarters:
    return Headquarters.objects.get(unit__code=COUNTY, code=code)


def of_headquarters(hazard_type: str = "flood") -> Version:
    """A plan of one action whose levels are approved by the seats of its headquarters."""
    version = plan_of(action("patrol"))
    type(version.plan).objects.filter(pk=version.plan_id).update(hazard_type=hazard_type)
    seats = {"IV": "office_director", "III": "deputy_commander", "II": "commander", "I": "commander"}
    Version.objects.filter(pk=version.pk).update(status="draft")
    for level, role in seats.items():
        Level.objects.filter(version=version, level=level).update(approver=f"headquarters:{role}")
    Version.objects.filter(pk=version.pk).update(status="approved")
    return Version.objects.select_related("plan__unit").get(pk=version.pk)


# In whose name -------------------------------------------------------------------------------------------------------


def test_the_office_issues_ordinary_orders_and_the_headquarters_the_levels(
    incident: Incident, order_jushui: Callable[..., Order], leader: Person
) -> None:
    assert incident.headquarters == body("flood")
    order = order_jushui()
    assert (order.headquarters, order.by_office, order.issuer) == (body("flood"), True, OFFICE)
    response = actions.start_level(
        incident.pk, by=leader, version_id=of_headquarters().pk, level="III", grounds="雨大", area=[JUSHUI]
    )
    assert response.headquarters == body("flood")
    assert response.issuer == FLOOD
    assert {(row.issuer, row.by_office) for row in response.orders.all()} == {(FLOOD, False)}


def test_an_order_of_a_township_is_the_townships(township: Person) -> None:
    own = actions.open_incident(by=township, title="暴雨", category="natural_disaster", unit=JUSHUI)
    order = actions.issue_order(by=township, incident_id=own.pk, text="巡查", units=[JUSHUI], ladder="blue")
    assert (own.headquarters, order.headquarters, order.issuer) == (None, None, "举水乡")


@pytest.mark.parametrize(
    ("title", "category", "code"),
    [
        ("岩后滑坡", "natural_disaster", "geological"),
        ("山火", "natural_disaster", "forest_fire"),
        ("车间爆炸", "accident", "safety"),
        ("聚集性发热", "public_health", "health"),
        ("其他情况", "natural_disaster", None),
    ],
)
def test_an_incident_belongs_to_the_headquarters_that_its_words_name(
    officer: Person, title: str, category: str, code: str | None
) -> None:
    made = actions.open_incident(by=officer, title=title, category=category, unit=COUNTY)
    assert (made.headquarters.code if made.headquarters else None) == code


def test_another_issuer_may_be_chosen_and_only_one_of_the_unit(
    incident: Incident, order_jushui: Callable[..., Order]
) -> None:
    assert order_jushui(issuer="flood").issuer == FLOOD
    assert order_jushui(issuer="health:office").headquarters == body("health")
    assert order_jushui(issuer="unit").issuer == "庆元县"
    with pytest.raises(Invalid) as refused:
        order_jushui(issuer="owls")
    assert list(refused.value.fields) == ["issuer"]


def test_the_api_lists_issuers_and_says_who_issued(
    api: Callable[..., Any], officer: Person, township: Person, incident: Incident, order_jushui: Callable[..., Order]
) -> None:
    codes = [row["code"] for row in api(officer).get("/api/v1/issuers/").json()["results"]]
    assert codes[:2] == ["flood:office", "flood"]
    assert codes[-1] == "unit"
    assert [row["code"] for row in api(township).get("/api/v1/issuers/").json()["results"]] == ["unit"]
    order = order_jushui()
    told = api(officer, language="zh-hans").get(f"/api/v1/orders/{order.pk}/").json()
    assert (told["issuer"], told["by_office"], told["headquarters"]["series"]) == (OFFICE, True, "庆防指")
    seen = api(officer).get(f"/api/v1/incidents/{incident.pk}/").json()
    assert (seen["commander"], seen["desk_officer"]["id"]) == (None, officer.pk)


def test_the_pages_name_the_issuing_body(
    browse: Callable[..., Any], officer: Person, order_jushui: Callable[..., Order]
) -> None:
    order = order_jushui()
    client = browse(officer, language="zh-hans")
    for address in ("/orders/", f"/orders/{order.pk}/", f"/orders/{order.pk}/print/"):
        assert OFFICE in client.get(address).content.decode(), address
    row = order.assignments.get(post__code="township_station")
    phone = browse(row.person, language="zh-hans").get(f"/orders/mine/{row.pk}/").content.decode()
    assert OFFICE in phone


# Who approves --------------------------------------------------------------------------------------------------------


def test_the_right_to_approve_follows_the_seat(officer: Person) -> None:
    """The head of the health bureau directs the office of the health headquarters, and of no other."""
    health = holder(f"{COUNTY}D06", "department_head")
    sick = of_headquarters("public_health")
    assert may_decide(health, rule_of(sick, "IV"))
    assert not may_decide(health, rule_of(sick, "III"))
    assert not may_decide(health, rule_of(of_headquarters("flood"), "IV"))
    incident = actions.open_incident(by=officer, title="聚集性发热", category="public_health", unit=COUNTY)
    started = actions.start_level(incident.pk, by=health, version_id=sick.pk, level="IV", grounds="5例", area=[JUSHUI])
    assert (started.headquarters, started.incident.commander) == (body("health"), health)
    with pytest.raises(Forbidden):
        actions.change_level(started.pk, by=health, level="III", grounds="12例")


def test_a_plan_may_belong_to_another_headquarters() -> None:
    from plans.actions import set_headquarters

    version = of_headquarters("snow_ice")
    assert reachable(chain_of(rule_of(version, "IV")))[0].name.startswith("庆元县防灾减灾救灾委员会")
    set_headquarters(version.plan_id, by=SYSTEM, headquarters=body("flood").pk)
    version = Version.objects.select_related("plan__unit").get(pk=version.pk)
    assert reachable(chain_of(rule_of(version, "IV")))[0].name.startswith(FLOOD)


def test_the_chain_names_a_vacant_seat_and_goes_on_to_the_next() -> None:
    version = of_headquarters()
    chain = chain_of(rule_of(version, "III"))
    codes = [one.code for one in chain if one.code != "headquarters:executive_deputy"]
    assert codes == ["headquarters:deputy_commander", "headquarters:commander", "party_secretary"]
    Appointment.objects.filter(unit__code=COUNTY, post__code="deputy_magistrate").update(valid_to=DatabaseNow())
    chain = chain_of(rule_of(version, "III"))
    assert (chain[0].code, chain[0].people) == ("headquarters:deputy_commander", [])
    assert reachable(chain)[0].code in ("headquarters:executive_deputy", "headquarters:commander")
    body("flood").members.filter(role="deputy_commander").delete()
    assert chain_of(rule_of(version, "III"))[0].people == []


def test_without_a_plan_the_incidents_headquarters_approves(incident: Incident) -> None:
    director = holder(COUNTY, "command_office_director")
    assert may_decide(director, rule_for(incident, "IV"))
    assert not may_decide(director, rule_for(incident, "III"))


# Level I -------------------------------------------------------------------------------------------------------------


def test_level_one_waits_for_the_consent_of_the_county_committee(incident: Incident) -> None:
    magistrate, secretary = holder(COUNTY, "magistrate"), holder(COUNTY, "party_secretary")
    wanted: dict[str, Any] = {"by": magistrate, "version_id": of_headquarters().pk, "level": "I", "grounds": "溃坝"}
    wanted |= {"area": [JUSHUI]}
    for consent in (None, Consent(magistrate.pk, "phone"), Consent(secretary.pk, "owl")):
        with pytest.raises(Invalid) as refused:
            actions.start_level(incident.pk, consent=consent, **wanted)
        assert set(refused.value.fields) <= {"consent_by", "consent_how"}
    response = actions.start_level(incident.pk, consent=Consent(secretary.pk, "phone"), **wanted)
    assert (response.consent_by, response.consent_how, response.incident.commander) == (secretary, "phone", magistrate)
    event = Event.objects.get(verb="incident.consented")
    assert event.data["consent_name"]["zh"] == secretary.name
    assert event.seq < Event.objects.get(verb="incident.response_started").seq


def test_the_secretary_consents_by_approving(incident: Incident) -> None:
    secretary = holder(COUNTY, "party_secretary")
    actions.set_response_level(incident.pk, by=secretary, level="I", grounds="溃坝")
    assert Event.objects.get(verb="incident.consented").data["consent_by"] == secretary.pk


def test_the_page_of_level_one_asks_for_the_consent(incident: Incident, browse: Callable[..., Any]) -> None:
    version, magistrate = of_headquarters(), holder(COUNTY, "magistrate")
    client = browse(magistrate)
    at = f"/incidents/{incident.pk}/response/?version={version.pk}&area={JUSHUI}&level="
    assert "consent_by" in client.get(at + "I").content.decode()
    assert "consent_by" not in client.get(at + "II").content.decode()


# A township's own ----------------------------------------------------------------------------------------------------


def test_a_township_head_starts_the_townships_own_response_and_the_county_is_told(officer: Person) -> None:
    head = holder(JUSHUI, "township_head")
    version = plan_of(action("patrol"), unit=JUSHUI)
    Version.objects.filter(pk=version.pk).update(status="draft")
    Level.objects.filter(version=version).update(approver="township_head")
    Version.objects.filter(pk=version.pk).update(status="approved")
    own = actions.open_incident(by=head, title="暴雨", category="natural_disaster", unit=JUSHUI)
    fields = {"version_id": version.pk, "level": "IV", "grounds": "溪水漫桥", "sign_notice": True}
    response = actions.start_level(own.pk, by=head, **fields)
    assert (response.approved_by, response.act_first, response.issuer) == (head, False, "举水乡")
    notice = OfficialPaper.objects.get()
    assert (notice.unit.code, notice.headquarters, notice.signed_by) == (JUSHUI, None, head)
    assert not notice.number.startswith("庆")  # the county's numbers are the county's
    assert Message.objects.filter(code="response.reported", person=officer).exists()
    county = of_headquarters()
    assert not may_decide(head, rule_of(county, "IV"))


def test_a_leaders_decision_leaves_the_desk_in_charge_of_the_handling(officer: Person, leader: Person) -> None:
    made = actions.open_incident(by=leader, title="暴雨", category="natural_disaster", unit=COUNTY)
    assert made.desk_officer != leader
