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
from plans.rules.events import EVENTS, event_kind, plain
from plans.rules.words import EMERGENCY_LEVELS
from plans.selectors.checking import problems_of
from plans.selectors.county_scale import county_scale
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
        ({"colour": "blue", "event": ["rainstorm"]}, "blue"),
        ({"colour": "yellow", "event": ["typhoon"]}, "orange"),
        ({"colour": "orange", "event": ["gale", "typhoon"]}, "orange"),
        ({"colour": "red", "event": ["rainstorm"]}, None),
        ({"colour": "yellow", "event": ["gale"]}, None),
        ({"colour": "yellow"}, None),
        ({"event": ["rainstorm"]}, None),
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
    document["levels"]["blue"]["triggers"][0]["colour"] = ["blue", "yellow"]
    in_force(document)
    found = suggested(warning(county, colour="yellow", event=["rainstorm"]))
    assert [(one.level, one.approver) for one in found] == [("orange", "deputy_magistrate")]
    assert found[0].grounds == [
        {"signal": "warning", "field": "colour", "found": "yellow", "asked": ["yellow", "orange"]},
        {"signal": "warning", "field": "events", "found": ["rainstorm"], "asked": ["rainstorm", "typhoon"]},
    ]
    with override("en"):
        assert say_grounds(found[0].grounds) == [
            "colour yellow",
            "event Rainstorm",
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
    yellow = warning(county, colour="yellow", event=["rainstorm"])
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
    assert len(suggested(warning(town, colour="yellow", event=["rainstorm"]))) == 2
    neighbour = Unit.objects.get(code="331126105")
    assert len(suggested(warning(neighbour, colour="yellow", event=["rainstorm"]))) == 1
    actions.change_plan(draft.plan_id, by=SYSTEM, active=False)
    assert suggested(yellow) == []


def test_two_queries_however_many_plans(
    in_force: Callable[..., Version], county: Unit, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        in_force(flood(code=f"flood-{number}"))
    with django_assert_num_queries(2):
        assert len(suggested(warning(county, colour="yellow", event=["rainstorm"]))) == 3


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


@pytest.mark.parametrize("colour", ["red", "orange", "yellow", "blue"])
def test_a_warning_never_suggests_an_emergency_level_whatever_stands_in_the_plan(
    in_force: Callable[..., Version], county: Unit, colour: str
) -> None:
    """A plan that kept such a trigger from before is not followed in this."""
    version = in_force()
    rule = {"signal": "warning", "colour": [colour], "events": ["forest-fire-danger", "geological-risk"]}
    plan = Version.objects.create(plan=version.plan, number=9)
    for level in EMERGENCY_LEVELS:
        plan.levels.create(level=level, approver="magistrate", triggers=[rule])
    Version.objects.filter(pk=version.pk).update(status="superseded")
    Version.objects.filter(pk=plan.pk).update(status="approved")
    assert suggested(warning(county, colour=colour, event=["forest-fire-danger"])) == []


@pytest.mark.django_db
def test_the_checks_refuse_a_trigger_on_the_wrong_ladder() -> None:
    document = flood()
    rule = {"signal": "warning", "colour": ["red"], "events": ["rainstorm"]}
    document["levels"]["III"]["triggers"].append(rule)
    document["levels"]["blue"]["triggers"].append({"signal": "casualties", "county_scale": ["I"]})
    found = [problem.place for problem in problems_of(document) if problem.place.startswith(("levels", "warning"))]
    assert found == ["warning.blue.triggers[2]", "levels.III.triggers[2]"]


def test_mean_rainfall_and_stations_above_suggest_iv_as_on_9_july_2020(in_force_library: Any, county: Unit) -> None:
    """Qingyuan, 8 July 20:00 to 9 July 13:00: mean 54.5 mm, 12 stations above 70 mm; level IV was started."""
    in_force_library("flood")
    facts = {"hours": 17, "mean_mm": 54.5, "station_mm": 70, "stations": 12}
    found = suggested(Signal("area_rain", "rain:1", county, facts))
    assert [one.level for one in found if one.version.plan.code == "flood"] == ["IV"]
    for less in ({"mean_mm": 54.4}, {"stations": 11}):
        assert suggested(Signal("area_rain", "rain:1", county, {**facts, **less})) == []


@pytest.mark.parametrize(
    ("kind", "level", "suggests"),
    [("river", "above_warning", "IV"), ("river", "above_guaranteed", "II"), ("reservoir", "above_flood_limit", "IV"),
     ("reservoir", "above_check", "I"), ("river", "below", None)],
)  # fmt: skip
def test_rivers_and_reservoirs_suggest_by_their_marks(
    in_force_library: Any, county: Unit, kind: str, level: str, suggests: str | None
) -> None:
    in_force_library("flood")
    found = suggested(Signal(kind, f"{kind}:1", county, {"level": level}))
    assert [one.level for one in found] == ([suggests] if suggests else [])


@pytest.mark.parametrize(
    ("dead", "missing", "level"), [(0, 0, ""), (1, 0, "II"), (0, 1, "II"), (1, 2, "I"), (5, 0, "I")]
)
def test_the_countys_own_scale_is_graver_than_the_national_one(
    in_force_library: Any, county: Unit, dead: int, missing: int, level: str
) -> None:
    in_force_library("geological")
    scale = county_scale(dead, missing, county)
    assert scale == level
    found = suggested(Signal("casualties", "casualties:1", county, {"county_scale": scale}))
    assert [one.level for one in found] == ([level] if level else [])


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("暴雨", "rainstorm"), ("暴雨红色预警信号", "rainstorm"), ("Red Rainstorm Warning", "rainstorm"),
        ("地质灾害气象风险橙色预警", "geological-risk"), ("森林火险", "forest-fire-danger"), ("暴雨转暴雪", ""),
        ("不明事件", ""), ("", ""),
    ],
)  # fmt: skip
def test_an_event_is_classified_by_its_whole_name_or_an_alias(event: str, kind: str) -> None:
    assert event_kind([event]) == kind


def test_an_event_code_of_the_national_platform_counts_before_the_name() -> None:
    assert event_kind(["？"], ["11B03"]) == "rainstorm"


def test_the_catalogue_names_nothing_twice_and_everything_in_both_languages() -> None:
    names = [plain(name) for kind in EVENTS.values() for name in (kind.zh, kind.en, *kind.aliases)]
    assert len(names) == len(set(names))
    assert sum(kind.group == "signal" for kind in EVENTS.values()) == 14
