"""A level of a plan becomes named people, in all townships and the villages of the area, in a few statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from database.clock import now
from duty import actions as duty
from journal.actions.recording import SYSTEM
from org.models import Appointment, Person, Post, Responsibility, Unit
from plans import actions
from plans.models import Action, Version
from plans.selectors.compiling import Compiled, compile_level, seen_by
from tests.support.plans import COUNTY, NEIGHBOUR, TOWN, action, flood, holder

LIMIT = 8


def of(compiled: Compiled, code: str) -> list[Any]:
    return [planned for planned in compiled.lines if planned.action.code == code]


def statements(version: Version, *args: Any) -> int:
    with CaptureQueriesContext(connection) as asked:
        compile_level(version.pk, *args)
    return len(asked)


def test_all_townships_and_the_villages_of_the_area_are_named(in_force: Callable[..., Version]) -> None:
    compiled = compile_level(in_force(), "III", [TOWN, NEIGHBOUR + "229"])
    towns = {planned.unit.code for planned in of(compiled, "stand-by")}
    assert towns == set(Unit.objects.filter(level="township", active=True).values_list("code", flat=True))
    assert len(towns) == 19
    villages = set(
        Unit.objects.filter(path__startswith="33.11.26.206.", level="village").values_list("code", flat=True)
    )
    assert {planned.unit.code for planned in of(compiled, "relocate")} == villages | {NEIGHBOUR + "229"}
    for planned in of(compiled, "stand-by"):
        assert [line.person for line in planned.lines] == [holder(planned.unit.code, "township_duty")]
    for planned in of(compiled, "relocate"):
        assert [line.person for line in planned.lines] == [holder(planned.unit.code, "village_head")]
    assert [planned.unit.name for planned in of(compiled, "open-reservoir")] == ["水利局"]
    assert of(compiled, "open-reservoir")[0].after == ["confer"]
    assert of(compiled, "confer")[0].unit.code == COUNTY


def test_a_lower_level_has_its_own_actions_alone(in_force: Callable[..., Version]) -> None:
    compiled = compile_level(in_force(), "IV", [TOWN])
    assert {planned.action.code for planned in compiled.lines} == {"confer", "stand-by"}


def test_a_level_that_the_plan_has_not_is_told(in_force: Callable[..., Version]) -> None:
    compiled = compile_level(in_force(), "I", [TOWN])
    assert (compiled.lines, compiled.problems[0].place) == ([], "levels.I")


def test_lines_follow_the_plan_and_then_the_tree(in_force: Callable[..., Version]) -> None:
    compiled = compile_level(in_force(), "III")
    order = [(planned.action.position, planned.unit.path) for planned in compiled.lines]
    assert order == sorted(order)
    assert len({planned.key for planned in compiled.lines}) == len(compiled.lines)


def test_the_number_of_statements_does_not_depend_on_the_size(in_force: Callable[..., Version]) -> None:
    version = in_force()
    one, all_of_it = statements(version, "III", [TOWN + "200"]), statements(version, "III", [COUNTY])
    assert one == all_of_it <= LIMIT
    big = flood(code="big")
    kinds = {"county": "county_duty_officer", "township": "township_duty", "village": "village_head"}
    big["actions"] += [
        action(code=f"more-{n}", unit_kind=kind, reach="all", post=post, levels=["III"], after=["confer"])
        for n, (kind, post) in enumerate(list(kinds.items()) * 20)
    ]
    larger = in_force(big)
    assert statements(larger, "III", [COUNTY]) == all_of_it
    assert len(compile_level(larger.pk, "III").lines) > 4000


def test_whoever_is_on_duty_is_called_for_a_duty_post(in_force: Callable[..., Version], town: Unit) -> None:
    version = in_force()
    rostered = holder(TOWN, "township_duty")
    other = holder(TOWN, "township_station")
    assert of(compile_level(version, "IV", [TOWN]), "stand-by")
    start = now().replace(microsecond=0) - dt.timedelta(hours=1)
    people = {"leader": holder(TOWN, "township_head"), "main": other, "deputy": rostered}
    duty.add_shift(by=SYSTEM, unit=town, start=start, end=start + dt.timedelta(hours=12), people=people, published=True)
    planned = next(one for one in of(compile_level(version, "IV", [TOWN]), "stand-by") if one.unit == town)
    assert [(line.person, line.role) for line in planned.lines] == [(other, "D")]


def end(unit: str, post: str) -> None:
    Appointment.objects.filter(unit__code=unit, post__code=post).update(
        valid_from=now() - dt.timedelta(days=9), valid_to=now()
    )


def test_a_vacancy_is_told_and_not_dropped(in_force: Callable[..., Version]) -> None:
    version = in_force()
    end(TOWN + "200", "village_head")
    compiled = compile_level(version, "III", [TOWN])
    assert [(one.action.code, one.unit.code) for one in compiled.vacancies] == [("relocate", TOWN + "200")]
    vacant = compiled.vacancies[0]
    assert vacant in compiled.lines
    assert [line.person for line in vacant.lines] == [None]


def test_the_deputy_stands_in_for_a_vacant_first_role(in_force: Callable[..., Version]) -> None:
    version = in_force()
    Appointment.objects.filter(unit__code=TOWN + "200", post__code="village_head", role="A").update(
        valid_from=now() - dt.timedelta(days=9), valid_to=now()
    )
    planned = next(
        one for one in of(compile_level(version, "III", [TOWN]), "relocate") if one.unit.code == TOWN + "200"
    )
    assert [line.role for line in planned.lines] == ["B"]


def test_the_register_s_people_come_before_the_post_s(in_force: Callable[..., Version], person: Any) -> None:
    version, village = in_force(), Unit.objects.get(code=TOWN + "200")
    Responsibility.objects.filter(unit=village).delete()
    planned = of(compile_level(version, "III", [village.code]), "patrol-gullies")
    assert [line.person for line in planned[0].lines] == [holder(village.code, "flood_warner")]
    lead, deputy, gone = person("officer"), person("leader"), person("township")
    for site, kind, first, second in (
        ("one", "flash_flood_gully", lead, deputy), ("two", "flash_flood_gully", gone, deputy),
        ("three", "reservoir", lead, None), ("four", "forest_fire", person("admin"), None),
    ):  # fmt: skip
        Responsibility.objects.create(unit=village, site=site, hazard_kind=kind, lead=first, deputy=second)
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    planned = of(compile_level(version, "III", [village.code]), "patrol-gullies")
    assert {(line.person, line.role) for line in planned[0].lines} == {(lead, "R"), (deputy, "R")}
    assert len(planned[0].lines) == 2


def test_a_township_is_spoken_to_when_a_village_of_it_is_in_the_area(in_force: Callable[..., Version]) -> None:
    document = flood(code="area-of-towns")
    document["actions"][2]["reach"] = "area"
    compiled = compile_level(in_force(document), "III", [TOWN + "200"])
    assert [planned.unit.code for planned in of(compiled, "stand-by")] == [TOWN]
    assert [planned.unit.code for planned in of(compiled, "relocate")] == [TOWN + "200"]


def test_codes_that_are_no_unit_of_the_plan_are_told(in_force: Callable[..., Version]) -> None:
    compiled = compile_level(in_force(), "III", ["999999", "rubbish", TOWN])
    assert [problem.message for problem in compiled.problems if problem.place == "area"] == [
        "“999999” is no unit of this plan.", "“rubbish” is no unit of this plan.",
    ]  # fmt: skip
    assert of(compiled, "relocate")
    nothing = compile_level(compiled.version, "III", [])
    assert {problem.place for problem in nothing.problems} >= {"area", "relocate", "patrol-gullies"}
    assert {planned.action.code for planned in nothing.lines} == {"confer", "open-reservoir", "stand-by"}


def test_blanks_are_filled_by_the_caller_else_by_whoever_inherited(in_force: Callable[..., Version]) -> None:
    version = in_force()
    before = compile_level(version, "III", [TOWN, NEIGHBOUR])
    assert "relocate: text" in {problem.place for problem in before.problems}
    assert {planned.text for planned in of(before, "relocate")} == {"转移至{shelter}"}
    assert {planned.text for planned in of(before, "stand-by")} >= {"举水乡在岗值守"}
    actions.inherit(version.plan_id, by=SYSTEM, unit=TOWN, values={"shelter": "中心小学"})
    texts = {planned.unit.code[:9]: planned.text for planned in of(compile_level(version, "III"), "relocate")}
    assert texts[TOWN] == "转移至中心小学"
    assert texts[NEIGHBOUR] == "转移至{shelter}"
    given = compile_level(version, "III", [NEIGHBOUR], {"shelter": "Hall"})
    assert {planned.text_en for planned in of(given, "relocate")} == {"Move to Hall"}
    assert given.problems == []


def test_a_reader_below_sees_the_people_of_their_own_units(in_force: Callable[..., Version], township: Person) -> None:
    compiled = compile_level(in_force(), "III")
    seen = seen_by(compiled, township)
    assert {planned.unit.code[:9] for planned in seen.lines} == {TOWN}
    assert 0 < len(seen.lines) < len(compiled.lines)


def test_a_post_of_the_plan_that_is_gone_is_told(in_force: Callable[..., Version]) -> None:
    version = in_force()
    Post.objects.filter(code="flood_warner").update(code="flood_watch")
    compiled = compile_level(version, "III", [TOWN])
    assert [problem.place for problem in compiled.problems if "post" in problem.place] == ["patrol-gullies: post"]
    assert not of(compiled, "patrol-gullies")


def test_a_version_that_is_not_there_is_an_error(db: None) -> None:
    with pytest.raises(LookupError):
        compile_level(999_999, "III")


def test_the_library_compiles_for_every_level(county: Unit) -> None:
    versions = actions.load_library(county, by=SYSTEM, in_force=False)
    assert len(versions) >= 8
    for version in versions:
        assert Action.objects.filter(version=version).count() >= 20
        for level in ("IV", "III", "II", "I"):
            compiled = compile_level(version, level)
            assert compiled.lines
            assert [problem for problem in compiled.problems if "blank" not in problem.message] == []
    assert actions.load_library(county, by=SYSTEM, in_force=False) == []
