"""Loading boundaries: every fault by its feature, all or nothing."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapefile
from django.core.management import CommandError, call_command
from django.utils import translation

from journal.models import Event
from org.files.boundaries import import_boundaries
from org.files.crs import to_gcj02
from org.models import Person, Unit
from web.errors import NotFound
from web.problems import Refused

pytestmark = pytest.mark.django_db

VILLAGE = "331126206200"


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def square(x: float, y: float, size: float = 0.002) -> list[list[float]]:
    return [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]


def seat(code: str = VILLAGE) -> tuple[float, float]:
    point = Unit.objects.get(code=code).seat
    return point.x, point.y


def feature(code: Any, ring: Any, kind: str = "Polygon") -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": kind, "coordinates": ring}}


def collection(*features: dict[str, Any], crs: str | None = None) -> bytes:
    data: dict[str, Any] = {"type": "FeatureCollection", "features": list(features)}
    if crs:
        data["crs"] = {"type": "name", "properties": {"name": crs}}
    return json.dumps(data).encode()


def problems(content: bytes, name: str = "b.geojson", **options: Any) -> list[str]:
    """What an import complains of; checks on the way that it loaded nothing."""
    before = list(Unit.objects.values_list("code", "boundary_source"))
    events = Event.objects.count()
    with pytest.raises(Refused) as refused:
        import_boundaries(name, content, by=None, **options)
    assert list(Unit.objects.values_list("code", "boundary_source")) == before
    assert Event.objects.count() == events
    dry = import_boundaries(name, content, by=None, dry_run=True, **options)
    assert dry.problems == refused.value.problems
    return [str(problem) for problem in refused.value.problems]


def test_a_good_file_is_loaded_and_recorded() -> None:
    content = collection(feature(VILLAGE, [square(*seat())]))
    assert import_boundaries("own survey.geojson", content, by=None).loaded == 1
    unit = Unit.objects.get(code=VILLAGE)
    assert unit.boundary.extent == pytest.approx((seat()[0], seat()[1], seat()[0] + 0.002, seat()[1] + 0.002))
    assert (unit.boundary_approximate, unit.boundary_source) == (False, "own survey.geojson (EPSG:4326)")
    event = Event.objects.get(verb="org.boundaries_loaded")
    assert (event.unit_path, event.data["codes"]) == (unit.path, [VILLAGE])


def test_a_dry_run_loads_nothing() -> None:
    content = collection(feature(VILLAGE, [square(*seat())]))
    outcome = import_boundaries("b.geojson", content, by=None, dry_run=True)
    assert (outcome.codes, outcome.problems, outcome.loaded) == ([VILLAGE], [], 0)
    assert Unit.objects.get(code=VILLAGE).boundary_approximate


@pytest.mark.parametrize("code", [VILLAGE, int(VILLAGE), float(VILLAGE)])
def test_a_code_may_be_text_or_a_number(code: Any) -> None:
    assert import_boundaries("b.geojson", collection(feature(code, [square(*seat())])), by=None).codes == [VILLAGE]


def test_a_township_is_named_by_twelve_digits_too() -> None:
    ring = list(Unit.objects.get(code="331126206").boundary[0].coords)
    assert import_boundaries("b.json", collection(feature("331126206000", ring)), by=None).codes == ["331126206"]


def test_projected_coordinates_land_where_they_belong() -> None:
    to_plane = pyproj.Transformer.from_crs(4326, 4549, always_xy=True)
    ring = [list(to_plane.transform(x, y)) for x, y in square(*seat())]
    for options, crs in (({}, "urn:ogc:def:crs:EPSG::4549"), ({"crs": "EPSG:4549"}, None)):
        import_boundaries("b.geojson", collection(feature(VILLAGE, [ring]), crs=crs), by=None, **options)
        unit = Unit.objects.get(code=VILLAGE)
        assert unit.boundary.extent[:2] == pytest.approx(seat(), abs=1e-5)
        assert unit.boundary_source.endswith("(EPSG:4549)")


def test_gcj02_is_undone() -> None:
    ring = to_gcj02(np.array(square(*seat()))).tolist()
    import_boundaries("b.geojson", collection(feature(VILLAGE, [ring])), by=None, crs="GCJ-02")
    assert Unit.objects.get(code=VILLAGE).boundary.extent[:2] == pytest.approx(seat(), abs=1e-6)


def test_heights_are_left_aside() -> None:
    ring = [[x, y, 820.0] for x, y in square(*seat())]
    import_boundaries("b.geojson", collection(feature(VILLAGE, [ring])), by=None)
    assert not Unit.objects.get(code=VILLAGE).boundary.hasz


def test_every_fault_is_listed_by_its_feature() -> None:
    x, y = seat()
    bow = [[x, y], [x + 0.002, y + 0.002], [x + 0.002, y], [x, y + 0.002], [x, y]]
    found = problems(
        collection(
            feature(VILLAGE, [square(x, y)]),
            feature(VILLAGE, [square(x, y)]),
            feature("331126206999", [square(x, y)]),
            feature("33-11", [square(x, y)]),
            feature(None, [square(x, y)]),
            feature("331126206216", [bow]),
            feature("331126206217", [x, y], "Point"),
            {"type": "Feature", "properties": {"code": "331126206218"}, "geometry": None},
            feature("331126206219", [[[x, y], [x, y + 1]]]),
            feature("331126206220", [[["a", "b"]]]),
            "not a feature",
        )
    )
    expected = {
        2: "331126206200 stands at feature 1",
        3: "331126206999",
        4: "33-11",
        5: "no unit code",
        6: "crosses itself near",
        7: "Point",
        8: "no geometry",
        9: "cannot be read",
        10: "cannot be read",
        11: "no unit code",
    }
    assert {int(text.split()[1].rstrip(":")) for text in found} == set(expected)
    for number, words in expected.items():
        assert any(text.startswith(f"feature {number}:") and words in text for text in found), number


def test_a_self_intersection_is_explained_by_its_place() -> None:
    x, y = 119.2, 27.5
    bow = [[x, y], [x + 0.2, y + 0.2], [x + 0.2, y], [x, y + 0.2], [x, y]]
    assert problems(collection(feature(VILLAGE, [bow])))[0].endswith(
        "its border crosses itself near 119.30000, 27.60000."
    )


def test_a_village_outside_its_township_is_refused() -> None:
    x, y = seat("331126101")
    found = problems(collection(feature(VILLAGE, [square(x, y)])))
    assert len(found) == 1
    assert found[0].startswith("feature 1: 100 %")
    assert VILLAGE in found[0]


def test_a_sliver_outside_the_township_is_within_tolerance() -> None:
    township = Unit.objects.get(code="331126206").boundary
    whole = [list(point) for point in township.buffer(0.0001)[0].coords]
    content = collection(feature(VILLAGE, [whole]))
    assert import_boundaries("b.geojson", content, by=None).loaded == 1
    assert problems(content, tolerance=0.0001)


def test_a_village_is_held_against_the_township_in_the_same_file() -> None:
    x, y = seat()
    found = problems(collection(feature("331126206", [square(x + 0.01, y)]), feature(VILLAGE, [square(x, y)])))
    assert [text.split(":")[0] for text in found] == ["feature 2"]


def test_degrees_that_are_none_are_refused() -> None:
    assert "EPSG:4326" in problems(collection(feature(VILLAGE, [square(405_000, 3_050_000, 100)])))[0]


def test_an_unknown_coordinate_system_is_refused_by_name() -> None:
    assert "3857" in problems(collection(feature(VILLAGE, [square(*seat())]), crs="EPSG:3857"))[0]
    assert "BD-09" in problems(collection(feature(VILLAGE, [square(*seat())])), crs="BD-09")[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("b.geojson", b"{"),
        ("b.geojson", b"[]"),
        ("b.geojson", b'{"type": "Feature"}'),
        ("b.geojson", b"\xff\xfe"),
        ("b.geojson", collection()),
        ("b.zip", b"PK not a zip"),
        ("b.kml", b"<kml/>"),
        ("b.shp", b"alone"),
    ],
)
def test_a_file_that_is_something_else_is_refused_whole(name: str, content: bytes) -> None:
    assert len(problems(content, name)) == 1


def write_shapefile(folder: Path, *, prj: int | None = 4326, encoding: str = "utf-8", rings: Any = None) -> Path:
    path = folder / "units"
    with shapefile.Writer(str(path), shapeType=shapefile.POLYGON, encoding=encoding) as writer:
        writer.field("XZQDM", "C", 20)
        writer.field("名称", "C", 40)
        for code, ring in rings or [(VILLAGE, square(*seat()))]:
            writer.poly([ring[::-1]])
            writer.record(code, "月山村")
    if prj:
        (folder / "units.prj").write_text(pyproj.CRS.from_epsg(prj).to_wkt("WKT1_ESRI"), encoding="utf-8")
    return folder / "units.shp"


def zipped(folder: Path, *suffixes: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in sorted(folder.iterdir()):
            if not suffixes or file.suffix in suffixes:
                archive.write(file, f"县界/{file.name}")
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_shapefile_is_loaded_zipped_and_unzipped(tmp_path: Path, encoding: str) -> None:
    path = write_shapefile(tmp_path, encoding=encoding)
    assert import_boundaries(path, by=None).codes == [VILLAGE]
    assert import_boundaries("b.zip", zipped(tmp_path), by=None).loaded == 1


def test_a_projected_shapefile_lands_where_it_belongs(tmp_path: Path) -> None:
    to_plane = pyproj.Transformer.from_crs(4326, 4528, always_xy=True)
    ring = [list(to_plane.transform(x, y)) for x, y in square(*seat())]
    path = write_shapefile(tmp_path, prj=4528, rings=[(VILLAGE, ring)])
    import_boundaries(path, by=None)
    assert Unit.objects.get(code=VILLAGE).boundary.extent[:2] == pytest.approx(seat(), abs=1e-5)


def test_a_shapefile_without_prj_is_refused_until_its_system_is_named(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path, prj=None)
    assert ".prj" in problems(zipped(tmp_path), "b.zip")[0]
    assert import_boundaries(path, by=None, crs="4490").loaded == 1


@pytest.mark.parametrize("kept", [(".shp", ".prj"), (".dbf", ".prj")])
def test_an_incomplete_shapefile_is_refused(tmp_path: Path, kept: tuple[str, ...]) -> None:
    write_shapefile(tmp_path)
    assert len(problems(zipped(tmp_path, *kept), "b.zip")) == 1


def test_a_cut_off_shapefile_is_refused(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path)
    path.write_bytes(path.read_bytes()[:-20])
    assert len(problems(zipped(tmp_path), "b.zip")) == 1


def test_a_keeper_knows_only_the_units_in_their_care(township: Person) -> None:
    other = Unit.objects.get(code="331126101201")
    content = collection(feature(other.code, [square(*seat(other.code))]))
    with pytest.raises(Refused, match="problem"):
        import_boundaries("b.geojson", content, by=township)
    assert import_boundaries("b.geojson", collection(feature(VILLAGE, [square(*seat())])), by=township).loaded == 1


def test_the_action_itself_refuses_units_out_of_care(township: Person) -> None:
    from org.actions import load_boundaries

    other = Unit.objects.get(code="331126101201")
    assert other.boundary is not None
    with pytest.raises(NotFound):
        load_boundaries({other.pk: other.boundary}, source="x", by=township)


def test_the_command_lists_problems_and_loads_when_there_are_none(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "b.geojson"
    path.write_bytes(collection(feature("331126206999", [square(*seat())])))
    with pytest.raises(CommandError, match="331126206999"):
        call_command("import_boundaries", path)
    path.write_bytes(collection(feature(VILLAGE, [square(*seat())])))
    call_command("import_boundaries", path, dry_run=True)
    assert Unit.objects.get(code=VILLAGE).boundary_approximate
    call_command("import_boundaries", path, source="county survey 2024")
    assert Unit.objects.get(code=VILLAGE).boundary_source == "county survey 2024 (EPSG:4326)"
