"""The library of worked plans: whole, in known words, in an order that can be followed, with the rules' own numbers."""

from __future__ import annotations

import csv
import json
import re
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
import yaml

from org.models import Unit
from plans.rules.blanks import blanks_in
from plans.rules.words import LEVELS, Evidence, HazardType, Kind, Phase, Reach, Verb

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "plans" / "files" / "library"
# libyaml reads in a tenth of the time, and every worker reads them.
DOCUMENTS: dict[str, dict[str, Any]] = {
    path.stem: yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for path in sorted(LIBRARY.glob("*.yaml"))
}
POSTS = {post["code"]: post for post in json.loads((ROOT / "org/rules/posts.json").read_text(encoding="utf-8"))}
with (ROOT / "board/demo/data/departments.csv").open(encoding="utf-8", newline="") as file:
    DEPARTMENTS = {row["name"] for row in csv.DictReader(file)}

LEAST = {
    "flood": 24,
    "earthquake": 26,
    "geological": 14,
    "forest_fire": 14,
    "village_fire": 14,
    "snow_ice": 14,
    "chemicals": 14,
    "public_health": 14,
    "township_flood": 14,
    "village_card": 10,
}
"""Every file of the library, and how many actions it has at least."""
TEMPLATES = {
    "township_flood": {
        "shelter", "gathering_point", "loudspeaker", "route", "danger_area", "crossing", "team_base", "hotline",
    },
    "village_card": {
        "shelter", "gathering_point", "loudspeaker", "route", "danger_area", "crossing", "night_keeper",
    },
}  # fmt: skip
"""Templates, and the blanks that whoever inherits them fills."""
SPECIAL = sorted(set(LEAST) - set(TEMPLATES))
PLAN_KEYS = {
    "code", "kind", "hazard_type", "name", "name_en", "review_months", "drill_months", "basis", "summary",
    "levels", "actions",
}  # fmt: skip
ACTION_KEYS = {
    "code", "phase", "levels", "unit_kind", "reach", "departments", "post", "by_register", "verb", "text", "text_en",
    "due_min", "after", "evidence", "counted",
}  # fmt: skip
APPROVERS = {
    "IV": "command_office_director", "III": "deputy_magistrate", "II": "magistrate", "I": "party_secretary",
}  # fmt: skip
"""docs/domain.md 2: the county's default."""
COLOURS = {"IV": "blue", "III": "yellow", "II": "orange", "I": "red"}
RAIN = {"IV": (35, 55, 70, 100), "III": (45, 75, 95, 130), "II": (60, 100, 120, 160), "I": (80, 120, 150, 200)}
"""docs/domain.md 5: mm over 1, 3, 6 and 24 h."""
MAGNITUDES = {"IV": 5.0, "III": 6.0, "II": 6.5, "I": 7.0}
"""docs/domain.md 9."""
LONGEST_TEXT = 120
CHINESE = re.compile(r"[\u3400-\u9fff]")

every = pytest.mark.parametrize("name", sorted(LEAST))
every_special = pytest.mark.parametrize("name", SPECIAL)


def actions(name: str) -> dict[str, dict[str, Any]]:
    return {action["code"]: action for action in DOCUMENTS[name]["actions"]}


def at(name: str, level: str) -> dict[str, dict[str, Any]]:
    return {code: action for code, action in actions(name).items() if level in action["levels"]}


def before(name: str, code: str) -> set[str]:
    """Everything that must be done before the action, near or far."""
    near = actions(name)[code].get("after", [])
    return set(near).union(*(before(name, one) for one in near))


def triggers(name: str, level: str, signal: str) -> list[dict[str, Any]]:
    found = DOCUMENTS[name]["levels"][level]["triggers"]
    return [{k: v for k, v in rule.items() if k != "signal"} for rule in found if rule["signal"] == signal]


def test_the_library_holds_the_ten_documents_under_their_own_codes() -> None:
    assert set(DOCUMENTS) == set(LEAST)
    assert {name: document["code"].replace("-", "_") for name, document in DOCUMENTS.items()} == {n: n for n in LEAST}


