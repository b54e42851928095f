"""Boundary files without measure: refused in one sentence, before the expensive step."""

import io
import json
import zipfile
from typing import Any

import pytest
import shapefile
import shapely
from django.utils import translation

from org.files import boundary_files
from org.files.boundaries import import_boundaries
from tests.org.test_geometry import scrambled
from tests.org.test_import_boundaries import VILLAGE, collection, feature, square

pytestmark = pytest.mark.django_db


def problems(content: bytes, name: str = "b.geojson") -> list[str]:
    with translation.override("en"):
        return [str(problem) for problem in import_boundaries(name, content, by=None, dry_run=True).problems]


def nested(depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "Polygon", "coordinates": [square(119, 27)]}
    for _level in range(depth):
        made = {"type": "GeometryCollection", "geometries": [made]}
    return {"type": "Feature", "properties": {"code": VILLAGE}, "geometry": made}


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def shape_parts(ring: list[list[float]]) -> dict[str, bytes]:
    parts = {suffix: io.BytesIO() for suffix in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts) as writer:
        writer.field("code", "C", 12)
        writer.poly([ring])
        writer.record(VILLAGE)
    wkt = 'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    wkt += 'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
    return {f"a.{suffix}": part.getvalue() for suffix, part in parts.items()} | {"a.prj": wkt.encode()}


@pytest.mark.parametrize("points", [500, 9_000])
def test_a_border_that_crosses_itself_without_end_is_told_and_never_repaired(
    points: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapely, "make_valid", lambda shape: pytest.fail("this takes minutes"))
    ring = [list(point) for point in scrambled(points).exterior.coords]
    (problem,) = problems(collection(feature(VILLAGE, [ring])))
    assert "crosses itself" in problem


HOSTILE = {
    "collections in collections": lambda: collection(nested(200)),
    "collections in collections, not too deep for JSON": lambda: collection(nested(15)),
    "lists in lists": lambda: b'{"type":"FeatureCollection","features":' + b"[" * 100_000,
    "coordinates in coordinates": lambda: collection(feature(VILLAGE, json.loads("[" * 30 + "]" * 30))),
    "values without end": lambda: b'{"features":[' + b"0," * 3_000_000 + b"0]}",
    "features without end": lambda: b'{"features":[' + b"{}," * 30_000 + b"{}]}",
    "coordinates beyond all": lambda: collection(feature(VILLAGE, [[[1e308, 1e308], [-1e308, 1e308], [0, -1e308]]])),
    "coordinates that are none": lambda: collection(feature(VILLAGE, [[["a", None], [{}, []], [True, False]]])),
    "infinite": lambda: b'{"features":[{"geometry":{"type":"Polygon","coordinates":[[[1e999,1],[2,2],[3,1]]]}}]}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_geojson_without_measure_is_refused(name: str) -> None:
    assert len(problems(HOSTILE[name]())) in range(1, 10)


def test_a_zip_without_measure_is_refused() -> None:
    good = shape_parts(square(119, 27))
    assert not any("zip" in one for one in problems(zipped(good), "a.zip"))
    assert "larger" in problems(zipped(good | {"b.txt": b"\0" * (101 << 20)}), "a.zip")[0]
    assert "too many files" in problems(zipped(good | {f"{n}.txt": b"" for n in range(1_100)}), "a.zip")[0]
    inner = zipped(good)
    assert "one .shp" in problems(zipped({"inner.zip": inner}), "a.zip")[0]
    assert problems(zipped(good)[:-100], "a.zip")
    torn = bytearray(zipped(good))
    torn[60:90] = b"\xff" * 30
    assert problems(bytes(torn), "a.zip")


def test_a_shapefile_that_promises_more_than_it_holds_is_damaged() -> None:
    parts = shape_parts(square(119, 27))
    shp = bytearray(parts["a.shp"])
    shp[100 + 8 + 4 + 32 : 100 + 8 + 4 + 40] = (2**31 - 1).to_bytes(4, "little") * 2  # parts and points of the first
    assert problems(zipped(parts | {"a.shp": bytes(shp)}), "a.zip")
    dbf = bytearray(parts["a.dbf"])
    dbf[4:8] = (2**32 - 1).to_bytes(4, "little")
    problems(zipped(parts | {"a.dbf": bytes(dbf)}), "a.zip")  # ends, with whatever is there


def test_more_points_than_a_county_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary_files, "MAX_POINTS", 4)
    assert "simplify" in problems(zipped(shape_parts(square(119, 27))), "a.zip")[0]
