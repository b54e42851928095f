"""Each part of a message has its own severity, colour, area, beginning and end: on map, page, hazards and proposals."""

from __future__ import annotations

import json

import pytest

from command.models import Order, Proposal
from database.clock import now
from early_warning.actions import receive, turn_into_incident
from early_warning.models import Warning
from early_warning.selectors.hazard_watch import inside
from early_warning.selectors.warnings import map_features
from early_warning.subscribers import signal_of
from hazards.models import Hazard
from journal import timers
from journal.actions.relays import run_pending
from journal.models import Event
from journal.rules.world import World
from notify.models import Message
from org.models import Unit
from plans.models import Version
from tests.early_warning.chains import JUSHUI, ZHUKOU, Series, block, cases, moment, state
from tests.early_warning.messages import area, box, info
from tests.early_warning.test_proposals import TRIGGERS
from tests.hazards import conftest as hazards
from tests.support.levels import action, plan_of

found = hazards.found


@pytest.fixture
def series(feed) -> Series:
    return Series(feed)


@pytest.fixture
def version(db: None) -> Version:
    return plan_of(action("patrol"), triggers=TRIGGERS)


@pytest.fixture
def two(feed) -> Warning:
    """Jushui red until +2 h, Zhukou blue until +12 h."""
    (body,) = cases("multi_parts")
    warning = receive(body, by=feed).warning
    assert warning is not None
    return warning


def again(warning: Warning) -> Warning:
    return Warning.objects.select_related("unit", "raw").get(pk=warning.pk)


def codes(part) -> set[str]:
    return set(part.named_units.values_list("unit__code", flat=True))


def features(person, **more):
    return json.loads(map_features(person, **more))["features"]


def test_two_areas_have_two_colours_two_ends_and_their_own_units(two):
    red, blue = two.parts.order_by("number")
    assert (red.colour, blue.colour) == ("red", "blue")
    assert all(code.startswith(JUSHUI) for code in codes(red))
    assert all(code.startswith(ZHUKOU) for code in codes(blue))
    assert blue.expires - red.expires == (blue.expires - two.raw.sent) * 10 / 12
    assert (two.colour, two.expires) == ("red", blue.expires)
    assert two.unit_count == red.unit_count + blue.unit_count


def test_the_map_draws_one_feature_a_part_each_in_its_colour_the_gravest_last(two, officer, browse):
    drawn = features(officer)
    assert [f["properties"]["colour"] for f in drawn] == ["blue", "red"]
    assert len({json.dumps(f["geometry"]) for f in drawn}) == len({f["id"] for f in drawn}) == 2
    assert {f["properties"]["expires"] for f in drawn} == {f["properties"]["expires"] for f in drawn}
    assert {f["properties"]["id"] for f in drawn} == {two.pk}
    outline = json.loads(browse(officer).get(f"/warnings/{two.pk}/area.geojson").content)["features"]
    assert [f["properties"]["colour"] for f in outline if f["properties"]["kind"] == "warning"] == ["blue", "red"]


def test_a_part_is_over_at_its_own_end_and_the_warning_with_its_last(two, officer, clock, version):
    before = now()
    run_pending()
    assert Proposal.objects.get(status="open").level == "red"
    clock.travel(hours=3)
    timers.fire_due()
    run_pending()
    warning = again(two)
    assert (warning.status, warning.colour) == ("active", "blue")
    assert [part.state for part in warning.parts.order_by("number")] == ["over", "in_force"]
    assert [f["properties"]["colour"] for f in features(officer)] == ["blue"]
    assert [f["properties"]["colour"] for f in features(officer, world=World(at=before))] == ["blue", "red"]
    event = Event.objects.get(verb="warning.part_over")
    assert event.card["colour"] == "blue"
    assert [p["state"] for p in event.card["parts"]] == ["over", "in_force"]
    assert [p.level for p in Proposal.objects.filter(status="open")] == ["blue"]
    clock.travel(hours=10)
    timers.fire_due()
    assert state(two) == "expired"
    assert features(officer) == []


def test_proposals_ask_for_the_gravest_level_for_its_own_units_only(two, version):
    run_pending()
    proposal = Proposal.objects.get(status="open")
    assert (proposal.level, proposal.area) == ("red", [JUSHUI])
    signal = signal_of(two)
    assert (signal.facts["colour"], list(signal.area)) == ("red", [JUSHUI])


def test_hazards_are_looked_at_again_under_the_red_part_and_not_under_the_blue_one(feed, found):
    red_one = found()
    village = Unit.objects.filter(code__startswith=ZHUKOU, level="village").first()
    blue_one = found(code=village.code)
    (body,) = cases("multi_parts")
    warning = receive(body, by=feed).warning
    run_pending()
    told = set(Event.objects.filter(verb="hazard.reinspection_ordered").values_list("subject", flat=True))
    assert told == {f"hazard:{red_one.pk}"}
    assert list(inside(warning)) == [red_one]
    assert blue_one.ref not in Order.objects.get().text


def test_a_hazard_inside_the_drawn_area_of_a_red_part_counts_wherever_its_unit_lies(feed, found, series):
    hazard = found()
    near = area(polygon=box(hazard.point.x - 0.001, hazard.point.y - 0.001, hazard.point.x + 0.001,
                            hazard.point.y + 0.001))  # fmt: skip
    other = Unit.objects.filter(code__startswith=ZHUKOU, level="village").first()
    Hazard.objects.filter(pk=hazard.pk).update(unit=other)
    drawn = series.alert("a", block("red", where=near))
    assert list(inside(drawn)) == [hazard]
    blue = series.alert("b", block("blue", where=near))
    assert list(inside(blue)) == []


