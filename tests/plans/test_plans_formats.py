"""A plan comes back from YAML and from Excel as it went, whatever is in it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from journal.actions.recording import SYSTEM
from org.models import Post, Unit
from plans import actions
from plans.files import sheets, yaml_format
from plans.files.document_schema import NO_CHARACTERS
from plans.files.documents import concise, document_of
from plans.files.trigger_text import read_rule, rule_text
from plans.models import Plan, Version
from plans.rules.events import EVENTS
from plans.rules.problems import Refused
from plans.rules.words import LEVELS, WARNING_LEVELS, Evidence, HazardType, Kind, Phase, Reach, Verb
from plans.selectors.checking import form_problems
from plans.selectors.signals import SEPARATORS, check_rule
from tests.support.plans import COUNTY, flood

NAMES = ("Cc", "Cs")
texts = st.text(st.characters(exclude_categories=NAMES, exclude_characters=NO_CHARACTERS), max_size=40)
lines = texts.filter(lambda text: "\n" not in text.strip())
filled = texts.filter(lambda text: text.strip())
blocks = st.lists(texts, max_size=4).map("\n".join)
words = st.text(
    st.characters(exclude_categories=(*NAMES, "Zl", "Zp"), exclude_characters=NO_CHARACTERS + "".join(SEPARATORS)),
    min_size=1, max_size=20,
).filter(lambda word: word.strip() and word.isprintable())  # fmt: skip
tidied = words.map(str.strip)
codes = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True)
numbers = st.integers(0, 500) | st.floats(0, 500, allow_nan=False)
levels_of = st.lists(st.sampled_from(LEVELS), min_size=1, max_size=4, unique=True)
posts = st.sampled_from(["county_duty_officer", "village_head", "township_head", "no_such_post"])

rules = st.one_of(
    st.fixed_dictionaries(
        {"signal": st.just("warning")},
        optional={
            "colour": st.lists(st.sampled_from(WARNING_LEVELS), min_size=1, max_size=3, unique=True),
            "events": st.lists(st.sampled_from(sorted(EVENTS)), min_size=1, max_size=3, unique=True),
        },
    ),
    st.fixed_dictionaries(
        {"signal": st.just("quake")},
        optional={"magnitude_min": numbers, "depth_max_km": numbers, "inside": st.booleans()},
    ),
    st.fixed_dictionaries(
        {"signal": st.just("area_rain")},
        optional={"mean_mm_min": numbers, "station_mm": numbers, "stations_min": numbers},
    ),
    st.fixed_dictionaries({"signal": st.just("river"), "level": st.just(["above_warning"])}),
    st.fixed_dictionaries({"signal": st.just("casualties"), "county_scale": st.just(["II"])}),
    st.fixed_dictionaries({"signal": st.just("gauge")}, optional={"hours": numbers, "mm_min": numbers}),
).filter(lambda rule: len(rule) > 1)  # fmt: skip

levels = st.dictionaries(
    st.sampled_from(LEVELS),
    st.fixed_dictionaries({}, optional={"approver": posts, "note": lines, "triggers": st.lists(rules, max_size=3)}),
)
action_rows = st.fixed_dictionaries(
    {
        "code": codes,
        "phase": st.sampled_from(Phase.values),
        "levels": levels_of,
        "unit_kind": st.sampled_from(Unit.Level.values),
        "post": posts,
        "verb": st.sampled_from(Verb.values),
        "text": filled,
        "due_min": st.integers(0, 10_000),
    },
    optional={
        "reach": st.sampled_from(Reach.values),
        "departments": st.lists(tidied, max_size=3, unique=True),
        "by_register": st.booleans(),
        "text_en": blocks,
        "after": st.lists(codes, max_size=3, unique=True),
        "evidence": st.sampled_from(Evidence.values),
        "counted": lines,
    },
)
documents = st.fixed_dictionaries(
    {
        "code": codes,
        "kind": st.sampled_from(Kind.values),
        "hazard_type": st.sampled_from(HazardType.values),
        "name": filled.filter(lambda text: "\n" not in text.strip()),
    },
    optional={
        "name_en": lines,
        "review_months": st.integers(1, 600),
        "drill_months": st.integers(1, 600),
        "summary": lines,
        "basis": blocks,
        "values": st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True), lines, max_size=3),
        "levels": levels,
        "actions": st.lists(action_rows, max_size=5, unique_by=lambda row: row["code"]),
    },
).filter(lambda document: not form_problems(document))

many = settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip


@given(document=documents)
@many
def test_yaml_gives_back_what_it_was_given(document: dict[str, Any]) -> None:
    assert concise(yaml_format.read(yaml_format.dump(document))) == concise(document)


@given(document=documents, language=st.sampled_from(["en", "zh-hans"]), other=st.sampled_from(["en", "zh-hans"]))
@many
def test_a_workbook_gives_back_what_it_was_given(demo_county: Unit, document: Any, language: str, other: str) -> None:
    """Whatever the language of whoever wrote it and of whoever reads it."""
    with override(language):
        content = sheets.dump(document)
    with override(other):
        again, _rows = sheets.read(content)
    assert concise(again) == concise(document)


@given(document=documents)
@settings(parent=many, max_examples=20)
def test_the_database_gives_back_what_it_was_given(demo_county: Unit, document: Any) -> None:
    """Kept in a draft, exported, wiped, read again and kept again: the same plan."""
    first = actions.create_plan(by=SYSTEM, unit=COUNTY, document=document)
    kept = document_of(Version.objects.get(pk=first.pk))
    assert kept == concise(document)
    for read in (yaml_format.read(yaml_format.dump(kept)), sheets.read(sheets.dump(kept))[0]):
        actions.discard_draft(Version.objects.get(plan__code=document["code"]).pk, by=SYSTEM)
        assert not Plan.objects.filter(code=document["code"]).exists()
        again = actions.create_plan(by=SYSTEM, unit=COUNTY, document=read)
        assert document_of(Version.objects.get(pk=again.pk)) == kept
    actions.discard_draft(again.pk, by=SYSTEM)


@given(rule=rules)
def test_a_rule_comes_back_from_its_line(rule: dict[str, Any]) -> None:
    assert check_rule(rule) == []
    assert read_rule(rule_text(rule)) == (rule, "")


@pytest.mark.parametrize(
    "text", ["=1+1", "_x0041_", "'quoted", "007", "TRUE", "2026-01-01", "null", "yes", "~", "#x", "- a", "a: b"]
)
def test_texts_that_look_like_something_else_stay_texts(demo_county: Unit, text: str) -> None:
    document = flood(name=text, summary=text)
    assert concise(yaml_format.read(yaml_format.dump(document)))["name"] == text
    assert concise(sheets.read(sheets.dump(document))[0]) == concise(document)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a: [", "line 1", "YAML"),
        ("a: 1\nb: 2\na: 3\n", "line 3", "twice"),
        ("a: &x [1]\nb: *x\n", "line 1", "Anchors"),
        ("a: 1\n<<: {b: 2}\n", "line 2", "Anchors"),
        ("? [a, b]\n: 1\n", "line 1", "word"),
        ("a: !!python/object/apply:os.system ['true']\n", "line 1", "YAML"),
        ("a: b\n---\nc: d\n", "line 2", "YAML"),
        ("a: 2026-99-99\n", "plan", "YAML"),
        ("[" * 5000, "plan", "40"),
    ],
)
def test_what_is_not_our_yaml_is_refused_with_its_line(text: str, place: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        yaml_format.read(text)
    assert list(refused.value.fields) == [place]
    assert said in str(refused.value.fields[place][0])


def test_yaml_that_is_no_text_or_endless_is_refused() -> None:
    for content in (b"\xff\xfe\x00", "x" * (1024 * 1024 + 1)):
        with pytest.raises(Refused):
            yaml_format.read(content)


def test_an_unknown_verb_in_yaml_is_refused_with_its_place_and_nothing_is_kept(county: Unit) -> None:
    document = flood()
    document["actions"][3]["verb"] = "teleport"
    with pytest.raises(Refused) as refused:
        actions.import_file("plan.yaml", formats_yaml_text(document), by=SYSTEM, unit=COUNTY)
    assert list(refused.value.fields) == ["actions[4] relocate: verb"]
    assert not Plan.objects.exists()


def formats_yaml_text(document: dict[str, Any]) -> bytes:
    return yaml_format.dump(document).encode()


def test_a_problem_of_a_workbook_is_told_by_its_row(county: Unit) -> None:
    book = load_workbook(io.BytesIO(sheets.dump(flood())))
    sheet = book["Actions"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    sheet.insert_rows(4)
    sheet.cell(6, columns["verb"]).value = "teleport"
    sheet.cell(7, columns["due minutes"]).value = "soon"
    buffer = io.BytesIO()
    book.save(buffer)
    found = actions.import_file("p.xlsx", buffer.getvalue(), by=SYSTEM, unit=COUNTY, dry_run=True).problems
    assert [(one.place, "whole number" in one.message) for one in found] == [("Actions, row 7: due_min", True)]
    sheet.cell(7, columns["due minutes"]).value = 30
    book.save(buffer := io.BytesIO())
    found = actions.import_file("p.xlsx", buffer.getvalue(), by=SYSTEM, unit=COUNTY, dry_run=True).problems
    assert [one.place for one in found] == ["Actions, row 6 relocate: verb"]
    assert not Plan.objects.exists()


def test_a_workbook_in_the_words_of_a_county_is_understood(county: Unit) -> None:
    book = load_workbook(io.BytesIO(sheets.dump(flood())))
    sheet = book["Actions"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, columns["post"]).value == "County Duty Officer"
    sheet.cell(2, columns["post"]).value = Post.objects.get(code="county_duty_officer").name
    sheet.cell(2, columns["due minutes"]).value = "10"
    sheet.cell(6, columns["by register"]).value = "是"
    book.save(buffer := io.BytesIO())
    assert concise(sheets.read(buffer.getvalue())[0]) == concise(flood())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rubbish", b"not a zip"])
def test_what_is_no_workbook_is_refused(demo_county: Unit, content: bytes) -> None:
    with pytest.raises(Refused):
        sheets.read(content)


def test_a_workbook_without_a_sheet_or_with_a_strange_column_is_refused(demo_county: Unit) -> None:
    book = load_workbook(io.BytesIO(sheets.dump(flood())))
    book["Actions"].cell(1, 30).value = "Wish"
    book.save(buffer := io.BytesIO())
    with pytest.raises(Refused) as refused:
        sheets.read(buffer.getvalue())
    assert list(refused.value.fields) == ["Actions, cell AD1"]
    del book["Levels"]
    book.save(buffer := io.BytesIO())
    with pytest.raises(Refused, match="problem"):
        sheets.read(buffer.getvalue())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 500_000, "deeper"),
        ("{a: " * 200_000, "deeper"),
        ("- " * 200_000, "deeper"),
        ("- a\n" * 200_000, "more than"),
        ("[" + "a," * 200_000 + "]", "more than"),
        ("a: &x [1, 2]\nb: [*x, *x]", "Anchors"),
        ("".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 30)), ""),
    ],
    ids=["lists in lists", "objects in objects", "items in items", "many items", "a long list", "aliases", "laughs"],
)
def test_yaml_without_measure_is_refused_before_it_is_built(text: str, said: str) -> None:
    with override("en"), pytest.raises(Refused) as refusal:
        yaml_format.read(text.encode())
    assert said in str(refusal.value.problems[0].message)
