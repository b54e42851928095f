"""Headquarters: laid down with a county, kept by whoever keeps its register, and seats that count as posts do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from journal.models import Event
from org import actions
from org.models import Appointment, Headquarters, Person, Post, Unit
from org.selectors.headquarters import headquarters_for, holders, seated, standing_of
from org.selectors.jurisdiction import allowed, jurisdiction_of
from tests.support.plans import COUNTY, NEIGHBOUR, TOWN, holder
from web.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db

NEW: dict[str, Any] = {
    "name": "庆元县大型活动指挥部",
    "short_name": "活动指",
    "office_name": "庆元县大型活动指挥部办公室",
    "series": "庆活指",
}


def county() -> Unit:
    return Unit.objects.get(code=COUNTY)


def body(code: str) -> Headquarters:
    return Headquarters.objects.get(unit__code=COUNTY, code=code)


def director() -> Person:
    return holder(COUNTY, "command_office_director")


def test_a_county_is_founded_with_the_usual_headquarters_and_their_seats() -> None:
    found = {row.code: row for row in Headquarters.objects.filter(unit=county())}
    assert set(found) == {
        "flood", "forest_fire", "earthquake", "geological", "safety", "health", "relief", "social",
    }  # fmt: skip
    assert (found["flood"].name, found["flood"].series) == ("庆元县防汛防台抗旱指挥部", "庆防指")
    assert (found["forest_fire"].series, found["safety"].series) == ("庆森防指", "庆安委")
    types = [code for row in found.values() for code in row.hazard_types]
    assert len(types) == len(set(types))
    for row in found.values():
        for role in ("commander", "deputy_commander", "office_director"):
            assert holders(row, role), (row.code, role)


def test_laying_them_down_again_changes_nothing_that_was_edited() -> None:
    actions.update_headquarters(body("flood"), by=director(), short_name="县防指")
    assert actions.ensure_headquarters(county(), by=None) == []
    assert body("flood").short_name == "县防指"


def test_a_unit_without_one_is_answered_for_from_above() -> None:
    assert headquarters_for(Unit.objects.get(code=TOWN), "flood") == body("flood")
    assert headquarters_for(county(), "no_such") is None


def test_a_seat_by_post_follows_the_post() -> None:
    before = holder(COUNTY, "deputy_magistrate")
    assert holders(body("flood"), "deputy_commander")[0][1] == before
    successor = holder(COUNTY, "county_duty_officer")
    old = Appointment.objects.get(person=before, post__code="deputy_magistrate", role="A", valid_to=None)
    actions.end_appointment(old, by=None)
    actions.appoint(person=successor, post=old.post, unit=old.unit, by=None)
    [seat] = seated([body("flood")], ["deputy_commander"])
    assert seat.people == [successor]


def test_a_stand_in_sits_only_while_the_post_is_vacant() -> None:
    magistrate = holder(COUNTY, "magistrate")
    stand_in = Appointment.objects.get(unit__code=COUNTY, post__code="magistrate", role="B", valid_to=None).person
    roles = {seat.role for seat in standing_of(stand_in).seats}
    assert "commander" not in roles
    actions.end_appointment(Appointment.objects.get(person=magistrate, post__code="magistrate", valid_to=None), by=None)
    stand_in = Person.objects.get(pk=stand_in.pk)
    assert "commander" in {seat.role for seat in standing_of(stand_in).seats}
    assert seated([body("flood")], ["commander"])[0].people == [stand_in]


def test_who_directs_an_office_sees_the_whole_county_and_a_plain_member_does_not() -> None:
    health, water = holder(f"{COUNTY}D06", "department_head"), holder(f"{COUNTY}D03", "department_head")
    path = Unit.objects.get(code=TOWN).path
    assert allowed(health, "view", path)
    assert allowed(health, "order", path)
    assert not allowed(health, "level_iv", path)
    assert not allowed(health, "register", path)
    assert not allowed(water, "view", path)


def test_a_seat_that_is_taken_away_takes_the_sight_with_it() -> None:
    health = holder(f"{COUNTY}D06", "department_head")
    seat = body("health").members.get(role="office_director")
    actions.unseat_member(seat, by=director())
    assert not jurisdiction_of(Person.objects.get(pk=health.pk)).allows("view", county().path)
    with pytest.raises(Conflict):
        actions.unseat_member(seat, by=director())


def test_whoever_keeps_the_register_sets_one_up_and_it_is_on_record() -> None:
    made = actions.create_headquarters(unit=county(), code="events", by=director(), **NEW)
    seat = actions.seat_member(
        made, by=director(), role="commander", unit=county(), post=Post.objects.get(code="magistrate")
    )
    actions.unseat_member(seat, by=director())
    verbs = list(Event.objects.filter(data__headquarters=made.pk).order_by("seq").values_list("verb", flat=True))
    assert verbs == ["org.headquarters_created", "org.headquarters_seated", "org.headquarters_unseated"]


def test_nobody_else_may(officer: Person, township: Person) -> None:
    with pytest.raises(Forbidden):
        actions.create_headquarters(unit=county(), code="events", by=officer, **NEW)
    with pytest.raises(NotFound):
        actions.update_headquarters(body("flood"), by=township, name="甲")


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name": " "}, "name"),
        ({"series": ""}, "series"),
        ({"hazard_types": ["owl"]}, "hazard_types"),
        ({"unit": 3}, "unit"),
    ],
)
def test_what_cannot_be_kept_is_told_by_field(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.update_headquarters(body("flood"), by=director(), **changes)
    assert list(refused.value.fields) == [place]


def test_a_type_of_hazard_and_a_series_have_one_headquarters() -> None:
    for changes in ({"hazard_types": ["drought"]}, {"series": "庆防指"}):
        with pytest.raises(Conflict):
            actions.update_headquarters(body("health"), by=director(), **changes)
    actions.update_headquarters(body("flood"), by=director(), hazard_types=["flood"])
    assert actions.update_headquarters(body("health"), by=director(), hazard_types=["drought"]).pk


def test_a_seat_is_given_once_and_to_somebody() -> None:
    post = Post.objects.get(code="magistrate")
    seat: dict[str, Any] = {"by": director(), "role": "commander", "unit": county()}
    with pytest.raises(Conflict):
        actions.seat_member(body("flood"), post=post, **seat)
    with pytest.raises(Invalid):
        actions.seat_member(body("flood"), **seat)
    with pytest.raises(Invalid):
        actions.seat_member(body("flood"), post=Post.objects.get(code="village_head"), **seat)


def test_the_page_shows_who_sits_and_what_is_missing(browse: Callable[[Person], Client], officer: Person) -> None:
    commander = holder(COUNTY, "magistrate")
    page = browse(officer).get("/register/headquarters/").content.decode()
    assert commander.label in page
    assert "庆防指" in page
    assert "No commander" not in page
    body("flood").members.filter(role="commander").delete()
    assert "No commander" in browse(director()).get("/register/headquarters/").content.decode()


def test_the_pages_dialogs_change_it(browse: Callable[[Person], Client]) -> None:
    client, row = browse(director()), body("health")
    fields = {
        "name": row.name, "short_name": "卫指", "office_name": row.office_name, "series": row.series,
        "hazard_types": row.hazard_types, "active": "on",
    }  # fmt: skip
    assert client.post(f"/register/headquarters/{row.pk}/", fields, headers={"HX-Request": "true"}).status_code == 204
    assert body("health").short_name == "卫指"
    post = Post.objects.get(code="party_secretary")
    seat = {"role": "member", "post": f"{county().pk}.{post.pk}", "person": ""}
    at = f"/register/headquarters/{row.pk}/seats/"
    assert client.post(f"{at}new/", seat, headers={"HX-Request": "true"}).status_code == 204
    made = body("health").members.get(post=post)
    assert client.post(f"{at}{made.pk}/", {}, headers={"HX-Request": "true"}).status_code == 204
    assert not body("health").members.filter(post=post).exists()
    empty = client.post(f"{at}new/", {"role": "member", "post": "", "person": ""}, headers={"HX-Request": "true"})
    assert empty.status_code == 400


def test_the_api_tells_of_those_of_ones_own_unit_and_above(api: Callable[[Person], Any], township: Person) -> None:
    other = Unit.objects.get(code=NEIGHBOUR)
    actions.create_headquarters(unit=other, code="flood", by=None, **(NEW | {"hazard_types": ["flood"]}))
    found = api(township).get("/api/v1/headquarters/").json()["results"]
    assert {row["unit"]["code"] for row in found} == {COUNTY}
    [flood] = [row for row in found if row["code"] == "flood"]
    assert flood["members"][0]["role"] == "commander"
    assert flood["members"][0]["people"][0]["id"] == holder(COUNTY, "magistrate").pk
    assert api(township).get(f"/api/v1/headquarters/{flood['id']}/").json() == flood


def test_the_telephones_of_a_headquarters_are_for_those_who_see_its_unit(
    api: Callable[[Person], Any], township: Person, officer: Person
) -> None:
    def phones(reader: Person) -> set[str]:
        rows = api(reader).get("/api/v1/headquarters/").json()["results"]
        return {one["phone"] for row in rows for seat in row["members"] for one in seat["people"]}

    assert holder(COUNTY, "magistrate").phone in phones(officer)
    own = {one.phone for one in Person.objects.filter(appointments__unit__code__startswith=TOWN)}
    assert phones(township) - own == {""}
