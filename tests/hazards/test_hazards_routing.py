"""Where a hazard lies, who gets it, and how it changes hands."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hazards import actions
from hazards.models import Hazard, Route
from hazards.rules.words import Kind
from hazards.selectors.routing import placed, routed
from hazards.selectors.tickets import units_of
from journal.models import Event
from notify.models import Message
from org.models import Person, Unit
from tests.support.hazards import COUNTY, NEIGHBOUR, TOWN, VILLAGE, WATER, fresh, holder, point_in
from web.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db


def box(west: float, south: float, east: float, north: float) -> MultiPolygon:
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


def redraw(code: str, shape: MultiPolygon | None) -> None:
    Unit.objects.filter(code=code).update(boundary=shape)


class TestPlace:
    def test_a_point_in_a_village_is_the_village_s(self, demo_county: Unit) -> None:
        assert placed(*point_in(VILLAGE), "other").unit.code == VILLAGE

    def test_in_no_village_it_is_the_township_s_and_in_none_the_county_s(self, demo_county: Unit) -> None:
        lon, lat = point_in(VILLAGE)
        Unit.objects.filter(level="village").update(boundary=None)
        assert placed(lon, lat, "cut_slope").unit.code == TOWN
        Unit.objects.filter(level="township").update(boundary=None)
        found = placed(lon, lat, "cut_slope")
        assert (found.unit.code, found.owner.code) == (COUNTY, COUNTY)

    def test_outside_the_county_is_refused_with_the_field(self, demo_county: Unit) -> None:
        with pytest.raises(Invalid) as refused:
            placed(116.4, 39.9, "other")
        assert "point" in refused.value.fields

    def test_a_county_without_a_boundary_takes_what_nobody_covers(self, demo_county: Unit) -> None:
        redraw(COUNTY, None)
        assert placed(116.4, 39.9, "cut_slope").unit.code == COUNTY

    def test_on_a_shared_border_the_smallest_code_takes_it(self, demo_county: Unit) -> None:
        lon, lat = point_in(VILLAGE)
        Unit.objects.filter(level="village").update(boundary=None)
        redraw("331126206217", box(lon - 0.02, lat - 0.01, lon, lat + 0.01))
        redraw("331126206216", box(lon, lat - 0.01, lon + 0.02, lat + 0.01))
        assert placed(lon - 0.001, lat, "other").unit.code == "331126206217"
        assert placed(lon + 0.001, lat, "other").unit.code == "331126206216"
        assert placed(lon, lat, "other").unit.code == "331126206216"

    def test_the_village_counts_before_a_township_with_a_smaller_code(self, demo_county: Unit) -> None:
        lon, lat = point_in(VILLAGE)
        redraw("331126001", box(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01))
        assert placed(lon, lat, "other").unit.code == VILLAGE

    def test_a_unit_out_of_use_takes_nothing(self, demo_county: Unit) -> None:
        Unit.objects.filter(code=VILLAGE).update(active=False)
        assert placed(*point_in(VILLAGE), "cut_slope").unit.code != VILLAGE


class TestRules:
    @pytest.mark.parametrize(
        ("kind", "owner"),
        [("geological_point", "331126D02"), ("flash_flood_gully", WATER), ("bridge_road", "331126D07"),
         ("cut_slope", TOWN), ("timber_houses", VILLAGE), ("gas", "331126D11"),
         ("chemicals", "331126D01"), ("other", VILLAGE)],
    )  # fmt: skip
    def test_by_default(self, kind: str, owner: str, demo_county: Unit) -> None:
        assert placed(*point_in(VILLAGE), kind).owner.code == owner

    def test_every_kind_finds_somebody(self, demo_county: Unit) -> None:
        village = Unit.objects.get(code=VILLAGE)
        assert all(routed(village, kind).pk for kind in Kind.values)

    def test_a_department_that_is_not_there_leaves_it_with_the_township(self, demo_county: Unit) -> None:
        Unit.objects.filter(code=WATER).update(active=False)
        assert placed(*point_in(VILLAGE), "flash_flood_gully").owner.code == TOWN

    def test_the_deepest_place_counts_before_the_kind_and_the_kind_before_all(self, demo_county: Unit) -> None:
        town = Unit.objects.get(code=TOWN)
        Route.objects.create(place=town, to="village", position=9)
        assert placed(*point_in(VILLAGE), "flash_flood_gully").owner.code == VILLAGE
        Route.objects.create(place=town, kind="flash_flood_gully", to="unit", unit=Unit.objects.get(code="331126D12"))
        assert placed(*point_in(VILLAGE), "flash_flood_gully").owner.code == "331126D12"
        assert placed(*point_in(NEIGHBOUR), "flash_flood_gully").owner.code == WATER

    def test_without_any_rule_it_stays_where_it_lies(self, demo_county: Unit) -> None:
        Route.objects.update(active=False)
        assert placed(*point_in(VILLAGE), "flash_flood_gully").owner.code == VILLAGE

    def test_one_statement_places_and_routes(self, demo_county: Unit) -> None:
        lon, lat = point_in(VILLAGE)
        with CaptureQueriesContext(connection) as asked:
            placed(lon, lat, "flash_flood_gully")
        assert len(asked) == 1


class TestChangingHands:
    def test_a_township_hands_up_to_a_department_and_tells_it(self, found: Any, township: Person) -> None:
        hazard = found()
        actions.reroute(hazard.pk, by=township, unit=WATER, grounds="涉及山塘")
        assert fresh(hazard).owner.code == WATER
        told = Message.objects.get(code="hazard.handed_over")
        assert told.person == holder(WATER, "department_head")
        assert fresh(hazard).next_due_at == hazard.next_due_at

    def test_not_to_a_neighbour(self, found: Any, township: Person) -> None:
        with pytest.raises(Invalid) as refused:
            actions.reroute(found().pk, by=township, unit=NEIGHBOUR, grounds="x")
        assert list(refused.value.fields) == ["unit"]

    def test_a_village_hands_nothing_over(self, found: Any, village: Person) -> None:
        with pytest.raises(Forbidden):
            actions.reroute(found().pk, by=village, unit=TOWN, grounds="x")

    def test_many_at_once_in_as_many_statements_as_few(self, found: Any, officer: Person) -> None:
        few, many = [found().pk for _ in range(2)], [found().pk for _ in range(12)]
        units_of(officer)  # what every request asks once
        counts = []
        for ids in (few, many):
            with CaptureQueriesContext(connection) as asked:
                assert actions.bulk_assign(ids, by=officer, unit=TOWN, grounds="集中整治") == len(ids)
            counts.append(len(asked))
        assert counts[0] == counts[1]
        assert counts[1] <= 12
        assert Event.objects.filter(verb="hazard.rerouted").count() == 14
        assert set(Hazard.objects.filter(pk__in=many).values_list("owner__code", flat=True)) == {TOWN}

    def test_all_or_none(self, found: Any, ticket: Any, officer: Person) -> None:
        open_one, handed_in = found(), ticket("submitted")
        with pytest.raises(Conflict):
            actions.bulk_assign([open_one.pk, handed_in.pk], by=officer, unit=TOWN, grounds="x")
        assert fresh(open_one).owner.code == VILLAGE
        with pytest.raises(Invalid):
            actions.bulk_assign([], by=officer, unit=TOWN, grounds="x")

    def test_those_that_had_this_owner_are_left_alone(self, found: Any, officer: Person) -> None:
        hazards = [found("cut_slope"), found()]
        assert actions.bulk_assign([h.pk for h in hazards], by=officer, unit=TOWN, grounds="x") == 1
