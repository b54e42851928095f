"""Which townships and villages a warning is for (early_warning/actions/naming.py states the rule)."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.utils.translation import override

from command.models import Proposal
from early_warning.actions import receive
from early_warning.selectors.warnings import map_features
from journal import timers
from journal.actions.relays import run_pending
from journal.models import Event
from journal.rules.world import World
from journal.sentences import say
from notify.models import Message
from org.models import Unit
from tests.early_warning.messages import area, at, box, info, message

JUSHUI = "331126206"


def named(feed, *areas: str, identifier: str = "n") -> dict[str, str]:
    """Code → how, of the units named by a message with these areas."""
    warning = receive(message(identifier=identifier, infos=info(area="".join(areas))), by=feed).warning
    found = dict(warning.named_units.values_list("unit__code", "how"))
    assert warning.unit_count == len(found)
    return found


def under(code: str) -> set[str]:
    return set(
        Unit.objects.filter(code__startswith=code, level__in=["township", "village"]).values_list("code", flat=True)
    )


@pytest.mark.parametrize("code", ["331126206", "331126206000", " 331126206000 "])
def test_a_township_code_of_nine_or_twelve_digits_names_it_and_its_villages(feed, code):
    assert named(feed, area(codes=(code,))) == dict.fromkeys(under(JUSHUI), "geocode")


def test_a_village_code_names_the_village_and_its_township(feed):
    assert set(named(feed, area(codes=("331126206200",)))) == {"331126206200", JUSHUI}


@pytest.mark.parametrize("code", ["331126", "331126000000", "331100", "330000", "330000000000"])
def test_the_code_of_the_county_or_of_what_lies_above_names_everything(feed, code):
    assert set(named(feed, area(codes=(code,)))) == under("331126")


def test_departments_and_the_county_itself_are_not_named(feed):
    levels = Unit.objects.filter(code__in=named(feed, area(codes=("331126",)))).values_list("level", flat=True)
    assert set(levels) == {"township", "village"}


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("SAME", "331126", "foreign_code"),
        ("邮政编码", "323800", "postcode"),
        ("postcode", "331126", "postcode"),
        ("行政区划", "990000", "unread_code"),
    ],
)
def test_a_code_that_is_no_division_is_told_and_the_county_counts(feed, name, value, code):
    received = receive(message(infos=info(area=area(codes=(value,), name=name))), by=feed)
    assert [note["code"] for note in received.raw.notes] == [code, "area_unread"]
    assert set(received.warning.named_units.values_list("how", flat=True)) == {"county"}
    assert received.warning.unit_count == len(under("331126"))
    assert received.warning.area is None


def test_only_a_message_without_an_area_falls_back_on_the_county(feed):
    received = receive(message(infos=info(area="")), by=feed)
    assert [note["code"] for note in received.raw.notes] == ["no_area"]
    assert (received.warning.status, received.warning.unit_count) == ("active", len(under("331126")))


@pytest.mark.parametrize(
    ("value", "names", "told"),
    [
        ("331126206999", JUSHUI, "331126206999 → 331126206"),
        ("331126999", "331126", "331126999 → 331126"),
        ("331126999001", "331126", "331126999001 → 331126"),
    ],
)
def test_a_code_that_the_register_does_not_have_falls_to_the_nearest_above_and_says_so(feed, value, names, told):
    received = receive(message(infos=info(area=area(codes=(value,)))), by=feed)
    assert set(received.warning.named_units.values_list("unit__code", flat=True)) == under(names)
    assert received.raw.notes == [{"code": "unknown_division", "value": told}]


def test_a_merged_village_falls_to_its_township(feed):
    Unit.objects.filter(code="331126206200").update(active=False)
    received = receive(message(infos=info(area=area(codes=("331126206200",)))), by=feed)
    assert JUSHUI in received.warning.named_units.values_list("unit__code", flat=True)
    assert received.raw.notes[0]["value"] == "331126206200 → 331126206"


@pytest.mark.parametrize("between", [",", "，", "、", ";", "；", " ", "\n", " , "])
def test_several_codes_in_one_value_are_several(feed, between):
    value = f"331126206{between}331126102"
    assert set(named(feed, area(codes=(value,)))) == under(JUSHUI) | under("331126102")


@pytest.mark.parametrize("value", ["3311262060000000000", "331126206000000", "３３１１２６２０６"])
def test_survey_codes_and_wide_digits_are_read(feed, value):
    assert set(named(feed, area(codes=(value,)))) == under(JUSHUI)


@pytest.mark.parametrize("value", ["33", "3311"])
def test_two_and_four_digits_are_province_and_city_where_the_name_says_divisions(feed, value):
    assert set(named(feed, area(codes=(value,), name="行政区划"))) == under("331126")


@pytest.mark.parametrize("elsewhere", [area(codes=("330100",)), area(polygon=box(100, 30, 101, 31)),
                                       area(circle="30,100 5"), area(codes=("360000,350000",))])  # fmt: skip
def test_an_area_elsewhere_is_kept_and_quiet(feed, elsewhere, officer):
    received = receive(message(infos=info(area=elsewhere)), by=feed)
    assert (received.warning.status, received.warning.unit_count) == ("elsewhere", 0)
    assert [note["code"] for note in received.raw.notes] == ["no_units"]
    assert not Message.objects.exists()
    run_pending()
    assert not Proposal.objects.exists()
    assert json.loads(map_features(officer))["features"] == []


def test_what_has_no_card_says_its_number_when_it_expires(feed, clock):
    expires = at(clock.now() + dt.timedelta(hours=2))
    body = message(infos=info(extra=f"<expires>{expires}</expires>", area=area(codes=("330100",))))
    ref = receive(body, by=feed).warning.ref
    clock.travel(hours=2)
    timers.fire_due()
    event = Event.objects.get(verb="warning.expired")
    with override("en"):
        said = say(event.verb, event.by_name, event.data, event.card)
    assert said.startswith(f"The warning {ref} expired: the system, by rule")
    assert event.card is None


def test_a_register_without_boundaries_cannot_say_that_an_area_lies_elsewhere(feed):
    Unit.objects.filter(path__startswith="33.11.26").update(boundary=None, seat=None)
    received = receive(message(infos=info(area=area(polygon=box(119, 27.5, 119.1, 27.6)))), by=feed)
    assert (received.warning.status, received.warning.unit_count) == ("active", len(under("331126")))


def test_a_drawn_box_names_whose_seat_lies_in_it(feed):
    seat = Unit.objects.get(code="331126206200").seat
    found = named(feed, area(polygon=box(seat.x - 0.0005, seat.y - 0.0005, seat.x + 0.0005, seat.y + 0.0005)))
    assert found["331126206200"] == found[JUSHUI] == "area"
    assert len(found) < 6


def test_a_small_circle_on_a_hillside_names_the_village_there(feed):
    village = Unit.objects.get(code="331126206200")
    inside = village.boundary.buffer(-0.0025)
    far = max((Point(xy) for part in ([inside] if inside.num_geom == 1 else inside) for xy in part[0]),
              key=village.seat.distance)  # fmt: skip
    assert far.distance(village.seat) > 0.003, "the circle must not reach the seat, or the seat would name it"
    assert "331126206200" in named(feed, area(circle=f"{far.y},{far.x} 0.2"))


def test_a_neighbour_that_the_outline_merely_grazes_is_not_named(feed):
    """Two made-up villages side by side; the box covers one and a twentieth of the other, without its seat."""
    town = Unit.objects.get(code=JUSHUI)
    for n, west in ((1, 130.0), (2, 130.1)):
        square = Polygon.from_bbox((west, 20, west + 0.1, 20.1))
        Unit.objects.create(
            code=f"33112620690{n}", path=f"{town.path}.90{n}", level="village", parent=town, name=str(n),
            boundary=MultiPolygon(square, srid=4326), seat=square.centroid,
        )  # fmt: skip
    assert set(named(feed, area(polygon=box(130, 20, 130.105, 20.1)), identifier="a")) == {"331126206901", JUSHUI}
    grown = named(feed, area(polygon=box(130, 20, 130.111, 20.1)), identifier="b")
    assert set(grown) == {"331126206901", "331126206902", JUSHUI}


def test_a_broken_boundary_in_the_register_does_not_lose_a_warning(feed):
    bow = Polygon(((119.2, 27.5), (119.25, 27.55), (119.25, 27.5), (119.2, 27.55), (119.2, 27.5)))
    Unit.objects.filter(code="331126206200").update(boundary=MultiPolygon(bow, srid=4326))
    assert "331126206200" in named(feed, area(polygon=box(119.19, 27.49, 119.26, 27.56)))


def test_codes_and_shapes_add_up(feed):
    seat = Unit.objects.get(code="331126101").seat
    found = named(feed, area(codes=("331126206200",)), area(circle=f"{seat.y},{seat.x} 0.1"))
    assert {"331126206200", JUSHUI, "331126101"} <= set(found)
    assert (found["331126206200"], found["331126101"]) == ("geocode", "area")


@pytest.mark.parametrize(
    ("areas", "source"),
    [
        (area(polygon=box(119.2, 27.5, 119.25, 27.55)), "message"),
        (area(codes=(JUSHUI,)), "units"),
        (area(polygon=box(119.2, 27.5, 119.25, 27.55), codes=(JUSHUI,)), "message"),
        (area(polygon=box(119.0, 27.6, 119.05, 27.65)) + area(codes=(JUSHUI,)), "both"),
        ("<area><areaDesc>somewhere</areaDesc></area>", ""),
        ("", ""),
    ],
)
def test_the_area_says_where_its_outline_comes_from(feed, areas, source):
    warning = receive(message(infos=info(area=areas)), by=feed).warning
    assert (warning.area_source, warning.area is not None) == (source, bool(source))


def test_the_map_gets_what_is_in_force_inside_the_view(feed, officer):
    warning = receive(message(infos=info(area=area(polygon=box(119.0, 27.6, 119.05, 27.65)))), by=feed).warning
    (feature,) = json.loads(map_features(officer, bbox=(118.9, 27.5, 119.2, 27.8)))["features"]
    assert feature["properties"]["ref"] == warning.ref
    assert feature["geometry"]["type"] in ("Polygon", "MultiPolygon")
    assert json.loads(map_features(officer, bbox=(100, 20, 101, 21)))["features"] == []
    before, after = warning.received_at.replace(year=2000), warning.received_at
    assert json.loads(map_features(officer, world=World(at=before)))["features"] == []
    assert len(json.loads(map_features(officer, world=World(at=after)))["features"]) == 1
