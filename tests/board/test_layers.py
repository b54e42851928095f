"""The map's layers: whose they are, what they say, and what they cost."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry
from rest_framework.test import APIClient

from board.selectors.layers import LAYERS
from command import actions
from command.models import Assignment, Incident, Order
from org.models import Person

pytestmark = pytest.mark.django_db

TOWN, OTHER = "331126206", "331126200"


def layer(client: APIClient, name: str, **query: Any) -> dict[str, Any]:
    answer = client.get(f"/api/v1/map/{name}.geojson", query)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def by_id(collection: dict[str, Any]) -> dict[Any, dict[str, Any]]:
    return {feature["id"]: feature["properties"] for feature in collection["features"]}


def newest_events(client: APIClient) -> dict[int, int]:
    places = by_id(layer(client, "assignments")).values()
    return {item["id"]: item["seq"] for place in places for item in place["items"]}


def test_the_county_sees_all_units_and_a_township_its_own_and_the_bare_outline_above(
    api: Callable[..., APIClient], officer: Person, township: Person
) -> None:
    assert len(layer(api(officer), "units")["features"]) == 223
    seen = by_id(layer(api(township), "units"))
    assert {code for code, unit in seen.items() if unit["type"] == "unit"} == {
        code for code in seen if code.startswith(TOWN)
    }
    assert set(seen["331126"]) == {"type", "level", "approximate"}
    assert len(seen) > 5


def test_who_may_see_everything_is_drawn_everything(
    api: Callable[..., APIClient], admin: Person, officer: Person
) -> None:
    assert by_id(layer(api(admin), "units")) == by_id(layer(api(officer), "units"))


def test_neighbours_still_share_their_border_when_boundaries_are_thinned(
    api: Callable[..., APIClient], officer: Person
) -> None:
    features = layer(api(officer), "units", zoom=8)["features"]
    towns = [f for f in features if f["properties"].get("level") == "township"]
    shapes = [GEOSGeometry(json.dumps(f["geometry"])).buffer(0) for f in towns]
    whole, parts = shapes[0], 0.0
    for shape in shapes:
        parts += shape.area
        whole = whole.union(shape)
    assert abs(parts - whole.area) / whole.area < 0.002
    assert len(json.dumps(features)) < len(json.dumps(layer(api(officer), "units", zoom=16)["features"])) * 1.2


def test_a_box_cuts_the_layer(api: Callable[..., APIClient], officer: Person) -> None:
    some = layer(api(officer), "units", bbox="119.3,27.5,119.4,27.55")["features"]
    assert 0 < len(some) < 60


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "9,0,3,4"}, "bbox"),
        ({"bbox": "nan,0,3,4"}, "bbox"),
        ({"zoom": "close"}, "zoom"),
        ({"zoom": "99"}, "zoom"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-02-30T10:00:00+08:00"}, "at"),
        ({"at": "2026-02-03T10:00:00"}, "at"),
        ({"incident": "x"}, "incident"),
    ],
)
def test_what_cannot_be_read_is_refused_by_field(
    api: Callable[..., APIClient], officer: Person, query: dict[str, str], field: str
) -> None:
    answer = api(officer).get("/api/v1/map/assignments.geojson", query)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]


def test_nobody_gets_no_layer_and_an_unknown_one_is_not_there(api: Callable[..., APIClient], officer: Person) -> None:
    assert api().get("/api/v1/map/units.geojson").status_code == 401
    assert api(officer).get("/api/v1/map/people.geojson").status_code == 404


def test_answers_are_counted_by_unit_with_the_neediest_state_first(
    api: Callable[..., APIClient], officer: Person, order: Order, clock: Any
) -> None:
    rows = list(Assignment.objects.filter(order=order, unit__code="331126206200").order_by("pk"))
    actions.answer_for(rows[0].pk, by=officer, how="phone")
    place = by_id(layer(api(officer), "assignments"))["331126206200"]
    assert place["state"] == "called"
    assert place["counts"] == {"received": 1, "called": len(rows) - 1}
    assert place["ids"] == [row.pk for row in rows]
    assert place["waiting_since"] is not None
    clock.travel(minutes=6)
    assert by_id(layer(api(officer), "assignments"))["331126206200"]["state"] == "silent"


def test_each_assignment_carries_the_newest_event_that_told_of_it(
    api: Callable[..., APIClient], officer: Person, order: Order
) -> None:
    row = Assignment.objects.filter(order=order).first()
    before = newest_events(api(officer))
    actions.answer_for(row.pk, by=officer, how="phone")
    after = newest_events(api(officer))
    assert after[row.pk] > before[row.pk]
    assert {k: v for k, v in after.items() if k != row.pk} == {k: v for k, v in before.items() if k != row.pk}


def test_a_township_gets_answers_of_its_own_units_only(
    api: Callable[..., APIClient], township: Person, order: Order
) -> None:
    seen = by_id(layer(api(township), "assignments"))
    assert seen
    assert all(code.startswith(TOWN) for code in seen)


def test_choosing_an_incident_leaves_the_others_out_and_a_hidden_one_is_not_there(
    api: Callable[..., APIClient], officer: Person, township: Person, order: Order
) -> None:
    quiet = actions.open_incident(by=officer, title="x", category="accident", unit="331126", grade="IV")
    assert layer(api(officer), "assignments", incident=quiet.pk)["features"] == []
    assert layer(api(officer), "assignments", incident=order.incident_id)["features"] != []
    assert api(township).get("/api/v1/map/assignments.geojson", {"incident": quiet.pk}).status_code == 404


def test_incidents_stand_at_their_place_and_without_one_at_their_seat(
    api: Callable[..., APIClient], officer: Person, incident: Incident
) -> None:
    vague = actions.open_incident(by=officer, title="x", category="accident", unit=TOWN, grade="IV")
    collection = layer(api(officer), "incidents")
    places = {f["id"]: (f["geometry"]["coordinates"], f["properties"]["exact"]) for f in collection["features"]}
    assert places[incident.pk] == ([119.2, 27.6], True)
    assert places[vague.pk][1] is False
    near = {feature["id"] for feature in layer(api(officer), "incidents", bbox="119.19,27.59,119.21,27.61")["features"]}
    assert near == {incident.pk}


def test_a_township_sees_no_incident_of_another(
    api: Callable[..., APIClient], officer: Person, township: Person
) -> None:
    actions.open_incident(by=officer, title="x", category="accident", unit=OTHER, grade="IV")
    assert layer(api(township), "incidents")["features"] == []


def test_what_is_known_already_is_not_sent_again(api: Callable[..., APIClient], officer: Person) -> None:
    client = api(officer)
    first = client.get("/api/v1/map/units.geojson")
    again = client.get("/api/v1/map/units.geojson", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first["X-Sanji-Now"]


def test_a_layer_is_packed_for_who_takes_that(api: Callable[..., APIClient], officer: Person) -> None:
    packed = api(officer).get("/api/v1/map/units.geojson", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(packed.content)) > 4 * len(packed.content)
    assert len(packed.content) < 60_000


def test_layers_of_a_county_ten_times_as_large_cost_the_same_statements(
    api: Callable[..., APIClient],
    officer: Person,
    order: Order,
    grow: Callable[[Order], None],
    queries: Callable[[Callable[[], Any]], int],
) -> None:
    client = api(officer)

    def fetch() -> dict[str, int]:
        return {name: queries(partial(layer, client, name)) for name in LAYERS}

    fetch()
    small = fetch()
    grow(order)
    assert fetch() == small
    assert max(small.values()) <= 6
    assert len(layer(client, "units")["features"]) > 2000
