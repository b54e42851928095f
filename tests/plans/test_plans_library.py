"""The library of worked plans: whole, in known words, in an order that can be followed, with the rules' own numbers."""

from __future__ import annotations

import csv
import json
import re
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

from org.models import Unit
from plans.files import yaml_format
from plans.rules.blanks import NUMBER, NUMBERS, blanks_in, numbers_in
from plans.rules.events import event_kind
from plans.rules.words import EMERGENCY_LEVELS as LEVELS
from plans.rules.words import WARNING_LEVELS, Evidence, HazardType, Kind, Phase, Reach, Verb

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "plans" / "files" / "library"
DOCUMENTS: dict[str, dict[str, Any]] = {
    path.stem: yaml_format.read(path.read_bytes()) for path in sorted(LIBRARY.glob("*.yaml"))
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
    "IV": "headquarters:office_director", "III": "headquarters:deputy_commander", "II": "headquarters:commander",
    "I": "headquarters:commander",
}  # fmt: skip
"""docs/domain.md 2: the county's default."""
WITH_WARNINGS = ("flood", "forest_fire", "geological", "snow_ice", "township_flood", "village_card")
WATCH = {"stand_by", "notify", "confer", "monitor", "patrol", "inspect", "warn_residents", "publicise", "open_shelter"}
"""Acts of a warning response: to watch, to inspect, to stand by, to prepare."""
MAGNITUDES = {"IV": 4.0, "III": 6.0, "II": 6.5, "I": 7.0}
"""docs/domain.md 9."""
COMMANDED = {"county", "department", "township", "village"}
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
    colours = list(WARNING_LEVELS) if name in WITH_WARNINGS else []
    assert list(levels) == [*colours, *LEVELS]
    own = dict.fromkeys(LEVELS, "township_head")
    assert {code: level["approver"] for code, level in levels.items() if code in LEVELS} == (
        own if name == "township_flood" else APPROVERS
    )
    assert all(level["note"] for level in levels.values())


@every
def test_a_graver_level_keeps_all_actions_of_the_lighter_one_and_adds_some(name: str) -> None:
    for action in DOCUMENTS[name]["actions"]:
        emergency = [level for level in action["levels"] if level in LEVELS]
        assert emergency == list(LEVELS[-len(emergency) :]), action["code"]
        colours = [level for level in action["levels"] if level in WARNING_LEVELS]
        assert not colours or colours == list(WARNING_LEVELS[-len(colours) :]), action["code"]
        assert not colours or action["verb"] in WATCH, action["code"]
    counts = [len(at(name, level)) for level in LEVELS]
    assert counts == sorted(set(counts))
    assert counts[0] > 0


@every_special
def test_a_countys_plan_speaks_to_all_kinds_of_unit_in_all_phases_at_every_level(name: str) -> None:
    for level in LEVELS:
        assert {action["phase"] for action in at(name, level).values()} == set(Phase.values), level
        assert {action["unit_kind"] for action in at(name, level).values()} == COMMANDED, level


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
        assert len(NUMBER.sub("20分钟", action["text"])) <= LONGEST_TEXT, code
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
def test_a_warning_suggests_the_warning_response_of_its_colour_and_no_emergency_level(name: str, event: str) -> None:
    suggested = {
        level: rule["colour"]
        for level in DOCUMENTS[name]["levels"]
        for rule in triggers(name, level, "warning")
        if event_kind([event]) in rule["events"]
    }
    assert suggested == {colour: [colour] for colour in WARNING_LEVELS}


@pytest.mark.parametrize("name", ["flood", "township_flood"])
def test_no_other_countys_rain_thresholds_are_triggers(name: str) -> None:
    assert [rule for level in LEVELS for rule in triggers(name, level, "gauge")] == []


def test_an_earthquake_inside_the_county_suggests_a_level_by_its_magnitude() -> None:
    for level in LEVELS:
        assert {"magnitude_min": MAGNITUDES[level], "inside": True} in triggers("earthquake", level, "quake"), level


