"""The affected area of an incident: the same units for the picker, the previews, the response and what is ordered."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from command import actions
from command.models import Assignment, Incident
from command.selectors.areas import affected, compact, expanded
from command.selectors.levelling import area_of
from org.models import Unit
from org.rules.codes import ALONE
from org.selectors.register import subtree
from tests.support.levels import action, plan_of
from tests.support.pages import JUSHUI, LINGTOU, flood

pytestmark = pytest.mark.django_db

COUNTY = "331126"
HEADS = ["township_head", "village_head"]


def patrol_plan() -> Any:
    """Asks something of every township and every village of the area, and of nobody else."""
    village = {"unit_kind": "village", "post": "village_head"}
    return plan_of(action("town", post="township_head"), action("village", **village))


def drawn(seed: int, pieces: int) -> MultiPolygon:
    """Stars of any size inside the county's box, slivers and overlapping ones among them."""
    dice = random.Random(seed)
    west, south, east, north = Unit.objects.get(code=COUNTY).boundary.extent
    found = []
    for _ in range(pieces):
        x, y = dice.uniform(west, east), dice.uniform(south, north)
        size, squeezed = 10 ** dice.uniform(-3, -0.7), dice.choice([1, 1, 0.05])
        angles = sorted(dice.uniform(0, 2 * math.pi) for _ in range(dice.randint(3, 12)))
        ring = [(x + size * dice.uniform(0.3, 1) * math.cos(a), y + squeezed * size * math.sin(a)) for a in angles]
        found.append(Polygon([*ring, ring[0]], srid=4326))
    return MultiPolygon(*found, srid=4326)


def picked(browse: Any, person: Any, incident: Incident) -> set[str]:
    return set(browse(person).get(f"/incidents/{incident.pk}/units/").json()["units"])


def codes_of(rows: Any) -> set[str]:
    return {row.unit.code for row in rows}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), pieces=st.integers(1, 4))
def test_picker_preview_response_and_assignments_are_the_same_units_whatever_is_drawn(
    officer, leader, browse, seed, pieces
):
    with transaction.atomic():
        incident = flood(officer, area=drawn(seed, pieces))
        units = picked(browse, officer, incident)
        form = {"text": "巡查", "units": sorted(units), "posts": HEADS, "ladder": "red"}
        draft = browse(officer).post("/orders/preview/", {**form, "incident": incident.pk}).context["draft"]
        order = actions.issue_order(by=officer, incident_id=incident.pk, **form)
        version = patrol_plan()
        ahead = actions.preview_level(incident.pk, by=leader, version_id=version.pk, level="III")
        response = actions.start_level(incident.pk, by=leader, version_id=version.pk, level="III", grounds="雨")
        asked = Assignment.objects.filter(order__response=response).select_related("unit")
        assert codes_of(draft.lines) == codes_of(order.lines) == units
        assert codes_of(ahead.new) == codes_of(asked) == units
        assert set(expanded(response.area)) == {unit.path for unit in Unit.objects.filter(code__in=units)}
        transaction.set_rollback(True)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), share=st.floats(0, 1))
def test_the_short_form_means_exactly_the_units_that_it_was_made_of(db, seed, share):
    """Also a township without its villages, and villages whose township was not named (it goes with them)."""
    dice = random.Random(seed)
    county = Unit.objects.get(code=COUNTY)
    every = Unit.objects.filter(path__startswith=county.path + ".", level__in=["township", "village"])
    paths = {path for path in every.values_list("path", flat=True) if dice.random() < share}
    towns = {path.rpartition(".")[0] for path in paths if path.count(".") == 4}
    assert set(expanded(compact(paths, county))) == (paths | towns if paths else set())


def test_a_township_named_without_its_villages_is_ordered_alone(officer, leader):
    town = Unit.objects.get(code=JUSHUI)
    codes = compact([town.path], Unit.objects.get(code=COUNTY))
    assert codes == [ALONE + JUSHUI]
    incident, version = flood(officer), patrol_plan()
    ahead = actions.preview_level(incident.pk, by=leader, version_id=version.pk, level="III", area=codes)
    assert codes_of(ahead.new) == {JUSHUI}