def test_a_part_to_come_begins_by_timer_and_proposes_then(series, version, clock, found, officer):
    hazard = found()
    warning = series.alert("a", block("red", effective=moment(60), expires=moment(600)))
    run_pending()
    assert Message.objects.filter(code="warning.received", person=officer).count() == 1, "told at once"
    assert (again(warning).colour, signal_of(warning)) == ("red", None)
    assert not Proposal.objects.exists()
    assert not Order.objects.exists()
    assert [f["properties"]["state"] for f in features(officer)] == ["coming"]
    clock.travel(minutes=61)
    timers.fire_due()
    run_pending()
    assert [f["properties"]["state"] for f in features(officer)] == ["in_force"]
    assert Proposal.objects.get(status="open").level == "red"
    assert hazard.ref in Order.objects.get().text
    assert Event.objects.filter(verb="warning.part_began").count() == 1


def test_the_colour_of_a_warning_is_that_of_what_is_in_force(series, clock):
    infos = block("yellow", expires=moment(300)) + block("red", effective=moment(60), expires=moment(120))
    warning = series.alert("a", infos)
    assert warning.colour == "yellow"
    for minutes, colour in ((61, "red"), (60, "yellow")):
        clock.travel(minutes=minutes)
        timers.fire_due()
        assert again(warning).colour == colour


def test_the_same_said_in_two_languages_is_one_part(series):
    chinese = block("red")
    english = block("red", language="en", headline="Red rainstorm warning", event="Rainstorm")
    assert series.alert("a", chinese + english).parts.count() == 1
    assert series.alert("b", chinese + block("red", (ZHUKOU,))).parts.count() == 2
    both = chinese + block("yellow", (ZHUKOU,)) + english
    both += block("yellow", (ZHUKOU,), language="en", headline="Yellow rainstorm warning")
    assert [part.blocks for part in series.alert("c", both).parts.order_by("number")] == [[0, 2], [1, 3]]


def test_a_unit_in_two_parts_takes_the_graver(series):
    warning = series.alert("a", block("yellow") + block("red"))
    assert warning.unit_count == warning.parts.first().unit_count
    assert signal_of(warning).facts["colour"] == "red"


def test_a_part_elsewhere_is_kept_quiet_beside_one_that_is_ours(series, officer):
    infos = block("red", where=area(codes=("330100",))) + block("blue")
    warning = series.alert("a", infos)
    assert (warning.status, again(warning).colour) == ("active", "blue")
    assert signal_of(warning).facts["colour"] == "blue"
    assert [f["properties"]["colour"] for f in features(officer)] == ["blue"]


def test_a_warning_of_many_parts_is_whole(series, api, officer):
    villages = list(
        Unit.objects.filter(level="village", code__startswith="331126").values_list("code", flat=True)[:120]
    )
    infos = "".join(block("blue", (code,), expires=moment(60 + i)) for i, code in enumerate(villages))
    warning = series.alert("a", infos)
    assert warning.parts.count() == len(villages)
    assert len(api(officer).get(f"/api/v1/warnings/{warning.pk}/").json()["parts"]) == len(villages)


def test_the_api_writes_the_parts_with_their_units(two, api, officer, township):
    parts = api(officer).get(f"/api/v1/warnings/{two.pk}/").json()["parts"]
    assert [(p["number"], p["colour"], p["state"]) for p in parts] == [(1, "red", "in_force"), (2, "blue", "in_force")]
    assert JUSHUI in parts[0]["named_units"]
    assert ZHUKOU in parts[1]["named_units"]
    assert parts[0]["expires"] != parts[1]["expires"]
    below = api(township).get(f"/api/v1/warnings/{two.pk}/").json()["parts"]
    assert all(code.startswith(JUSHUI) for part in below for code in part["named_units"])
    (row,) = api(officer).get("/api/v1/warnings/").json()["results"]
    assert [p["colour"] for p in row["parts"]] == ["red", "blue"]


def test_the_incident_takes_what_is_said_without_a_cut_that_is_not_marked(series, officer):
    warning = series.alert("a", block("red", headline="暴雨红色预警" + "很长" * 100))
    incident = turn_into_incident(warning.pk, by=officer)
    assert len(incident.title) == 120
    assert incident.title.endswith("…")


@pytest.mark.parametrize(
    ("name", "units"),
    [("geo_19digits", {JUSHUI}), ("geo_comma_list", {JUSHUI, ZHUKOU}), ("geo_postcode", None)],
)
def test_the_strangers_codes(feed, name, units):
    (body,) = cases(name)
    received = receive(body, by=feed)
    townships = set(received.warning.named_units.filter(unit__level="township").values_list("unit__code", flat=True))
    if units is None:
        assert [note["code"] for note in received.raw.notes] == ["postcode", "area_unread"]
        assert len(townships) == Unit.objects.filter(level="township", path__startswith="33.11.26.").count()
    else:
        assert townships == units


def test_blocks_of_a_foreign_language_alone_make_a_part(series):
    warning = series.alert("a", info(area=area(codes=(JUSHUI,)), language="fr", headline="Alerte"))
    assert warning.parts.count() == 1