@every
def test_a_document_uses_known_keys_and_words_only(name: str) -> None:
    document = DOCUMENTS[name]
    assert set(document) == PLAN_KEYS
    assert document["kind"] in Kind.values
    assert document["hazard_type"] in HazardType.values
    for action in document["actions"]:
        assert set(action) <= ACTION_KEYS, action["code"]
        assert action["phase"] in Phase.values, action["code"]
        assert action["unit_kind"] in Unit.Level.values, action["code"]
        assert action["reach"] in Reach.values, action["code"]
        assert action["verb"] in Verb.values, action["code"]
        assert action["evidence"] in Evidence.values, action["code"]
        assert set(action.get("departments", ())) <= DEPARTMENTS, action["code"]
        assert bool(action.get("departments")) == (action["unit_kind"] == "department"), action["code"]


@every
def test_a_document_has_enough_actions_and_each_code_once(name: str) -> None:
    codes = [action["code"] for action in DOCUMENTS[name]["actions"]]
    assert len(codes) >= LEAST[name]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) and len(code) <= 40 for code in codes)


@every
def test_every_post_is_one_of_the_kind_of_unit_that_is_told(name: str) -> None:
    strays = [
        code for code, action in actions(name).items() if POSTS[action["post"]]["level"] != action["unit_kind"]
    ]  # fmt: skip
    assert strays == []


@every
def test_there_are_four_levels_and_the_approver_of_each_may_start_it(name: str) -> None:
    levels = DOCUMENTS[name]["levels"]
    assert list(levels) == list(LEVELS)
    assert {code: level["approver"] for code, level in levels.items()} == APPROVERS
    assert all(f"level_{code.lower()}" in POSTS[level["approver"]]["capabilities"] for code, level in levels.items())
    assert all(level["note"] for level in levels.values())


@every
def test_a_graver_level_keeps_all_actions_of_the_lighter_one_and_adds_some(name: str) -> None:
    for action in DOCUMENTS[name]["actions"]:
        assert action["levels"] == list(LEVELS[-len(action["levels"]) :]), action["code"]
    counts = [len(at(name, level)) for level in LEVELS]
    assert counts == sorted(set(counts))
    assert counts[0] > 0


@every_special
def test_a_countys_plan_speaks_to_all_kinds_of_unit_in_all_phases_at_every_level(name: str) -> None:
    for level in LEVELS:
        assert {action["phase"] for action in at(name, level).values()} == set(Phase.values), level
        assert {action["unit_kind"] for action in at(name, level).values()} == {
            kind for kind, _label in Unit.COMMANDED
        }, level


@every
def test_every_predecessor_is_there_at_each_level_and_is_due_no_later(name: str) -> None:
    known = actions(name)
    for code, action in known.items():
        for first in action.get("after", ()):
            assert first in known, f"{code}: {first}"
            assert set(action["levels"]) <= set(known[first]["levels"]), f"{code}: {first}"
            assert known[first]["due_min"] <= action["due_min"], f"{code}: {first}"


@every
def test_nothing_waits_for_itself(name: str) -> None:
    order = TopologicalSorter({code: action.get("after", ()) for code, action in actions(name).items()})
    assert set(order.static_order()) == set(actions(name))


@every
def test_lives_are_saved_without_waiting_for_anything(name: str) -> None:
    held = [code for code, one in actions(name).items() if one["verb"] in ("rescue", "treat") and one.get("after")]
    assert held == []


@pytest.mark.parametrize("name", sorted(set(LEAST) - {"earthquake"}))
def test_people_move_after_they_were_warned(name: str) -> None:
    """A quake warns by itself."""
    moves = [code for code, action in actions(name).items() if action["verb"] == "relocate"]
    assert moves
    for code in moves:
        assert "warn_residents" in {actions(name)[first]["verb"] for first in before(name, code)}, code


@every
def test_somebody_else_looks_whether_people_have_moved(name: str) -> None:
    known = actions(name)
    checks = [
        (known[first], action)
        for action in known.values()
        for first in action.get("after", ())
        if action["verb"] in ("inspect", "roll_call") and known[first]["verb"] == "relocate"
    ]
    assert checks
    assert all(moved["post"] != looked["post"] for moved, looked in checks)


@pytest.mark.parametrize("name", ["flood", "geological", "forest_fire", "snow_ice", "chemicals", "township_flood"])
def test_a_shelter_is_open_before_villagers_are_brought_there(name: str) -> None:
    moves = [
        code for code, one in at(name, "III").items() if one["verb"] == "relocate" and one["unit_kind"] == "village"
    ]
    assert moves
    for code in moves:
        assert "open_shelter" in {actions(name)[first]["verb"] for first in before(name, code)}, code


