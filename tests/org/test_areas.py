"""Which townships and villages a shape covers (org/selectors/areas.py states the rule)."""

from __future__ import annotations

import pytest
from django.contrib.gis.geos import (
    GeometryCollection,
    GEOSGeometry,
    LineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
)

from org.models import Unit
from org.selectors.areas import covered

pytestmark = pytest.mark.django_db
COUNTY = "33.11.26"
JUSHUI = "331126206"


def codes(shape: GEOSGeometry | None, share_pct: int = 10, top: str = COUNTY) -> set[str]:
    found = covered(shape, top=top, share_pct=share_pct)
    assert [one.path for one in found] == sorted(one.path for one in found)
    return {one.code for one in found}


def box(west: float, south: float, east: float, north: float) -> Polygon:
    shape = Polygon.from_bbox((west, south, east, north))
    shape.srid = 4326
    return shape


@pytest.fixture
def row() -> list[str]:
    """Ten made-up villages side by side far from the county, each 0.1° wide, in a township without a boundary."""
    county = Unit.objects.get(code="331126")
    town = Unit.objects.create(code="331126990", path="33.11.26.990", level="township", parent=county, name="t")
    made = []
    for n in range(10):
        west = 130 + n / 10
        square = Polygon.from_bbox((west, 20, west + 0.1, 20.1))
        made.append(
            Unit.objects.create(
                code=f"33112699020{n}", path=f"{town.path}.20{n}", level="village", parent=town, name=str(n),
                boundary=MultiPolygon(square, srid=4326), seat=square.centroid,
            ).code
        )  # fmt: skip
    return ["331126990", *made]


def test_a_unit_s_own_boundary_covers_it_and_no_neighbour_that_shares_the_border():
    """The outlines of the divisions meet exactly: touching must never order a neighbour."""
    for code in (JUSHUI, "331126101", "331126206200"):
        unit = Unit.objects.get(code=code)
        under = Unit.objects.filter(path__startswith=unit.path + ".", level="village")
        inside = set(under.values_list("code", flat=True))
        above = {unit.parent.code} if unit.level == "village" else set()
        assert codes(unit.boundary) == {code} | inside | above


def test_a_sliver_of_a_neighbour_is_not_counted_and_a_real_part_is(row):
    town, first, second, *_rest = row
    assert codes(box(130, 20, 130.105, 20.1)) == {town, first}
    assert codes(box(130, 20, 130.111, 20.1)) == {town, first, second}
    assert codes(box(130, 20, 130.111, 20.1), share_pct=20) == {town, first}


def test_a_seat_inside_is_enough_however_little_else_is(row):
    town, first, *_rest = row
    assert codes(box(130.0499, 20.0499, 130.0501, 20.0501)) == {town, first}


def test_a_small_piece_names_the_unit_in_which_it_lies_also_beside_a_large_one(row):
    town, first, second, third, *_rest = row
    large, small = box(130, 20, 130.2, 20.1), box(130.21, 20.01, 130.212, 20.012)
    assert codes(small) == {town, third}
    assert codes(MultiPolygon(large, small, srid=4326)) == {town, first, second, third}


def test_a_point_is_in_one_village_also_on_the_border(row):
    town, first, _second, third, *_rest = row
    assert codes(Point(130.01, 20.01, srid=4326)) == {town, first}
    assert codes(Point(130.1, 20.01, srid=4326)) == {town, first}
    assert codes(MultiPoint(Point(130.01, 20.01), Point(130.21, 20.01), srid=4326)) == {town, first, third}
    assert codes(Point(10, 10, srid=4326)) == set()


def test_a_line_names_what_it_runs_through_and_not_what_it_grazes(row):
    town, *villages = row
    assert codes(LineString((129.9, 20.05), (131.1, 20.05), srid=4326)) == {town, *villages}
    assert codes(LineString((130.0, 20.05), (130.101, 20.05), srid=4326)) == {town, villages[0]}


def test_a_village_without_boundary_counts_by_its_seat_and_one_without_either_by_its_township(row):
    town, first, second, third, *_rest = row
    Unit.objects.filter(code=first).update(boundary=None)
    Unit.objects.filter(code=third).update(boundary=None, seat=None)
    assert codes(box(130, 20, 130.2, 20.1)) == {town, first, second}
    square = MultiPolygon(Polygon.from_bbox((130, 20, 131, 20.1)), srid=4326)
    Unit.objects.filter(code=town).update(boundary=square)
    assert codes(box(130, 20, 130.2, 20.1)) == {town, first, second, third}


def test_broken_boundaries_and_broken_shapes_are_mended_before_they_are_measured(row):
    town, first, second, *_rest = row
    bow = Polygon(((130, 20), (130.1, 20.1), (130.1, 20), (130, 20.1), (130, 20)))
    Unit.objects.filter(code=first).update(boundary=MultiPolygon(bow, srid=4326), seat=None)
    assert codes(box(129.99, 19.99, 130.1, 20.11)) == {town, first}
    drawn = Polygon(((130, 20), (130.2, 20.1), (130.2, 20), (130, 20.1), (130, 20)), srid=4326)
    assert codes(drawn) == {town, first, second}


def test_departments_the_county_what_is_out_of_use_and_other_counties_never_count():
    whole = Unit.objects.get(code="331126").boundary
    Unit.objects.filter(code="331126206200").update(active=False)
    found = codes(whole)
    levels = set(Unit.objects.filter(code__in=found).values_list("level", flat=True))
    assert levels == {"township", "village"}
    assert "331126206200" not in found
    assert codes(whole, top="33.11.2") == codes(whole, top="33.11.25") == set()


def test_nothing_drawn_covers_nothing():
    assert codes(None) == codes(Polygon(srid=4326)) == codes(MultiPolygon(srid=4326)) == set()


def test_the_whole_county_is_one_statement(django_assert_num_queries):
    shape = Unit.objects.get(code="331126").boundary
    with django_assert_num_queries(1):
        assert len(covered(shape, top=COUNTY, share_pct=10)) > 200


def test_the_share_is_a_number_with_a_source_that_a_county_may_change():
    from norms.models import Number
    from norms.selectors.numbers import number

    assert number("area_share_pct") == 10
    assert Number.objects.get(code="area_share_pct").source


def test_shapes_laid_over_one_another_are_measured_once(row):
    """Two copies of a twentieth of a unit are a twentieth of it."""
    town, first, *_rest = row
    grazing = box(130, 20, 130.105, 20.1)
    assert codes(GeometryCollection(grazing, grazing, srid=4326)) == {town, first}
