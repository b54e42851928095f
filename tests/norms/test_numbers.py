"""Numbers of the domain: one table, registered by the apps that ask, edited by whoever keeps the register."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from database.clock import now
from database.registry import CodeTaken
from journal.models import Event
from journal.sentences import say
from norms.actions import set_number
from norms.models import Number
from norms.rules.numbers import NUMBERS, Measure, said, under
from norms.selectors import numbers
from norms.selectors.numbers import number
from org.models import Person, Unit
from tests.support.sources import APPS, sources
from web.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db
SOURCE = "县政办〔2026〕12 号"
DAY = dt.timedelta(days=1)
LAID_DOWN = {code: kind for code, kind in NUMBERS.items() if kind.default is not None}
"""All but those that the county alone can set."""
UNSOURCED = {"county_scale_i", "county_scale_ii"}
"""Laid down without a source until the county gives one (ADR 44)."""
ASKS = {"number", "numbers", "minutes", "hours", "days"}


def put(code: str, value: int, *, by: Person, at: dt.datetime | None = None, **more: Any) -> Number:
    return set_number(code, value, SOURCE, at or now(), by=by, **more)


@pytest.fixture
def near(demo_county: Unit) -> Unit:
    return Unit.objects.defer("boundary").get(code="331126206")


# Registered, laid down, asked for ------------------------------------------------------------------------------------


def test_each_registered_number_has_a_row_with_its_measure_and_a_source_after_the_migrations() -> None:
    assert len(LAID_DOWN) > 45
    found = {row.code: row for row in Number.objects.filter(unit=None)}
    assert set(LAID_DOWN) - set(found) == set()
    assert (set(NUMBERS) - set(LAID_DOWN)) & set(found) == set()
    assert {code for code, kind in LAID_DOWN.items() if found[code].measure != kind.measure} == set()
    assert {code for code in LAID_DOWN if not found[code].source} == UNSOURCED


def test_the_defaults_that_are_laid_down_are_those_that_are_registered() -> None:
    in_force = numbers.numbers(*LAID_DOWN)
    assert in_force == {code: kind.default for code, kind in LAID_DOWN.items()}
    with override("en"):
        rows = dict(Number.objects.values_list("code", "source"))
        assert {code for code, kind in LAID_DOWN.items() if rows[code] != str(kind.source)} == set()


def _asked() -> Iterator[tuple[str, str]]:
    """Codes that the sources ask for as constants, and the app that asks."""
    for source in sources():
        if source.path.startswith("norms/") or "from norms.selectors" not in source.text:
            continue
        for call, name in source.calls():
            values = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if name in ASKS:
                yield from ((value, source.path.partition("/")[0]) for value in values)
            if name == "counted":
                yield from ((value, "hazards") for value in values)


def test_each_code_that_the_sources_ask_for_is_registered_by_the_app_or_one_below() -> None:
    asked = set(_asked())
    assert len(asked) > 30
    assert {code for code, _app in asked if code not in NUMBERS} == set()
    order = {app: place for place, app in enumerate(APPS)}
    assert {(code, app) for code, app in asked if order[app] < order[NUMBERS.owner(code)]} == set()


def test_no_number_is_registered_that_nobody_asks_for() -> None:
    """One that is edited on the page and changes nothing would be a lie."""
    named = {
        node.value
        for source in sources()
        if not source.path.endswith("rules/default_numbers.py")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(NUMBERS) - named == set()


def test_a_unit_may_only_have_a_value_of_its_own_where_the_code_asks_for_the_unit() -> None:
    with_unit = {
        call.args[0].value
        for source in sources()
        for call, name in source.calls()
        if name in ASKS and len(call.args) == 2 and isinstance(call.args[0], ast.Constant)
        and not isinstance(call.args[1], ast.Constant)
    }  # fmt: skip
    assert {code for code, kind in NUMBERS.items() if kind.local} == with_unit


def test_what_a_number_may_not_fall_below_is_one_of_the_same_measure_and_holds_for_the_defaults() -> None:
    pairs = [(kind, NUMBERS[kind.at_least]) for kind in LAID_DOWN.values() if kind.at_least]
    assert len(pairs) > 5
    assert [kind for kind, other in pairs if kind.measure != other.measure] == []
    assert [kind for kind, other in pairs if (kind.default or 0) < (other.default or 0)] == []


def test_a_second_owner_of_a_number_is_refused() -> None:
    with pytest.raises(CodeTaken):
        under("x")("register", "x", Measure.DAYS, 1)


def test_a_code_that_nobody_has_set_is_a_defect() -> None:
    with pytest.raises(LookupError, match="nonsense"):
        numbers.numbers("register", "nonsense")


# Which counts --------------------------------------------------------------------------------------------------------


def test_the_newest_that_is_in_force_counts(admin: Person, clock: Any) -> None:
    put("gap_days", 40, by=admin)
    put("gap_days", 50, by=admin, at=now() + DAY)
    assert number("gap_days") == 40
    clock.travel(hours=25)
    assert (number("gap_days"), numbers.days("gap_days")) == (50, 50 * DAY)


def test_of_two_set_for_the_same_moment_the_later_one_counts(admin: Person, clock: Any) -> None:
    at = now() + DAY
    for value in (40, 50, 60):
        put("gap_days", value, by=admin, at=at)
    clock.travel(hours=25)
    assert number("gap_days") == 60


def test_the_nearest_unit_counts_even_when_the_county_s_is_newer(admin: Person, near: Unit) -> None:
    village = Unit.objects.filter(parent=near, level="village").defer("boundary")[0]
    elsewhere = Unit.objects.filter(level="township").exclude(pk=near.pk).defer("boundary")[0]
    put("swap_ahead_h", 12, by=admin, unit=near)
    put("swap_ahead_h", 36, by=admin)
    found = [number("swap_ahead_h", unit) for unit in (near, village, elsewhere, near.parent, None)]
    assert found == [12, 12, 36, 36, 36]


def test_a_unit_whose_code_begins_alike_is_not_under_it(admin: Person, near: Unit) -> None:
    put("swap_ahead_h", 12, by=admin, unit=near)
    near.path += "9"
    assert number("swap_ahead_h", near) == 24


def test_many_numbers_cost_one_statement(demo_county: Unit) -> None:
    with CaptureQueriesContext(connection) as captured:
        numbers.numbers(*LAID_DOWN)
    assert len(captured) == 1


def test_a_number_without_a_default_is_nobodys_until_the_county_sets_it(admin: Person) -> None:
    """And it may be set before those that it is compared with."""
    empty = {code for code, kind in NUMBERS.items() if kind.default is None}
    assert "report_county_phone" in empty
    assert numbers.numbers_set(*empty) == {}
    put("report_county_written", 40, by=admin)
    assert numbers.numbers_set(*empty) == {"report_county_written": 40}
    put("report_county_phone", 20, by=admin)
    with pytest.raises(Invalid):
        put("report_county_phone", 60, by=admin)


# Setting -------------------------------------------------------------------------------------------------------------


def test_a_new_value_is_a_new_row_and_the_journal_says_so_in_both_languages(admin: Person, demo_county: Unit) -> None:
    before = Number.objects.get(code="general")
    row = put("general", 10, by=admin)
    assert Number.objects.get(pk=before.pk).value == 15
    assert (row.measure, row.source, row.set_by) == ("days", SOURCE, admin)
    event = Event.objects.get(verb="number.set")
    assert (event.subject, event.unit_path) == (f"number:{row.pk}", demo_county.path)
    with override("en"):
        told = say(event.verb, event.by_name, event.data, event.card)
        assert "“Rectify a general hazard” of" in told
        assert f"to 10 days, from {timezone.localtime(now()):%Y-%m-%d}" in told
        assert told.endswith(SOURCE)
    with override("zh-hans"):
        assert "10天" in say(event.verb, event.by_name, event.data, event.card)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("value", {"value": 0}),
        ("value", {"value": 4000}),
        ("value", {"value": 91}),
        ("source", {"source": "  "}),
        ("source", {"source": "x" * 161}),
        ("effective_from", {"effective_from": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}),
        ("unit", {"unit": True}),
    ],
)
def test_a_refusal_names_the_field_and_stores_nothing(field: str, wrong: dict, admin: Person, near: Unit) -> None:
    given = {"value": 10, "source": SOURCE, "effective_from": now(), **wrong}
    if "unit" in given:
        given["unit"] = near
    with pytest.raises(Invalid) as caught:
        set_number("general", by=admin, **given)
    assert list(caught.value.fields) == [field]
    assert Number.objects.filter(code="general").count() == 1


def test_a_value_is_held_against_its_neighbours_on_both_sides(admin: Person) -> None:
    with override("en"), pytest.raises(Invalid) as caught:
        put("remind_first", 2, by=admin)
    assert "Second reminder" in str(caught.value.fields["value"][0])
    with pytest.raises(Invalid):
        put("remind_second", 8, by=admin)
    put("remind_first", 20, by=admin)
    assert put("remind_second", 8, by=admin).value == 8


def test_whoever_keeps_the_register_of_a_township_sets_its_own_alone(township: Person, near: Unit) -> None:
    assert put("swap_ahead_h", 12, by=township, unit=near).unit == near
    other = Unit.objects.filter(level="township").exclude(pk=near.pk).defer("boundary")[0]
    for more in ({"unit": other}, {"unit": None}):
        with pytest.raises(Forbidden):
            put("swap_ahead_h", 13, by=township, **more)


def test_nobody_else_sets_anything_and_no_unknown_code(officer: Person, admin: Person) -> None:
    with pytest.raises(Forbidden):
        put("gap_days", 3, by=officer)
    with pytest.raises(NotFound):
        put("nonsense", 3, by=admin)


def test_whoever_has_not_seen_the_last_value_is_told_it(admin: Person) -> None:
    first = put("gap_days", 40, by=admin)
    put("gap_days", 50, by=admin, expected=first.pk)
    with pytest.raises(Conflict) as caught:
        put("gap_days", 60, by=admin, expected=first.pk)
    assert caught.value.current["value"] == 50


# The pages -----------------------------------------------------------------------------------------------------------


def form(client: Client, code: str, **given: Any) -> Any:
    newest = Number.objects.filter(code=code).order_by("-pk")[0].pk
    at = f"{timezone.localtime(now()):%Y-%m-%dT%H:%M}"
    sent = {"expected": newest, "value": 40, "effective_from": at, "source": SOURCE, **given}
    return client.post(f"/setup/numbers/{code}/change/", sent)


def test_the_page_shows_every_number_with_value_source_and_date_in_both_languages(
    browse: Callable[..., Client], admin: Person
) -> None:
    for language, words in (("en", ["15 days", "default; set by the county"]), ("zh-hans", ["15天", "由县设定"])):
        page = browse(admin, language=language).get("/setup/numbers/").content.decode()
        assert [code for code in NUMBERS if f"/setup/numbers/{code}/change/" not in page] == []
        assert [word for word in [*words, "2020-01-01"] if word not in page] == []
    assert "default; set" not in page


def test_a_value_set_in_the_dialog_is_in_force_and_in_the_history(browse: Callable[..., Client], admin: Person) -> None:
    client = browse(admin)
    assert client.get("/setup/numbers/gap_days/change/").status_code == 200
    assert form(client, "gap_days").status_code == 302
    assert number("gap_days") == 40
    page = client.get("/setup/numbers/gap_days/").content.decode()
    assert [word for word in ("40 days", "30 days", SOURCE, "earlier", admin.label) if word not in page] == []
    assert form(client, "gap_days", value=0).status_code == 400
    assert form(client, "gap_days", expected=1).status_code == 409
    assert client.get("/setup/numbers/nonsense/change/").status_code == 404


def test_a_township_s_keeper_sees_all_and_sets_what_is_local_for_its_own(
    browse: Callable[..., Client], township: Person, near: Unit
) -> None:
    client = browse(township)
    page = client.get("/setup/numbers/").content.decode()
    changes = {code for code in NUMBERS if f"/setup/numbers/{code}/change/" in page}
    assert changes == {code for code, kind in NUMBERS.items() if kind.local}
    assert form(client, "gap_days").status_code == 403
    assert form(client, "swap_ahead_h", unit="").status_code == 400
    assert form(client, "swap_ahead_h", unit=near.pk).status_code == 302
    assert (number("swap_ahead_h", near), number("swap_ahead_h")) == (40, 24)


def test_who_keeps_nothing_does_not_see_the_page(browse: Callable[..., Client], officer: Person) -> None:
    for address in ("", "gap_days/", "gap_days/change/"):
        assert browse(officer).get(f"/setup/numbers/{address}").status_code == 403


def test_the_page_costs_a_fixed_number_of_statements(browse: Callable[..., Client], admin: Person, near: Unit) -> None:
    client = browse(admin)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get("/setup/numbers/")
        counts.append(len(captured))
        for value in range(1, 6):
            put("swap_ahead_h", value, by=admin, unit=near)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("measure", list(Measure))
def test_every_measure_is_said(measure: Measure) -> None:
    with override("en"):
        assert said(1, measure).startswith("1")
        assert said(12, measure) != said(1, measure)
