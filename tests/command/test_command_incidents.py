"""Four scales kept apart, a named person behind each move, and command that is taken, not dropped."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.gis.geos import Point

from command import actions
from command.models import EndCondition, Incident
from database.clock import now
from journal.models import Event
from journal.states import IllegalMove
from notify.models import Message
from org.models import Person
from tests.support.plans import holder
from web.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


def verbs(incident: Incident) -> list[str]:
    return list(Event.objects.filter(root=f"incident:{incident.pk}").order_by("seq").values_list("verb", flat=True))


def test_an_incident_has_a_number_a_desk_officer_and_neither_level_nor_commander(officer: Person) -> None:
    incident = actions.open_incident(
        by=officer, title="山体滑坡", category="natural_disaster", unit="331126206", grade="III", colour="red",
        point=Point(119.1, 27.7, srid=4326),
    )  # fmt: skip
    assert incident.ref.startswith(f"SJ{now():%Y}-")
    assert (incident.status, incident.response_level, incident.desk_officer) == ("monitored", "", officer)
    assert incident.commander is None
    assert (incident.grade, incident.colour) == ("III", "red")


def test_one_that_comes_from_a_warning_is_warned_and_the_warning_has_one_only(officer: Person) -> None:
    fields: dict[str, Any] = {"title": "暴雨", "category": "natural_disaster", "unit": "331126", "warning_id": 77}
    first = actions.open_incident(by=officer, **fields)
    assert first.status == "warned"
    assert verbs(first) == ["incident.opened", "incident.warned"]
    with pytest.raises(Conflict) as refusal:
        actions.open_incident(by=officer, **fields)
    assert refusal.value.current["id"] == first.pk


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"category": "war"}, "category"),
        ({"grade": "V"}, "grade"),
        ({"colour": "green"}, "colour"),
        ({"unit": "nowhere"}, "unit"),
        ({"unit": "110101"}, "unit"),
    ],
)
def test_a_bad_field_is_named(changes: dict[str, str], field: str, officer: Person) -> None:
    fields = {"title": "火情", "category": "accident", "unit": "331126"} | changes
    with pytest.raises(Invalid) as refusal:
        actions.open_incident(by=officer, **fields)
    assert list(refusal.value.fields) == [field]
    assert not Incident.objects.exists()


def test_it_cannot_be_learned_of_before_it_occurred_or_in_the_future(officer: Person) -> None:
    moment = now()
    with pytest.raises(Invalid) as before:
        actions.open_incident(
            by=officer, title="火情", category="accident", unit="331126", occurred_at=moment,
            learned_at=moment - dt.timedelta(minutes=1),
        )  # fmt: skip
    assert list(before.value.fields) == ["occurred_at"]
    with pytest.raises(Invalid) as future:
        actions.open_incident(
            by=officer, title="火情", category="accident", unit="331126", learned_at=moment + dt.timedelta(hours=1)
        )
    assert list(future.value.fields) == ["learned_at"]


def test_a_level_is_started_by_its_approver_on_grounds(incident: Incident, officer: Person, leader: Person) -> None:
    with pytest.raises(Forbidden):
        actions.set_response_level(incident.pk, by=officer, level="III", grounds="雨量超阈值")
    with pytest.raises(Invalid):
        actions.set_response_level(incident.pk, by=leader, level="III", grounds=" ")
    started = actions.set_response_level(
        incident.pk, by=leader, level="III", grounds="雨量超阈值", document="庆应急〔2026〕1号"
    )
    assert (started.status, started.response_level) == ("responding", "III")
    event = Event.objects.get(verb="incident.response_started")
    assert (event.by, event.data["grounds"], event.data["document"]) == (
        f"person:{leader.pk}", "雨量超阈值", "庆应急〔2026〕1号",
    )  # fmt: skip


def test_the_second_to_start_a_level_is_told_the_present_one(incident: Incident, leader: Person) -> None:
    actions.set_response_level(incident.pk, by=leader, level="III", grounds="一", expected="")
    for expected, level in (("", "IV"), (None, "III")):
        with pytest.raises(Conflict) as refusal:
            actions.set_response_level(incident.pk, by=leader, level=level, grounds="二", expected=expected)
        assert refusal.value.current["response_level"] == "III"


def test_a_graver_level_needs_its_own_approver(incident: Incident, leader: Person) -> None:
    actions.set_response_level(incident.pk, by=leader, level="III", grounds="一")
    with pytest.raises(Forbidden):
        actions.set_response_level(incident.pk, by=leader, level="II", grounds="二")


def test_a_response_ends_only_when_every_condition_is_met(incident: Incident, leader: Person, officer: Person) -> None:
    actions.set_response_level(incident.pk, by=leader, level="III", grounds="一")
    with pytest.raises(Invalid) as refusal:
        actions.end_incident(incident.pk, by=leader, grounds="雨停", confirmed=["nobody_missing"])
    assert refusal.value.fields == {"confirmed": ["secondary_dangers_controlled", "final_report_drafted"]}
    with pytest.raises(Forbidden):
        actions.end_incident(incident.pk, by=officer, grounds="雨停", confirmed=EndCondition.Code.values)
    ended = actions.end_incident(incident.pk, by=leader, grounds="雨停", confirmed=EndCondition.Code.values)
    assert (ended.status, ended.response_level) == ("ended", "")


def test_the_life_after_the_end_goes_by_the_table(incident: Incident, officer: Person) -> None:
    actions.end_incident(incident.pk, by=officer, grounds="误报", confirmed=EndCondition.Code.values)
    with pytest.raises(IllegalMove):
        actions.archive(incident.pk, by=officer, grounds="归档")
    actions.start_recovery(incident.pk, by=officer, grounds="恢复")
    actions.review(incident.pk, by=officer, grounds="复盘")
    assert actions.archive(incident.pk, by=officer, grounds="归档").status == "archived"


def test_nobody_hands_over_a_command_that_nobody_has(incident: Incident, officer: Person, leader: Person) -> None:
    with pytest.raises(Conflict) as refused:
        actions.offer_command(incident.pk, by=officer, to=leader)
    assert refused.value.current == {"id": incident.pk, "commander": None, "desk_officer": officer.pk}


def test_whoever_approves_the_level_commands(incident: Incident, officer: Person, leader: Person) -> None:
    changed = actions.set_response_level(incident.pk, by=leader, level="III", grounds="雨大")
    assert (changed.commander, changed.desk_officer) == (leader, officer)
    magistrate = holder("331126", "magistrate")
    assert actions.set_response_level(incident.pk, by=magistrate, level="II", grounds="雨更大").commander == magistrate


def test_command_stays_until_it_is_taken(incident: Incident, officer: Person, leader: Person) -> None:
    magistrate = holder("331126", "magistrate")
    actions.set_response_level(incident.pk, by=magistrate, level="III", grounds="雨大")
    offered = actions.offer_command(incident.pk, by=officer, to=leader)
    assert offered.commander == magistrate
    assert Message.objects.filter(person=leader, code="command.offered", state="open").count() == 1
    with pytest.raises(Conflict):
        actions.accept_command(incident.pk, by=officer)
    taken = actions.accept_command(incident.pk, by=leader)
    assert (taken.commander, taken.offered_to) == (leader, None)
    assert not Message.objects.filter(person=leader, code="command.offered", state="open").exists()


def test_command_goes_only_to_somebody_who_may_take_it(incident: Incident, officer: Person, village: Person) -> None:
    actions.set_response_level(incident.pk, by=holder("331126", "magistrate"), level="III", grounds="雨大")
    with pytest.raises(Invalid):
        actions.offer_command(incident.pk, by=officer, to=village)


def test_a_correction_keeps_what_was_said_before(incident: Incident, officer: Person) -> None:
    actions.amend_incident(incident.pk, by=officer, changes={"title": "暴雨内涝", "category": "natural_disaster"})
    event = Event.objects.get(verb="incident.amended")
    assert (event.data["before"], event.data["after"]) == ({"title": "暴雨"}, {"title": "暴雨内涝"})
    with pytest.raises(Invalid) as refusal:
        actions.amend_incident(incident.pk, by=officer, changes={"status": "archived"})
    assert list(refusal.value.fields) == ["status"]


def test_a_township_sees_no_county_incident_that_did_not_reach_it(incident: Incident, township: Person) -> None:
    with pytest.raises(NotFound):
        actions.amend_incident(incident.pk, by=township, changes={"title": "x"})
    actions.issue_order(
        by=incident.desk_officer, incident_id=incident.pk, text="巡查", units=["331126206"], ladder="blue"
    )
    with pytest.raises(Forbidden):
        actions.amend_incident(incident.pk, by=township, changes={"title": "x"})
