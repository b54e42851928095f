"""Which level a signal suggests, and on which grounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils.translation import override

from journal.actions.recording import SYSTEM
from org.models import Unit
from plans import actions
from plans.models import Version
from plans.selectors.matching import suggested
from plans.selectors.signals import KINDS, Condition, KindOfSignal, Signal, explain_rule, matches, say_grounds
from tests.support.plans import action, flood


def warning(unit: Unit, **facts: Any) -> Signal:
    return Signal("warning", "warning:1", unit, facts)


@pytest.fixture
def quake_plan(in_force: Callable[..., Version]) -> Version:
    inside = {"signal": "quake", "magnitude_min": 4.0, "depth_max_km": 20, "inside": True}
    return in_force(
        {
            **flood(code="quake-test", hazard_type="earthquake"),
            "levels": {
                "IV": {"approver": "command_office_director", "triggers": [inside]},
                "III": {"approver": "deputy_magistrate", "triggers": [{**inside, "magnitude_min": 5.0}]},
            },
            "actions": [action(levels=["IV", "III"])],
        }
    )


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"colour": "blue", "event": "暴雨蓝色预警"}, "IV"),
        ({"colour": "yellow", "event": "台风"}, "III"),
        ({"colour": "orange", "event": ["Typhoon", "台风"]}, "III"),
        ({"colour": "red", "event": "暴雨"}, None),
        ({"colour": "yellow", "event": "大风"}, None),
        ({"colour": "yellow"}, None),
        ({"event": "暴雨"}, None),
        ({}, None),
    ],
)
def test_colour_and_event_suggest_the_level(
    in_force: Callable[..., Version], county: Unit, facts: dict[str, Any], level: str | None
) -> None:
    version = in_force()
    found = suggested(warning(county, **facts))
    assert [(one.version.pk, one.level) for one in found] == ([(version.pk, level)] if level else [])


def test_the_gravest_level_that_matches_is_suggested_with_its_approver(
    in_force: Callable[..., Version], county: Unit
) -> None:
    document = flood()
    document["levels"]["IV"]["triggers"][0]["colour"] = ["blue", "yellow"]
    in_force(document)
    found = suggested(warning(county, colour="yellow", event="暴雨"))
    assert [(one.level, one.approver) for one in found] == [("III", "deputy_magistrate")]
    assert found[0].grounds == [
        {"signal": "warning", "field": "colour", "found": "yellow", "asked": ["yellow", "orange"]},
        {"signal": "warning", "field": "events", "found": "暴雨", "asked": ["暴雨", "台风"]},
    ]
    with override("en"):
        assert say_grounds(found[0].grounds) == [
            "found yellow; the plan asks: colour yellow or orange",
            "found 暴雨; the plan asks: event 暴雨 or 台风",
        ]


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"magnitude": 4.0, "depth_km": 5, "inside": True}, "IV"),
        ({"magnitude": 5.2, "depth_km": 20, "inside": True}, "III"),
        ({"magnitude": 3.9, "depth_km": 5, "inside": True}, None),
        ({"magnitude": 4.7, "depth_km": 20.1, "inside": True}, None),
        ({"magnitude": 4.7, "depth_km": 5, "inside": False}, None),
        ({"magnitude": 4.7, "inside": True}, None),
        ({"magnitude": "big", "depth_km": 5, "inside": True}, None),
        ({"magnitude": float("nan"), "depth_km": 5, "inside": True}, None),
    ],
)
def test_magnitude_depth_and_place_suggest_the_level(
    quake_plan: Version, county: Unit, facts: dict[str, Any], level: str | None
) -> None:
    found = suggested(Signal("quake", "quake:1", county, facts))
    assert [one.level for one in found] == ([level] if level else [])


@pytest.mark.parametrize(("hours", "mm", "level"), [(1, 45, "III"), (1, 44.9, None), (3, 90, None)])
def test_a_gauge_suggests_the_level_over_its_hours(
    in_force: Callable[..., Version], town: Unit, hours: int, mm: float, level: str | None
) -> None:
    in_force()
    found = suggested(Signal("gauge", "gauge:1", town, {"hours": hours, "mm": mm}))
    assert [one.level for one in found] == ([level] if level else [])


def test_plans_that_are_not_in_force_or_out_of_use_or_elsewhere_suggest_nothing(
    in_force: Callable[..., Version], county: Unit, town: Unit
) -> None:
    yellow = warning(county, colour="yellow", event="暴雨")
    draft = actions.import_plan(flood(), by=SYSTEM, unit=county).version
    assert draft is not None
    assert suggested(yellow) == []
    actions.submit(draft.pk, by=SYSTEM)
    assert suggested(yellow) == []
    actions.approve(draft.pk, by=SYSTEM, document="1")
    assert len(suggested(yellow)) == 1
    own = actions.inherit(draft.plan_id, by=SYSTEM, unit=town, values={"shelter": "x"})
    actions.submit(own.pk, by=SYSTEM)
    actions.approve(own.pk, by=SYSTEM, document="2")
    assert [one.version.plan.unit_id for one in suggested(yellow)] == [county.pk]
    assert len(suggested(warning(town, colour="yellow", event="暴雨"))) == 2
    neighbour = Unit.objects.get(code="331126105")
    assert len(suggested(warning(neighbour, colour="yellow", event="暴雨"))) == 1
    actions.change_plan(draft.plan_id, by=SYSTEM, active=False)
    assert suggested(yellow) == []


def test_two_queries_however_many_plans(
    in_force: Callable[..., Version], county: Unit, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        in_force(flood(code=f"flood-{number}"))
    with django_assert_num_queries(2):
        assert len(suggested(warning(county, colour="yellow", event="暴雨"))) == 3


def test_a_rule_is_a_sentence() -> None:
    with override("en"):
        assert explain_rule({"signal": "quake", "magnitude_min": 4.0, "inside": True}) == (
            "earthquake: magnitude ≥ 4.0, epicentre inside the unit"
        )
        assert explain_rule({"signal": "owl"}) == "{'signal': 'owl'}"


def test_an_upper_app_may_bring_a_kind_of_its_own(county: Unit) -> None:
    tailings = KindOfSignal("tailings", {"mm": Condition("level", "mm", "at_least", "≥ %(value)s")})
    with KINDS.lent({"tailings": tailings}):
        signal = Signal("tailings", "t:1", county, {"mm": 5})
        assert matches({"signal": "tailings", "mm": 4}, signal)
        assert matches({"signal": "tailings", "mm": 6}, signal) is None
        assert matches({"signal": "gauge", "mm_min": 1}, signal) is None
