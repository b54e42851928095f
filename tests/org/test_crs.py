"""Coordinates brought to EPSG:4326, against points known from elsewhere."""

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.files.crs import GCJ02, from_gcj02, from_wkt, named, to_gcj02, to_wgs84
from web.problems import Unreadable

ARC_TO_30_NORTH = 3_320_113.398
"""Metres along a GRS80 meridian from the equator to 30 N, from published tables."""

METRE = 1 / 111_000


@pytest.mark.parametrize(
    ("name", "easting", "longitude"),
    [
        ("EPSG:4549", 500_000, 120),  # CM 120E
        ("EPSG:4528", 40_500_000, 120),  # 3-degree zone 40, the same meridian with the zone's number in front
        ("EPSG:4513", 25_500_000, 75),
        ("EPSG:4533", 45_500_000, 135),
        ("EPSG:4554", 500_000, 135),
        ("EPSG:4498", 20_500_000, 117),  # 6-degree zone 20
    ],
)
def test_a_point_on_the_central_meridian_of_a_zone_is_where_the_tables_say(
    name: str, easting: float, longitude: float
) -> None:
    lon, lat = to_wgs84(name)(np.array([[easting, ARC_TO_30_NORTH]]))[0]
    assert lon == pytest.approx(longitude, abs=METRE / 100)
    assert lat == pytest.approx(30, abs=METRE / 100)


def test_cgcs2000_degrees_are_those_of_wgs84_within_a_metre() -> None:
    lon, lat = to_wgs84("EPSG:4490")(np.array([[119.06, 27.62]]))[0]
    assert (lon, lat) == (pytest.approx(119.06, abs=METRE), pytest.approx(27.62, abs=METRE))


@given(st.floats(74, 134), st.floats(19, 53))
def test_gcj02_there_and_back_is_the_same_point(lon: float, lat: float) -> None:
    point = np.array([[lon, lat]])
    assert np.abs(from_gcj02(to_gcj02(point)) - point).max() < 1e-7


def test_gcj02_moves_a_point_in_qingyuan_by_some_hundred_metres() -> None:
    lon, lat = (to_gcj02(np.array([[119.06, 27.62]])) - [119.06, 27.62])[0] * 111_000
    assert 100 < np.hypot(lon, lat) < 800


def test_gcj02_of_tiananmen_is_the_published_pair() -> None:
    # The pair that the open implementations of the offset carry in their own tests.
    assert to_gcj02(np.array([[116.3975, 39.9087]]))[0] == pytest.approx([116.40374, 39.91010], abs=2e-5)


def test_gcj02_leaves_points_outside_china_alone() -> None:
    point = np.array([[2.35, 48.85]])
    assert (from_gcj02(point) == point).all()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("4326", "EPSG:4326"),
        ("epsg:4490", "EPSG:4490"),
        ("urn:ogc:def:crs:EPSG::4549", "EPSG:4549"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"),
        ("gcj02", GCJ02),
        ("GCJ-02", GCJ02),
    ],
)
def test_names_of_coordinate_systems_are_understood(text: str, name: str) -> None:
    assert named(text) == name


@pytest.mark.parametrize("text", ["EPSG:3857", "EPSG:2414", "EPSG:4555", "BD-09", "", "WGS84 something"])
def test_other_coordinate_systems_are_refused_by_name(text: str) -> None:
    with pytest.raises(Unreadable):
        named(text)


@pytest.mark.parametrize("code", [4326, 4490, 4528, 4549])
def test_a_prj_as_esri_writes_it_is_understood(code: int) -> None:
    assert from_wkt(pyproj.CRS.from_epsg(code).to_wkt("WKT1_ESRI")) == f"EPSG:{code}"


@pytest.mark.parametrize("text", ["", "nonsense", pyproj.CRS.from_epsg(3857).to_wkt("WKT1_ESRI")])
def test_a_prj_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        from_wkt(text)