def test_everything_is_the_county_and_all_villages_are_the_township():
    county = Unit.objects.get(code=COUNTY)
    every = Unit.objects.filter(level__in=["township", "village"]).values_list("path", flat=True)
    assert compact(every, county) == [COUNTY]
    jushui = subtree("33.11.26.206").values_list("path", flat=True)
    assert compact(jushui, county) == [JUSHUI]
    assert compact(list(jushui)[:3], county) == [path.replace(".", "") for path in list(jushui)[1:3]]


def test_a_neighbour_whose_border_is_touched_is_offered_nowhere(officer, browse):
    incident = flood(officer, area=Unit.objects.get(code=JUSHUI).boundary)
    inside = set(subtree("33.11.26.206").values_list("code", flat=True))
    assert picked(browse, officer, incident) == inside
    assert area_of(incident) == [JUSHUI]


def test_a_point_alone_is_the_village_around_it_with_its_township(officer, browse):
    village = Unit.objects.get(code="331126206200")
    incident = flood(officer, point=village.boundary.point_on_surface)
    assert picked(browse, officer, incident) == {village.code, JUSHUI}
    assert area_of(incident) == [village.code]


@pytest.mark.parametrize("more", [{}, {"point": Point(100, 20, srid=4326)}])
def test_without_an_area_it_is_the_whole_county_and_the_page_says_so(officer, browse, more):
    incident = flood(officer, **more)
    assert len(picked(browse, officer, incident)) == Unit.objects.filter(level__in=["township", "village"]).count()
    assert area_of(incident) == [COUNTY]
    assert "The whole of Qingyuan County" in browse(officer).get(f"/incidents/{incident.pk}/").content.decode()
    chinese = browse(officer, language="zh-hans").get(f"/incidents/{incident.pk}/").content.decode()
    assert "庆元县全域" in chinese


def test_an_incident_of_a_township_stays_inside_it(officer, browse):
    incident = flood(officer, unit=LINGTOU, area=Unit.objects.get(code=COUNTY).boundary)
    assert all(code.startswith(LINGTOU) for code in picked(browse, officer, incident))
    assert area_of(incident) == [LINGTOU]


def test_the_picker_offers_only_what_one_may_order(officer, township, browse):
    incident = flood(officer, area=Unit.objects.get(code=COUNTY).boundary)
    actions.issue_order(by=officer, incident_id=incident.pk, text="查", units=[JUSHUI], ladder="red")
    assert {code[:9] for code in picked(browse, township, incident)} == {JUSHUI}


def test_the_incident_s_page_names_the_townships_with_their_villages(officer, browse):
    incident = flood(officer, area=Unit.objects.get(code=JUSHUI).boundary)
    page = browse(officer).get(f"/incidents/{incident.pk}/")
    (place,) = page.context["affected_places"].rows
    assert (place.unit.code, place.head) == (JUSHUI, True)
    assert len(place.villages) == Unit.objects.filter(parent__code=JUSHUI, level="village").count()
    assert "Jushui" in page.content.decode()


def test_the_affected_area_is_read_in_a_fixed_number_of_statements(officer, django_assert_max_num_queries):
    incident = flood(officer, area=Unit.objects.get(code=COUNTY).boundary)
    with django_assert_max_num_queries(4):
        assert affected(incident).codes == [COUNTY]


def test_hand_picked_townships_join_the_affected_area_or_take_its_place(officer, leader, browse):
    incident = flood(officer, area=Unit.objects.get(code=JUSHUI).boundary)
    version = patrol_plan()
    form = {"version": version.pk, "level": "III", "grounds": "雨", "expected": ""}
    browse(leader).post(f"/incidents/{incident.pk}/response/", {**form, "area": ["affected", LINGTOU]})
    response = incident.responses.get()
    assert response.area == [JUSHUI, LINGTOU]
    more = {"response": response.pk, "expected": "III", "area": [LINGTOU]}
    browse(leader).post(f"/incidents/{incident.pk}/response/", {**form, **more})
    response.refresh_from_db()
    assert response.area == [LINGTOU]