@pytest.mark.parametrize(
    ("minutes", "codes"),
    [
        (5, ["confirm-quake"]),
        (10, ["roll-call-county", "roll-call-township"]),
        (15, ["village-quick-look"]),
        (20, ["leader-decides", "county-first-report"]),
        (
            30,
            [
                "teams-out",
                "road-bridge-check",
                "power-check",
                "reservoir-check",
                "facility-check",
                "brief-notice",
                "schools-after-shock",
                "communications",
            ],
        ),
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


EVERYWHERE = {
    "response": ["communications", "leaders-to-townships", "cadres-to-villages", "foreigners-compatriots", "five-stops",
                 "carry-out-five-stops", "authoritative-word", "press-conference"],
    "rescue": ["donations-volunteers"],
    "recovery": ["lift-five-stops", "families-of-victims", "dead-and-counselling", "insurance-compensation"],
}  # fmt: skip
FROM_III = ["communications", "leaders-to-townships", "cadres-to-villages", "foreigners-compatriots"]
HEADQUARTERS = {
    "flood": "field-headquarters", "earthquake": "leader-command", "geological": "field-headquarters",
    "forest_fire": "field-command", "village_fire": "field-command", "snow_ice": "field-headquarters",
    "chemicals": "field-command", "public_health": "leader-command",
}  # fmt: skip
ORDERLY = ["flood", "earthquake", "geological", "forest_fire", "snow_ice", "chemicals", "public_health"]
INQUIRY = {"chemicals": "accident-inquiry", "village_fire": "accident-inquiry"}
ALWAYS_TOLD = {"教育局", "民政局", "文化和广电旅游体育局"}


@every_special
def test_a_countys_plan_has_the_blocks_that_a_real_one_has(name: str) -> None:
    for phase, codes in EVERYWHERE.items():
        for code in codes:
            assert actions(name)[code]["phase"] == phase, code
    assert set(FROM_III) <= set(at(name, "III"))
    assert "组" in actions(name)[HEADQUARTERS[name]]["text"]
    assert HEADQUARTERS[name] in at(name, "III")
    assert actions(name)["five-stops"]["post"] == "magistrate"
    assert all(word in actions(name)["five-stops"]["text"] for word in ("停课", "停工", "停产", "停运", "停业"))
    assert "纪委" in actions(name)[INQUIRY.get(name, "assessment")]["text"]
    told = {department for action in at(name, "III").values() for department in action.get("departments", ())}
    assert told >= ALWAYS_TOLD, name
    if name in ORDERLY:
        assert at(name, "III")["public-order"]["departments"] == ["公安局"]


@pytest.mark.parametrize("name", ["flood", "township_flood"])
def test_a_reservoirs_responsible_people_stand_in_the_flood_plans_from_level_four(name: str) -> None:
    posts = {action["post"] for action in at(name, "IV").values()}
    assert "reservoir_administrator" in posts
    if name == "flood":
        assert posts >= {"reservoir_technician", "reservoir_patrol"}
        assert {"flood-limit-check", "downstream-call-out"} <= set(at(name, "IV"))


@every
def test_nobody_untrained_is_sent_to_a_fire_or_to_its_lee_side(name: str) -> None:
    """Whoever fights fire for a village belongs to its trained crew; only the lee side's people are led away."""
    for code, action in actions(name).items():
        if action["unit_kind"] == "village" and action["verb"] == "dispatch_team":
            assert action["post"] == "village_emergency_leader", code
            assert "经培训" in action["text"], code
        assert not re.search(r"从下风|下风侧堵截", action["text"]), code


@every
def test_no_village_or_township_does_what_the_law_gives_to_others(name: str) -> None:
    """Observation and transfer are disease control's; suspending classes and banning fire are the county's."""
    for code, action in actions(name).items():
        if action["unit_kind"] not in ("village", "township"):
            continue
        assert action["verb"] != "isolate", code
        assert not re.search(r"发布禁火|签发禁火|责令|通知学校.*停课", action["text"]), code
    for code, action in actions("public_health").items():
        assert action["verb"] != "relocate" or action["departments"] == ["卫生健康局"], code


@every
def test_laws_and_superior_plans_stand_in_the_basis_by_name_with_year_or_number(name: str) -> None:
    basis = DOCUMENTS[name]["basis"]
    assert "《中华人民共和国突发事件应对法》（2024年修订）" in basis
    assert "《突发事件应急预案管理办法》（国办发〔2024〕5号）" in basis
    assert not re.search(r"上级\S*应急预案|默认|一县", basis)
    assert "待县政府审定" in basis or name == "village_card"


@every
def test_the_time_of_a_first_report_is_the_countys_own_number(name: str) -> None:
    """Never another county's: a text names the number, and a number without a row is shown as a gap."""
    document = DOCUMENTS[name]
    texts = [document["basis"], *(action[key] for action in document["actions"] for key in ("text", "text_en"))]
    assert set(numbers_in(texts)) <= set(NUMBERS)
    reports = [action for action in at(name, "IV").values() if action["verb"] == "report" and action["due_min"] <= 60]
    assert reports
    for action in reports:
        assert numbers_in([action["text"]]), action["code"]
        assert numbers_in([action["text"]]) == numbers_in([action["text_en"]]), action["code"]
        assert not re.search(r"\d+ ?分钟", action["text"]), action["code"]


@pytest.mark.parametrize("name", SPECIAL)
def test_nobody_alone_calls_all_villages(name: str) -> None:
    """The county calls townships, a township its villages."""
    for code, action in actions(name).items():
        if action["unit_kind"] == "county" and action["verb"] == "roll_call":
            assert action["due_min"] >= 30 or "村由乡镇点" in actions(name)["roll-call-township"]["text"], code


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
