"""Boundary files that strangers tried (tests/cases/geo), each through the page and through the command."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from org.files.boundaries import import_boundaries
from org.files.crs import from_wkt
from org.models import Person, Unit
from web.problems import Unreadable

pytestmark = pytest.mark.django_db

CASES = Path(__file__).parents[1] / "cases" / "geo"
JUSHUI = "331126206"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def client(browse: Callable[..., Client], admin: Person) -> Client:
    return browse(admin)


def source(code: str = JUSHUI) -> str:
    return Unit.objects.get(code=code).boundary_source


def given(client: Client, name: str, **options: str) -> Any:
    file = SimpleUploadedFile(name, (CASES / name).read_bytes())
    return client.post("/register/import/boundaries/", {"b-file": file, **options})


def again(client: Client, shown: Any, **options: str) -> Any:
    kept = {"key": shown.context["key"], "file": shown.context["file"]}
    return client.post("/register/import/boundaries/", {**kept, **{f"b-{k}": v for k, v in options.items()}})


def confirmed(client: Client, shown: Any) -> int:
    options = {name: value for name, value in shown.context["options"].items() if value}
    kept = {"key": shown.context["key"], "file": shown.context["file"]}
    return client.post("/register/import/boundaries/confirm/", {**kept, **options}).status_code


@pytest.mark.parametrize("name", ["zldwdm19.zip", "gbk_cp936.zip", "gbk_wrongcpg.zip", "gbk_text.geojson"])
def test_a_file_in_the_countrys_own_ways_is_read_on_the_page(client: Client, name: str) -> None:
    before = source()
    shown = given(client, name)
    page = shown.content.decode()
    assert shown.status_code == 200
    assert "举水乡" in page
    assert "EPSG:4" in page
    assert source() == before, "nothing is loaded before it is confirmed"
    assert confirmed(client, shown) == 302
    assert source().startswith(name)


@pytest.mark.parametrize("name", ["zldwdm19.zip", "gbk_cp936.zip", "gbk_wrongcpg.zip", "gbk_text.geojson"])
def test_a_file_in_the_countrys_own_ways_is_read_by_the_command(name: str) -> None:
    call_command("import_boundaries", CASES / name)
    assert source().startswith(name)


@pytest.mark.parametrize(("name", "column"), [("gbk_longcolumn.zip", "行政区划代"), ("unknown_column.zip", "XZQHDM")])
def test_the_columns_are_chosen_on_the_page_which_shows_their_values(client: Client, name: str, column: str) -> None:
    shown = given(client, name)
    page = shown.content.decode()
    assert shown.status_code == 200
    assert [question["code"] for question in shown.context["outcome"]["questions"]] == ["column"]
    assert f'<option value="{column}" selected>' in page
    assert JUSHUI in page
    assert "Load it" not in page
    chosen = again(client, shown, code_column=column, name_column="NAME")
    assert chosen.context["outcome"]["codes"] == [JUSHUI]
    assert confirmed(client, chosen) == 302
    assert source().startswith(name)


@pytest.mark.parametrize(("name", "column"), [("gbk_longcolumn.zip", "行政区划代"), ("unknown_column.zip", "XZQHDM")])
def test_the_command_names_the_columns_and_takes_a_choice(name: str, column: str) -> None:
    with pytest.raises(CommandError, match=rf"{column} \({JUSHUI}\)[\s\S]*--code-column"):
        call_command("import_boundaries", CASES / name)
    call_command("import_boundaries", CASES / name, code_column=column.lower())
    assert source().startswith(name)


def test_a_file_without_codes_is_read_by_its_names(client: Client) -> None:
    shown = given(client, "unknown_column.zip")
    chosen = again(client, shown, name_column="NAME")
    assert chosen.context["outcome"]["codes"] == [JUSHUI]


def test_a_column_that_the_file_does_not_have_is_told(client: Client) -> None:
    shown = given(client, "unknown_column.zip")
    assert "DM" in str(again(client, shown, code_column="DM").context["outcome"]["problems"][0])


def test_a_map_services_coordinates_are_asked_about_on_the_page(client: Client) -> None:
    shown = given(client, "datav_county_gcj02.geojson")
    page = shown.content.decode()
    assert [question["code"] for question in shown.context["outcome"]["questions"]] == ["shifted"]
    assert "GCJ-02" in page
    assert "Stop: load nothing" in page
    assert "Load it" not in page
    shifted = again(client, shown, crs="GCJ-02")
    assert confirmed(client, shifted) == 302
    assert source("331126").endswith("(GCJ-02)")
    ring = shapely.geometry.shape(json.loads((CASES / shown.context["file"]).read_text())["features"][0]["geometry"])
    kept = Unit.objects.get(code="331126").boundary.centroid
    assert 0.002 < abs(kept.x - ring.centroid.x) < 0.01


def test_a_map_services_coordinates_may_be_said_to_be_right(client: Client) -> None:
    shown = given(client, "datav_county_gcj02.geojson")
    assert confirmed(client, again(client, shown, crs="EPSG:4326")) == 302
    assert source("331126").endswith("(EPSG:4326)")


def test_the_command_asks_about_a_map_services_coordinates_too() -> None:
    with pytest.raises(CommandError, match=r"--crs GCJ-02"):
        call_command("import_boundaries", CASES / "datav_county_gcj02.geojson")
    call_command("import_boundaries", CASES / "datav_county_gcj02.geojson", crs="GCJ-02")
    assert source("331126").endswith("(GCJ-02)")


def test_shifted_coordinates_without_a_map_services_marks_are_known_by_the_surveyed_boundary() -> None:
    from org.files.crs import to_gcj02

    unit = Unit.objects.get(code=JUSHUI)
    ring = shapely.from_wkb(bytes(unit.boundary[0].wkb))
    Unit.objects.filter(pk=unit.pk).update(boundary_approximate=False)

    def file(shape: Any) -> bytes:
        feature = {"type": "Feature", "properties": {"code": JUSHUI}, "geometry": shapely.geometry.mapping(shape)}
        return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()

    moved = import_boundaries("a.geojson", file(shapely.transform(ring, to_gcj02)), by=None, dry_run=True)
    assert [question.code for question in moved.questions] == ["shifted"]
    assert import_boundaries("a.geojson", file(ring), by=None, dry_run=True).questions == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("xian80.zip", ("Xi'an 1980", "EPSG:4549", "EPSG:4490")),
        ("local_cm119.zip", ("119.5", "EPSG:4549", "EPSG:4490")),
    ],
)
def test_another_datum_or_a_local_meridian_is_refused_with_the_way_out(
    client: Client, name: str, words: tuple[str, ...]
) -> None:
    shown = given(client, name)
    assert shown.status_code in (400, 422)
    for word in words:
        assert word in str(shown.context["outcome"]["problems"][0])
        with pytest.raises(CommandError, match=re.escape(word)):
            call_command("import_boundaries", CASES / name)


@pytest.mark.parametrize(
    ("code", "words"),
    [(2436, "Beijing 1954"), (4214, "Beijing 1954"), (4610, "Xi'an 1980"), (3857, "EPSG:4326"), (32650, "EPSG:4490")],
)
def test_every_other_coordinate_system_is_told_by_name_with_one_to_export_to(code: int, words: str) -> None:
    import pyproj

    with pytest.raises(Unreadable, match=words):
        from_wkt(pyproj.CRS.from_epsg(code).to_wkt("WKT1_ESRI"))


def test_a_coordinate_system_said_over_the_files_own_is_told(client: Client) -> None:
    shown = given(client, "xian80.zip", **{"b-crs": "EPSG:4549"})
    assert any("Xian" in note for note in shown.context["outcome"]["notes"])


def test_a_bow_tie_is_refused_by_its_place(client: Client) -> None:
    shown = given(client, "bowtie.geojson")
    assert shown.status_code == 422
    assert "crosses itself" in shown.content.decode()


def test_a_rounded_code_is_told_and_never_guessed() -> None:
    feature = {"type": "Feature", "properties": {"code": "3.31126206E+18"}, "geometry": None}
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    outcome = import_boundaries("a.geojson", content, by=None, dry_run=True)
    assert "rounded" in str(outcome.problems[0])
