"""Repair of self-crossing shapes is decided by their crossings, before the expensive step."""

import numpy as np
import pytest
import shapely
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from org.rules import geometry
from org.rules.geometry import HULL, MENDED, MOST_CROSSINGS, bounded_valid, count_crossings


def scrambled(points: int) -> Polygon:
    """A ring that crosses itself about points²/6 times."""
    return Polygon([(119 + ((104729 * i) % 10000) / 10000, 27.5 + ((7919 * i) % 10000) / 10000) for i in range(points)])


def comb(teeth: int) -> Polygon:
    """Valid, but the boxes of all its slanting teeth overlap."""
    pairs = []
    for number in range(teeth):
        shift = number * 1e-5
        ends = [(119 + shift, 27.5 - shift), (119.9 + shift, 28.4 - shift)]
        pairs += ends if number % 2 == 0 else ends[::-1]
    return Polygon([*pairs, (121 + teeth * 1e-5, 27.4 - teeth * 1e-5), (118, 26)])


@pytest.fixture
def repairs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The points of each shape that was given to `make_valid`."""
    given: list[int] = []
    real = shapely.make_valid
    monkeypatch.setattr(shapely, "make_valid", lambda s: (given.append(shapely.get_num_coordinates(s)), real(s))[1])
    return given


def test_a_valid_shape_is_left_as_it_is(repairs: list[int]) -> None:
    shape = MultiPolygon([box(119, 27, 120, 28), box(121, 27, 122, 28)])
    assert bounded_valid(shape) == (shape, "")
    assert not repairs


def test_a_bow_tie_is_mended_into_its_two_triangles(repairs: list[int]) -> None:
    made, note = bounded_valid(Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    assert note == MENDED
    assert (made.is_valid, made.area, len(made.geoms)) == (True, pytest.approx(2), 2)


@pytest.mark.parametrize("points", [200, 500, 9_000, 60_000])
def test_a_ring_that_crosses_itself_without_end_becomes_its_hull_and_is_never_repaired(
    points: int, repairs: list[int]
) -> None:
    shape = scrambled(points)
    made, note = bounded_valid(shape)
    assert note == HULL
    assert made.is_valid
    assert made.equals(shape.convex_hull)
    assert not repairs


def test_segments_that_lie_too_closely_to_be_compared_become_a_hull(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geometry, "MOST_CANDIDATES", 10_000)
    assert bounded_valid(comb(2_000))[1] == HULL


def test_a_long_valid_border_is_no_suspect() -> None:
    angles = np.linspace(0, 2 * np.pi, 40_000, endpoint=False)
    shape = Polygon(np.stack([119 + np.cos(angles), 27 + np.sin(angles)], axis=1))
    assert bounded_valid(shape) == (shape, "")


def test_crossings_are_counted_and_neighbours_are_none() -> None:
    assert count_crossings(box(0, 0, 1, 1)) == 0
    assert count_crossings(Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])) == 1
    assert count_crossings(MultiPolygon([box(0, 0, 2, 2), box(1, 1, 3, 3)])) == 2
    assert count_crossings(scrambled(9_000)) == MOST_CROSSINGS + 1


@pytest.mark.parametrize(
    "shape",
    [
        Polygon(),
        Point(1, 1),
        LineString([(0, 0), (1, 1)]),
        Polygon([(0, 0), (0, 0), (0, 0)]),
        Polygon([(0, 0), (1, 1), (0, 0)]),
        GeometryCollection([Point(0, 0), Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])]),
        Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (5, 1), (5, 2), (1, 2)]]),
    ],
    ids=["empty", "point", "line", "one place", "there and back", "collection", "hole outside"],
)
def test_whatever_comes_ends_as_a_valid_shape(shape: object) -> None:
    assert bounded_valid(shape)[0].is_valid