@every
def test_all_texts_are_in_both_languages_and_short_enough_to_be_read_out(name: str) -> None:
    document = DOCUMENTS[name]
    assert CHINESE.search(document["name"])
    assert document["name_en"]
    assert not CHINESE.search(document["name_en"])
    assert len(document["summary"]) <= 300
    for code, action in actions(name).items():
        assert CHINESE.search(action["text"]), code
        assert len(action["text"]) <= LONGEST_TEXT, code
        assert action["text_en"], code
        assert not CHINESE.search(action["text_en"]), code


@every
def test_a_figure_says_what_it_counts_and_nothing_else_does(name: str) -> None:
    for code, action in actions(name).items():
        assert bool(action.get("counted")) == (action["evidence"] == Evidence.COUNT), code
        if action["verb"] == "relocate":
            assert action["evidence"] == Evidence.COUNT, code


@every
def test_only_templates_have_blanks_and_both_languages_have_the_same(name: str) -> None:
    texts = [(action["text"], action["text_en"]) for action in DOCUMENTS[name]["actions"]]
    assert set(blanks_in(text for pair in texts for text in pair)) == TEMPLATES.get(name, set())
    different = [chinese for chinese, english in texts if set(blanks_in([chinese])) != set(blanks_in([english]))]
    assert different == []


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("flood", "暴雨"), ("flood", "台风"), ("flood", "山洪灾害"), ("township_flood", "暴雨"),
        ("geological", "地质灾害气象风险"), ("forest_fire", "森林火险"), ("snow_ice", "暴雪"), ("snow_ice", "道路结冰"),
        ("village_card", "暴雨"),
    ],
)  # fmt: skip
def test_the_colour_of_a_warning_suggests_the_level_of_the_same_rank(name: str, event: str) -> None:
    suggested = {
        level: rule["colour"]
        for level in LEVELS
        for rule in triggers(name, level, "warning")
        if any(word in event for word in rule["events"])
    }
    assert suggested == {level: [colour] for level, colour in COLOURS.items()}


@pytest.mark.parametrize("name", ["flood", "township_flood"])
def test_rain_suggests_a_level_by_the_countys_thresholds(name: str) -> None:
    for level in LEVELS:
        found = {(rule["hours"], rule["mm_min"]) for rule in triggers(name, level, "gauge")}
        assert found == set(zip((1, 3, 6, 24), RAIN[level], strict=True)), level


def test_an_earthquake_inside_the_county_suggests_a_level_by_its_magnitude() -> None:
    for level in LEVELS:
        assert triggers("earthquake", level, "quake") == [{"magnitude_min": MAGNITUDES[level], "inside": True}]


@pytest.mark.parametrize(
    ("minutes", "codes"),
    [
        (5, ["confirm-quake"]),
        (10, ["roll-call-county", "roll-call-township"]),
        (20, ["leader-decides", "county-first-report"]),
        (30, ["teams-out", "road-bridge-check", "power-check", "reservoir-check", "facility-check"]),
        (60, ["open-shelters", "medical-points", "traffic-control", "first-bulletin"]),
    ],
)
def test_the_first_hour_of_a_quake_stands_in_the_plan_at_every_level(minutes: int, codes: list[str]) -> None:
    """docs/domain.md 9."""
    for level in LEVELS:
        late = [code for code in codes if at("earthquake", level)[code]["due_min"] > minutes]
        assert late == [], level


def test_silence_in_a_quake_is_looked_for_in_all_townships_and_villages() -> None:
    for code in ("roll-call-township", "village-quick-look", "self-rescue", "township-report"):
        assert actions("earthquake")[code]["reach"] == Reach.ALL, code


@every
def test_a_township_reports_in_writing_within_forty_minutes(name: str) -> None:
    """docs/domain.md 3: 20 minutes by phone, 40 in writing."""
    posts = {"township_duty", "township_station", "village_deputy"}
    first = [one for one in at(name, "IV").values() if one["verb"] == "report" and one["post"] in posts]
    assert min(one["due_min"] for one in first) <= 40


@every
@pytest.mark.django_db
def test_the_checks_find_nothing_wrong(name: str) -> None:
    from plans.selectors.checking import problems_of

    assert [str(problem) for problem in problems_of(DOCUMENTS[name])] == []


@every
@pytest.mark.django_db
def test_the_demo_county_has_the_people_and_departments_that_a_plan_counts_on(name: str, demo_county: Unit) -> None:
    from plans.selectors.checking import problems_of

    assert [str(problem) for problem in problems_of(DOCUMENTS[name], demo_county)] == []
