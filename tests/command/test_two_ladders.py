"""Warning response and emergency response are two ladders: what each proposes, starts, becomes and ends as."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils.translation import override

from command import actions
from command.models import Proposal, Response, Task
from command.selectors.grounds import grounds_text
from command.selectors.levelling import deciding
from journal.models import Event
from journal.sentences import say
from org.models import Headquarters, Person, Unit
from plans.selectors.signals import Signal
from tests.support.levels import JUSHUI, action, check_in_force, plan_of
from web.errors import Forbidden

pytestmark = pytest.mark.django_db

WATCH, MOVE = ("blue", "orange", "red", "IV", "III", "II", "I"), ("III", "II", "I")


def holder(post: str) -> Person:
    return Person.objects.get(appointments__post__code=post, appointments__role="A", appointments__valid_to=None)


@pytest.fixture
def plan(demo_county: Unit) -> Any:
    return plan_of(action("watch", WATCH), action("move", MOVE, verb="close_road"))


@pytest.fixture
def incident(demo_county: Unit, officer: Person) -> Any:
    return actions.open_incident(by=officer, title="暴雨", category="natural_disaster", unit="331126")


def start(incident: Any, plan: Any, level: str, by: Person) -> Response:
    return actions.start_level(incident.pk, by=by, version_id=plan.pk, level=level, grounds="x", area=[JUSHUI])


def live(response: Response) -> set[str]:
    rows = Task.objects.filter(response=response, status__in=["held", "out"])
    return set(rows.values_list("action__code", flat=True))


def said(verb: str, language: str = "en") -> str:
    event = Event.objects.filter(verb=verb).latest("seq")
    with override(language):
        return say(event.verb, event.by_name, event.data, event.card)


def test_a_warning_response_is_warned_and_an_emergency_response_compiles_only_the_difference(
    incident: Any, plan: Any, leader: Person
) -> None:
    response = start(incident, plan, "orange", leader)
    incident.refresh_from_db()
    assert (incident.status, incident.response_level, live(response)) == ("warned", "orange", {"watch"})
    assert "started the orange warning response" in said("incident.warned")
    kept = Task.objects.get(response=response)
    raised = actions.change_level(response.pk, by=leader, level="III", grounds="险情")
    incident.refresh_from_db()
    assert (incident.status, incident.response_level, live(raised)) == ("responding", "III", {"watch", "move"})
    assert Task.objects.get(response=response, action__code="watch").pk == kept.pk
    assert "started the level III emergency response" in said("incident.response_started")
    lowered = actions.change_level(response.pk, by=leader, level="orange", grounds="险情解除")
    incident.refresh_from_db()
    assert (incident.status, incident.response_level, live(lowered)) == ("warned", "orange", {"watch"})
    assert "from the level III emergency response to the orange warning response" in said("incident.lowered_to_warning")
    check_in_force(lowered)


@pytest.mark.parametrize(
    ("before", "level", "decides"),
    [
        ("", "red", "red"), ("blue", "red", "red"), ("red", "blue", "red"), ("red", "IV", "IV"), ("orange", "I", "I"),
        ("I", "blue", "I"), ("IV", "red", "red"), ("III", "II", "II"), ("II", "IV", "II"),
    ],
)  # fmt: skip
def test_who_decides_on_a_move_is_defined_in_both_directions(before: str, level: str, decides: str) -> None:
    assert deciding(before, level) == decides


def test_a_colour_needs_its_own_approver(incident: Any, plan: Any, leader: Person, officer: Person) -> None:
    with pytest.raises(Forbidden):
        start(incident, plan, "red", leader)
    with pytest.raises(Forbidden):
        start(incident, plan, "blue", officer)
    assert start(incident, plan, "red", holder("magistrate")).level == "red"


def test_ending_says_which_ladder_ends(incident: Any, plan: Any, leader: Person, officer: Person) -> None:
    response = start(incident, plan, "orange", leader)
    for code in ("nobody_missing", "secondary_dangers_controlled", "final_report_drafted"):
        actions.say_condition(response.pk, by=officer, code=code, met=True, note="已核")
    actions.end_incident(incident.pk, by=leader, grounds="预警解除")
    assert "ended the orange warning response" in said("incident.ended")
    assert "橙色预警响应" in said("incident.ended", "zh-hans")


def test_an_incident_that_was_set_to_warned_by_hand_takes_a_warning_response(
    incident: Any, plan: Any, leader: Person, officer: Person
) -> None:
    actions.warn(incident.pk, by=officer, grounds="x")
    start(incident, plan, "orange", leader)
    incident.refresh_from_db()
    assert (incident.status, incident.response_level) == ("warned", "orange")
    assert said("incident.warning_response_started")


# Earthquakes ---------------------------------------------------------------------------------------------------------


def quake(number: int, magnitude: float, at: str) -> Signal:
    facts = {"magnitude": magnitude, "depth_km": 5, "inside": True, "at": at}
    title = {"zh": f"荣县{magnitude}级地震", "en": f"M {magnitude} earthquake"}
    return Signal("quake", f"quake:{number}", Unit.objects.get(code="331126"), facts, [JUSHUI], title)


def test_the_shocks_of_rong_county_propose_iv_and_the_second_within_a_day_iii(demo_county: Unit) -> None:
    """24 February 2019 05:38 M 4.7; 25 February 08:40 M 4.3 and 13:15 M 4.9."""
    inside = {"signal": "quake", "magnitude_min": 4.0, "inside": True}
    plan_of(action("survey"), triggers={"IV": [inside], "III": [{**inside, "shocks_24h_min": 2}]})
    first = actions.propose(quake(1, 4.7, "2019-02-24T05:38:00+08:00"))
    second = actions.propose(quake(2, 4.3, "2019-02-25T08:40:00+08:00"))
    third = actions.propose(quake(3, 4.9, "2019-02-25T13:15:59+08:00"))
    assert [[one.level for one in found] for found in (first, second, third)] == [["IV"], ["IV"], ["III"]]
    assert actions.propose(quake(3, 4.9, "2019-02-25T13:15:59+08:00")) == []


def test_a_quake_below_four_proposes_nothing_and_counts_for_nothing(demo_county: Unit) -> None:
    inside = {"signal": "quake", "magnitude_min": 4.0, "inside": True}
    plan_of(action("survey"), triggers={"IV": [inside], "III": [{**inside, "shocks_24h_min": 2}]})
    assert actions.propose(quake(1, 3.9, "2019-02-24T05:38:00+08:00")) == []
    assert [one.level for one in actions.propose(quake(2, 4.0, "2019-02-24T06:38:00+08:00"))] == ["IV"]


# Grounds -------------------------------------------------------------------------------------------------------------


def warning_signal(**told: Any) -> Signal:
    told = {
        "issuer": {"zh": "庆元县气象台", "en": "Qingyuan County Meteorological Observatory"},
        "issued_at": dt.datetime(2026, 11, 29, 19, 26, tzinfo=dt.UTC).isoformat(),
        "event": {"zh": "暴雨", "en": "Rainstorm"}, "colour": "red", "whole": False,
        "townships": [{"zh": "举水乡", "en": "Jushui Township"}, {"zh": "竹口镇", "en": "Zhukou Town"}],
        "villages": 29, "people": 669, **told,
    }  # fmt: skip
    facts = {"colour": "red", "event": ["rainstorm"]}
    unit = Unit.objects.get(code="331126")
    return Signal("warning", "warning:999999", unit, facts, [JUSHUI], {"zh": "暴雨"}, told=told)


@pytest.fixture
def red(demo_county: Unit) -> None:
    plan_of(action("watch"), triggers={"red": [{"signal": "warning", "colour": ["red"], "events": ["rainstorm"]}]})


def test_the_grounds_are_one_sentence_for_a_request_in_both_languages(red: None) -> None:
    Headquarters.objects.filter(unit__code="331126").delete()
    Headquarters.objects.create(
        unit=Unit.objects.get(code="331126"), code="f", name="县防汛防台抗旱指挥部",
        name_en="County Flood Headquarters", short_name="县防指", office_name="办公室",
        series="庆防指试", hazard_types=["flood"],
    )  # fmt: skip
    proposal = actions.propose(warning_signal())[0]
    with override("zh-hans"):
        assert grounds_text(proposal).replace(" ", "") == (
            "庆元县气象台2026年11月30日03时26分发布暴雨红色预警信号，覆盖举水乡、竹口镇（2个乡镇、29个村、受威胁669人）。"
            "依据《测试预案》红色预警响应条件第1项，建议县防指启动红色预警响应，提请县长批准。"
        )
    with override("en"):
        assert grounds_text(proposal) == (
            "Qingyuan County Meteorological Observatory issued its red warning (Rainstorm) at 03:26 on 30 November"
            " 2026, covering Jushui Township, Zhukou Town (2 townships, 29 villages, 669 people threatened)."
            " Under condition 1 for the red warning response in “Test plan”, it is proposed that County Flood"
            " Headquarters start the red warning response, for approval by: County Magistrate."
        )


def test_many_townships_are_counted_and_not_all_named(red: None) -> None:
    towns = [{"zh": f"乡{n}", "en": f"Town {n}"} for n in range(19)]
    proposal = actions.propose(warning_signal(townships=towns, people=0))[0]
    with override("zh-hans"):
        text = grounds_text(proposal).replace(" ", "")
    assert "乡4等（19个乡镇、29个村）" in text
    assert "受威胁" not in text


def test_the_grounds_of_a_measurement_say_what_was_measured(demo_county: Unit) -> None:
    rule = {"signal": "area_rain", "mean_mm_min": 50, "station_mm": 70, "stations_min": 10}
    plan_of(action("watch"), triggers={"IV": [rule]})
    facts = {"mean_mm": 54.5, "station_mm": 70, "stations": 12}
    signal = Signal("area_rain", "rain:1", demo_county, facts, title={"zh": "县域降雨实况", "en": "Rain in the county"})
    proposal = actions.propose(signal)[0]
    with override("zh-hans"):
        assert grounds_text(proposal).startswith("县域降雨实况（面雨量54.5毫米、70毫米以上站点12个）。")
    assert Proposal.objects.get().told["condition"] == 1
