"""Polygons and circles of CAP become shapes with longitude first."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from early_warning.platforms.cap.shapes import EARTH, circle, polygon


def test_a_polygon_turns_latitude_first_into_longitude_first():
    assert polygon("27,119 27,120 28,120 28,119 27,119").bounds == (119, 27, 120, 28)


@pytest.mark.parametrize(
    "wrong",
    [
        "27,119 27,120 27,119",
        "27,119 27,120 28,120 28,119",
        "27,119 27,120 28 28,119 27,119",
        "91,0 27,120 28,120 91,0",
        "27,181 27,120 28,120 27,181",
        "27,119 27,119 27,119 27,119",
        "27,119 27,120 27,121 27,119",
        "nan,1 2,2 3,3 nan,1",
        "1e1,1 2,2 3,3 1e1,1",
        "1_0,1 2,2 3,3 1_0,1",
        "٣,1 2,2 3,3 ٣,1",
        "27，119 27，120 28，120 27，119",
    ],
)
def test_an_outline_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError):
        polygon(wrong)


def test_a_crossing_outline_is_repaired_and_not_refused():
    bow = polygon("0,0 1,1 1,0 0,1 0,0")
    assert bow.is_valid
    assert bow.area == pytest.approx(0.5)


def test_a_circle_is_round_on_the_earth():
    shape = circle("27.62,119.06 30")
    distances = [EARTH.inv(119.06, 27.62, lon, lat)[2] for lon, lat in shape.geoms[0].exterior.coords]
    assert min(distances) == pytest.approx(30_000, abs=1)
    assert max(distances) == pytest.approx(30_000, abs=1)


def test_a_circle_of_radius_nought_marks_a_place():
    shape = circle("32.9525,-115.5527 0")
    assert shape.contains(Point(-115.5527, 32.9525))
    assert shape.bounds[2] - shape.bounds[0] < 0.003


@pytest.mark.parametrize(
    "wrong", ["27,119", "27,119 -1", "27,119 x", "27 119 5", "27,119 30000", "27,119 5 6", "95,0 1"]
)
def test_a_circle_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError):
        circle(wrong)


def test_shapes_over_the_date_line_are_cut_in_two():
    assert polygon("10,179 10,-179 11,-179 11,179 10,179").bounds == (-180, 10, 180, 11)
    round_one = circle("0,179.9 50")
    assert round_one.contains(Point(-179.9, 0))
    assert not round_one.contains(Point(0, 0))


def test_a_circle_over_a_pole_covers_the_pole():
    assert circle("89.9,0 100").covers(Point(120, 90))


@given(
    st.floats(-90, 90).map(lambda x: round(x, 4)),
    st.floats(-180, 180).map(lambda x: round(x, 4)),
    st.floats(0, 20037).map(lambda x: round(x, 3)),
)
@settings(max_examples=200, deadline=None)
def test_every_circle_on_earth_is_a_valid_shape_around_its_centre(lat, lon, radius):
    shape = circle(f"{lat:f},{lon:f} {radius:f}")
    assert shape.is_valid
    assert shape.area > 0
    west, south, east, north = shape.bounds
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90
    assert shape.buffer(1e-6).covers(Point(lon, lat))
