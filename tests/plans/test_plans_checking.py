"""Every problem of a plan is told in its place, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from org.models import Appointment, Unit
from plans.rules.cycles import cycles
from plans.selectors.checking import form_problems, problems_of
from tests.support.plans import action, flood


def places(document: Any, unit: Unit | None = None) -> dict[str, str]:
    return {problem.place: problem.message for problem in problems_of(document, unit)}


def only(document: Any, unit: Unit | None = None) -> tuple[str, str]:
    found = problems_of(document, unit)
    assert len(found) == 1, [str(one) for one in found]
    return found[0].place, found[0].message


def with_action(**changes: Any) -> dict[str, Any]:
    """The plan with one more action, number 6."""
    document = flood()
    document["actions"].append(action(**changes))
    return document


def test_a_sound_plan_has_no_problem(county: Unit) -> None:
    assert problems_of(flood(), county) == []


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"verb": "teleport"}, "actions[6] one: verb", "teleport"),
        ({"phase": "later"}, "actions[6] one: phase", "later"),
        ({"post": "wizard"}, "actions[6] one: post", "wizard"),
        ({"post": "village_head"}, "actions[6] one: post", "village"),
        ({"levels": ["V"]}, "actions[6] one: levels", "V"),
        ({"levels": []}, "actions[6] one: levels", "missing"),
        ({"levels": ["IV", "IV"]}, "actions[6] one: levels", "twice"),
        ({"levels": ["IV", "II"]}, "actions[6] one: levels", "II"),
        ({"evidence": "oath"}, "actions[6] one: evidence", "oath"),
        ({"reach": "moon"}, "actions[6] one: reach", "moon"),
        ({"unit_kind": "province"}, "actions[6] one: unit_kind", "province"),
        ({"text": "x" * 501}, "actions[6] one: text", "500"),
        ({"text": " "}, "actions[6] one: text", "missing"),
        ({"text": "a\x00b"}, "actions[6] one: text", "character"),
        ({"text": 5}, "actions[6] one: text", "quotes"),
        ({"text_en": "x" * 801}, "actions[6] one: text_en", "800"),
        ({"due_min": -1}, "actions[6] one: due_min", "number"),
        ({"due_min": True}, "actions[6] one: due_min", "number"),
        ({"due_min": 1.5}, "actions[6] one: due_min", "number"),
        ({"code": "Bad Code"}, "actions[6] Bad Code: code", "hyphens"),
        ({"code": "confer"}, "actions[6] confer: code", "1"),
        ({"after": ["nothing"]}, "actions[6] one: after", "nothing"),
        ({"after": ["relocate"]}, "actions[6] one: after", "IV"),
        ({"after": "confer"}, "actions[6] one: after", "list"),
        ({"by_register": "maybe"}, "actions[6] one: by_register", "true"),
        ({"departments": ["水利局"]}, "actions[6] one: departments", "departments"),
        ({"evidence": "count"}, "actions[6] one: counted", "counted"),
        ({"deadline": 5}, "actions[6] one: deadline", "deadline"),
        ({"post": "township_deputy", "unit_kind": "township"}, "actions[6] one: reach", "county"),
    ],
)
def test_an_action_s_problem_has_its_place(county: Unit, changes: dict[str, Any], place: str, said: str) -> None:
    where, message = only(with_action(**changes), county)
    assert where == place
    assert said in message


@pytest.mark.parametrize(
    ("level", "place", "said"),
    [
        ({}, "levels.IV.approver", "Nobody approves"),
        ({"approver": ""}, "levels.IV.approver", "Nobody approves"),
        ({"approver": "wizard"}, "levels.IV.approver", "wizard"),
        ({"approver": "county_duty_officer"}, "levels.IV.approver", "may not start"),
        ({"approver": "magistrate", "note": "x" * 501}, "levels.IV.note", "500"),
        ({"approver": "magistrate", "colour": "red"}, "levels.IV.colour", "colour"),
        ({"approver": "magistrate", "triggers": {}}, "levels.IV.triggers", "list"),
        ({"approver": "magistrate", "triggers": [{"signal": "owl"}]}, "levels.IV.triggers[1].signal", "owl"),
        ({"approver": "magistrate", "triggers": [{"signal": "warning"}]}, "levels.IV.triggers[1]", "condition"),
        (
            {"approver": "magistrate", "triggers": [{"signal": "warning", "colour": ["pink"]}]},
            "levels.IV.triggers[1].colour", "pink",
        ),
        (
            {"approver": "magistrate", "triggers": [{"signal": "quake", "magnitude_min": "big"}]},
            "levels.IV.triggers[1].magnitude_min", "number",
        ),
        (
            {"approver": "magistrate", "triggers": [{"signal": "gauge", "mm_min": 5, "colour": ["red"]}]},
            "levels.IV.triggers[1].colour", "no field",
        ),
        (
            {"approver": "magistrate", "triggers": [{"signal": "warning", "events": ["a,b"]}]},
            "levels.IV.triggers[1].events", "unknown",
        ),
    ],
)  # fmt: skip
def test_a_level_s_problem_has_its_place(county: Unit, level: dict[str, Any], place: str, said: str) -> None:
    document = flood()
    document["levels"]["IV"] = level
    where, message = only(document, county)
    assert where == place
    assert said in message


def test_an_empty_level_and_an_unknown_one_are_told(county: Unit) -> None:
    document = flood()
    document["levels"]["II"] = {"approver": "magistrate"}
    assert only(document, county)[0] == "levels.II"
    document["levels"]["V"] = {"approver": "magistrate"}
    assert only(document, county)[0] == "levels.V"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"kind": "poem"}, "kind"),
        ({"hazard_type": "dragons"}, "hazard_type"),
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"code": "Flood"}, "code"),
        ({"review_months": 0}, "review_months"),
        ({"colour": "red"}, "colour"),
        ({"levels": []}, "levels"),
        ({"actions": {}}, "actions"),
        ({"actions": ["x"]}, "actions[1]"),
        ({"values": {"Shelter!": "x"}}, "values"),
    ],
)
def test_the_head_s_problem_has_its_place(county: Unit, changes: dict[str, Any], place: str) -> None:
    assert only(flood(**changes), county)[0] == place


@pytest.mark.parametrize("rubbish", [None, [], "text", 5, {"levels": 3, "actions": 4}, {1: 2}])
def test_what_is_no_plan_at_all_is_told_not_thrown(db: None, rubbish: Any) -> None:
    assert problems_of(rubbish)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9) | st.integers(), inner, max_size=4),
    max_leaves=12,
)


@given(
    where=st.sampled_from(["top", "levels", "level", "trigger", "actions", "action"]), key=st.data(), value=json_like
)
@settings(max_examples=300, deadline=None)
def test_no_value_anywhere_throws(where: str, key: Any, value: Any) -> None:
    document: dict[Any, Any] = flood()
    level, first = document["levels"]["blue"], document["actions"][0]
    targets = {
        "top": document, "levels": document["levels"], "level": level, "trigger": level["triggers"][0], "action": first,
    }  # fmt: skip
    if where == "actions":
        document["actions"][0] = value
    else:
        targets[where][key.draw(st.sampled_from(sorted(map(str, targets[where]))))] = value
    for problem in form_problems(document):
        assert problem.message


def test_a_circle_is_named_in_full(county: Unit) -> None:
    document = flood()
    document["actions"] += [
        action(code="a", after=["b"]), action(code="b", after=["c"]), action(code="c", after=["a"]),
        action(code="self", after=["self"]), action(code="behind", after=["a"]),
    ]  # fmt: skip
    found = places(document, county)
    assert set(found) == {"actions[6] a: after", "actions[9] self: after"}
    assert "a → b → c → a" in found["actions[6] a: after"]
    assert "self → self" in found["actions[9] self: after"]


@given(
    st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=4, unique=True), max_size=8).map(
        lambda graph: {str(code): [str(one) for one in after] for code, after in graph.items()}
    )
)
@settings(max_examples=400, deadline=None)
def test_circles_are_found_where_there_are_any(graph: dict[str, list[str]]) -> None:
    def reaches(start: str, goal: str) -> bool:
        seen, edge = set(), list(graph[start])
        while edge:
            code = edge.pop()
            if code == goal:
                return True
            if code in graph and code not in seen:
                seen.add(code)
                edge += graph[code]
        return False

    found = cycles(graph)
    for circle in found:
        assert len(set(circle)) == len(circle)
        assert all(first in graph[code] for code, first in zip(circle, [*circle[1:], circle[0]], strict=True))
    assert {code for circle in found for code in circle} <= {code for code in graph if reaches(code, code)}
    assert {code for circle in found for code in circle} == {code for code in graph if reaches(code, code)}


def test_a_post_that_nobody_holds_is_told(county: Unit) -> None:
    Appointment.objects.filter(post__code="flood_warner").update(
        valid_to="2020-01-01T00:00:00Z", valid_from="2019-01-01T00:00:00Z"
    )
    where, message = only(flood(), county)
    assert where == "actions[5] patrol-gullies: post"
    assert "flood_warner" in message


def test_an_approver_who_is_not_there_is_told(county: Unit) -> None:
    Appointment.objects.filter(post__code="deputy_magistrate").update(
        valid_to="2020-01-01T00:00:00Z", valid_from="2019-01-01T00:00:00Z"
    )
    found = [problem.place for problem in problems_of(flood(), county)]
    assert found == ["warning.orange.approver", "levels.III.approver"]


def test_a_department_that_is_not_there_is_told(county: Unit) -> None:
    document = flood()
    document["actions"][1]["departments"] = ["海洋局", "水利局"]
    where, message = only(document, county)
    assert where == "actions[2] open-reservoir: departments"
    assert "海洋局" in message


def test_a_township_s_plan_cannot_order_the_county(town: Unit) -> None:
    found = places(flood(), town)
    assert "actions[1] confer: post" in found
    assert "actions[2] open-reservoir: departments" in found


def test_checking_asks_a_bounded_number_of_questions(county: Unit, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(5):
        assert problems_of(flood(), county) == []
