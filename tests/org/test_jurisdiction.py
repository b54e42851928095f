"""Jurisdiction, selectors and search."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from database.clock import now
from org import actions
from org.models import Appointment, Person, Post, Responsibility, Unit
from org.rules.codes import is_within
from org.selectors.jurisdiction import Jurisdiction, jurisdiction_of, visible_to
from org.selectors.register import holders, responsible_for, stale_phones, subtree, unit_by_code, vacancies
from org.selectors.search import search_people, search_units
from web.errors import NotFound

pytestmark = pytest.mark.django_db

NEEDED = {
    "township_party_secretary", "township_head", "township_deputy", "township_station", "township_duty", "village_head",
    "village_deputy", "flood_warner", "geological_watch", "shelter_keeper", "grid_worker", "village_emergency_leader",
}  # fmt: skip

paths = st.lists(st.sampled_from(["00", "01", "010", "011", "D01"]), min_size=1, max_size=4).map(".".join)


@given(st.dictionaries(paths, st.just(frozenset({"view"})), max_size=5), paths)
def test_scopes_cover_exactly_what_the_grants_allow(grants: dict[str, frozenset[str]], path: str) -> None:
    jurisdiction = Jurisdiction(grants)
    scopes = jurisdiction.scopes()
    assert jurisdiction.allows("view", path) == any(is_within(path, scope) for scope in scopes)
    assert not any(a != b and is_within(a, b) for a in scopes for b in scopes)
    assert not jurisdiction.allows("order", path)


@pytest.mark.parametrize(
    ("username", "units"), [("admin", 258), ("officer", 258), ("leader", 258), ("township", 14), ("village", 6)]
)
def test_everybody_sees_their_own_subtree(person, username: str, units: int) -> None:
    assert Unit.objects.filter(visible_to(person(username), "path")).count() == units


def test_a_department_sees_itself_and_not_the_county(person) -> None:
    seen = Unit.objects.filter(visible_to(person("331126D03-department_head"), "path"))
    assert [unit.code for unit in seen] == ["331126D03"]


def test_a_person_without_a_post_sees_nothing(admin: Person) -> None:
    nobody = actions.register_person(username="n", name="无岗", unit=Unit.objects.get(code="331126"), by=admin)
    assert not Unit.objects.filter(visible_to(nobody, "path")).exists()


def test_jurisdiction_is_asked_once_a_request(officer: Person) -> None:
    with CaptureQueriesContext(connection) as queries:
        jurisdiction_of(officer)
        jurisdiction_of(officer)
    assert len(queries) == 1


def test_holders_are_named_in_one_query_a_before_b_before_nobody(admin: Person) -> None:
    jushui = Unit.objects.get(code="331126206")
    with CaptureQueriesContext(connection) as queries:
        rows = holders(subtree(jushui.path))
    assert len(queries) == 1
    assert len([row for row in rows if row.post_code in NEEDED]) == 5 + 6 * 7
    assert not [row for row in rows if row.vacant], "an optional post that nobody holds is none of the unit's"
    station = next(row for row in rows if row.post_code == "township_station")
    township = Person.objects.get(username="township")
    assert (station.person_id, station.role, station.phone) == (township.pk, "A", township.phone)
    actions.end_appointment(township.appointments.get(role="A"), by=admin)
    station = holders(subtree(jushui.path), ["township_station"])[0]
    assert station.role == "B"
    assert station.person_id != township.pk
    actions.deactivate_person(Person.objects.get(pk=station.person_id), by=admin)
    station = holders(subtree(jushui.path), ["township_station"])[0]
    assert (station.vacant, station.role, station.person_name) == (True, "", "")


def test_holders_of_no_units_or_no_posts_are_none() -> None:
    assert holders(Unit.objects.none()) == []
    assert holders(Unit.objects.all(), []) == []


def test_vacancies_are_told_where_they_are() -> None:
    assert [(row.unit_code, row.post_code) for row in vacancies("33.11.26.204")] == [("331126204", "township_deputy")]
    assert vacancies("33.11.26.206") == []


def test_stale_phones_are_those_not_confirmed_in_time(clock, village: Person) -> None:
    scope = "33.11.26.206.200"
    Person.objects.filter(appointments__unit__path__startswith=scope).update(phone_confirmed_at=now())
    assert not stale_phones(scope, 30).exists()
    Person.objects.filter(pk=village.pk).update(phone_confirmed_at=now() - dt.timedelta(days=31))
    assert list(stale_phones(scope, 30)) == [village]
    clock.travel(days=30, minutes=1)
    assert (
        stale_phones(scope, 30).count()
        == Person.objects.filter(appointments__unit__path__startswith=scope).distinct().count()
    )


def test_somebody_without_a_number_is_stale_however_often_confirmed(village: Person) -> None:
    Person.objects.filter(pk=village.pk).update(phone="", phone_confirmed_at=now())
    assert village in stale_phones("33.11.26.206.200", 10_000)


@pytest.mark.parametrize("code", ["331126206", "331126206000", " 331126206 "])
def test_a_unit_is_found_by_any_form_of_its_code(code: str) -> None:
    assert unit_by_code(code).name == "举水乡"


@pytest.mark.parametrize("code", ["", "331126999", "x", "331126206206206"])
def test_an_unknown_code_is_not_found(code: str) -> None:
    with pytest.raises(NotFound):
        unit_by_code(code)


@pytest.mark.parametrize("text", ["月山", "yueshan", "331126206200", "Yueshan Vill"])
def test_units_are_found_by_name_in_both_languages_and_by_code(township: Person, text: str) -> None:
    assert [unit.code for unit in search_units(township, text)] == ["331126206200"]


def test_search_ends_at_ones_own_border(township: Person, officer: Person) -> None:
    assert not search_units(township, "竹口").exists()
    assert search_units(officer, "竹口").exists()
    somebody = Person.objects.get(username="331126102-township_head")
    assert list(search_people(officer, somebody.name)) == [somebody]
    assert not search_people(township, somebody.name).exists()
    assert not search_people(township, somebody.phone).exists()


def test_people_are_found_by_name_in_both_languages_and_by_number(officer: Person, village: Person) -> None:
    for text in (
        village.name,
        village.name_en.lower(),
        village.phone[-5:],
        village.phone[:3] + " " + village.phone[3:],
    ):
        assert village in search_people(officer, text), text
    assert not search_people(officer, " ").exists()


def test_those_responsible_are_found_by_place_and_kind() -> None:
    entry = Responsibility.objects.filter(hazard_kind="geological_point").first()
    rows = responsible_for(entry.unit.path, "geological_point")
    assert list(rows) == [entry]
    assert responsible_for("33.11.26").count() == Responsibility.objects.count()


def test_posts_have_known_capabilities_only() -> None:
    from org.rules.capabilities import CAPABILITIES

    assert {c for post in Post.objects.all() for c in post.capabilities} == set(CAPABILITIES)


def test_a_stand_in_approves_a_level_only_while_the_post_is_empty(leader: Person, admin: Person) -> None:
    assert jurisdiction_of(leader).allows("level_iii", "33.11.26")
    executive = Appointment.objects.select_related("person").get(post__code="magistrate", role="B")
    assert not jurisdiction_of(executive.person).allows("level_ii", "33.11.26")
    actions.end_appointment(executive.unit.appointments.get(post__code="magistrate", role="A"), by=admin)
    assert jurisdiction_of(Person.objects.get(pk=executive.person_id)).allows("level_ii", "33.11.26")
