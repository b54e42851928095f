"""The demo county as it is founded: counts, names, geometry, people, vacancies."""

import csv
import re
from collections import Counter
from itertools import combinations

import pytest
import shapely
from django.contrib.auth import authenticate
from django.db import connection
from django.test.utils import CaptureQueriesContext

from board.demo.county import DATA, ONE_PHONE, demo_county
from journal.models import Event
from org.actions import found
from org.models import Appointment, Person, Post, Responsibility, Unit
from org.selectors.register import held_now, shared_phones, vacancies
from web.errors import Conflict

RED = [
    "party_secretary",
    "magistrate",
    "deputy_magistrate",
    "county_duty_officer",
    "county_duty_deputy",
    "department_duty",
    "township_head",
    "township_deputy",
    "township_station",
    "township_duty",
    "village_head",
    "grid_worker",
    "flood_warner",
    "geological_watch",
]

pytestmark = pytest.mark.django_db


def shape(unit: Unit) -> shapely.Geometry:
    return shapely.from_wkb(bytes(unit.boundary.wkb))


def test_the_county_has_its_townships_villages_and_departments() -> None:
    levels = Counter(Unit.objects.values_list("level", flat=True))
    assert levels == {"county": 1, "township": 19, "village": 203, "department": 28, "hamlet": 5, "grid": 2}
    jushui = Unit.objects.get(code="331126206")
    assert (jushui.path, jushui.name, jushui.name_en) == ("33.11.26.206", "举水乡", "Jushui Township")
    assert jushui.children.get(code="331126206200").name_en == "Yueshan Village"
    assert Unit.objects.get(code="331126D01").parent.code == "331126"


def test_every_unit_has_an_english_name_in_latin_letters() -> None:
    names = Unit.objects.values_list("name_en", flat=True)
    assert [name for name in names if not re.fullmatch(r"[A-Z][A-Za-z' ]+", name)] == []


def test_people_add_up_from_villages_to_the_county() -> None:
    for unit in Unit.objects.filter(level__in=["county", "township"]):
        below = unit.children.exclude(level="department")
        assert sum(below.values_list("population", flat=True)) == unit.population


def test_townships_cover_the_county_without_gap_or_overlap() -> None:
    county, townships = Unit.objects.get(level="county"), list(Unit.objects.filter(level="township"))
    assert shapely.equals(shapely.union_all([shape(t) for t in townships]), shape(county))
    for a, b in combinations(townships, 2):
        assert shapely.intersection(shape(a), shape(b)).area == 0, (a.code, b.code)


@pytest.mark.parametrize("code", ["331126206", "331126001", "331126211"])
def test_villages_cover_their_township_and_hold_their_seats(code: str) -> None:
    township = Unit.objects.get(code=code)
    villages = list(township.children.all())
    assert shapely.equals(shapely.union_all([shape(v) for v in villages]), shape(township))
    assert all(v.boundary.contains(v.seat) for v in villages)


def test_every_boundary_is_valid_and_says_that_it_is_approximate() -> None:
    bounded = Unit.objects.exclude(level__in=["department", *Unit.PARTS])
    assert all(unit.boundary.valid and unit.boundary_approximate for unit in bounded)
    assert set(bounded.values_list("boundary_source", flat=True)) == {"approximate demonstration geometry"}


def test_the_outline_is_no_rectangle_and_of_the_countys_size() -> None:
    county = Unit.objects.get(level="county")
    assert county.boundary.area / county.boundary.envelope.area < 0.75
    square_km = county.boundary.transform(4549, clone=True).area / 1e6
    assert 1500 < square_km < 2100


def test_the_geometry_shipped_is_small() -> None:
    assert (DATA / "331126" / "boundaries.geojson").stat().st_size < 600_000


def test_the_source_and_its_licence_are_named_beside_the_data() -> None:
    text = (DATA / "331126" / "SOURCE.md").read_text(encoding="utf-8")
    assert "WTFPL" in text
    assert len(re.findall(r"`[0-9a-f]{64}`", text)) == 2


def test_the_four_vacancies_are_the_only_ones() -> None:
    found_vacant = Counter(row.post_code for row in vacancies("33.11.26"))
    assert found_vacant == {"township_deputy": 1, "grid_worker": 3}


def test_a_red_order_to_the_whole_county_reaches_some_six_hundred_people() -> None:
    held = held_now(Appointment.objects.filter(role="A", post__code__in=RED))
    assert 570 <= held.values("person").distinct().count() <= 650


def test_everybody_but_the_administrator_has_an_invented_number() -> None:
    numbers = Person.objects.exclude(username="admin").values_list("phone", flat=True)
    assert all(re.fullmatch(r"1990000\d{4}", number) for number in numbers)
    assert {phone for phone, _ in shared_phones("33.11.26")} == {
        Person.objects.get(username=f"{ONE_PHONE[0]}-village_head").phone
    }
    assert shared_phones("33.11.26")[0][1] == 3


def test_the_three_villages_with_one_number_are_neighbours() -> None:
    shapes = [shape(Unit.objects.get(code=code)) for code in ONE_PHONE]
    assert all(a.intersection(b).length > 0 for a, b in combinations(shapes, 2))


def test_no_two_people_share_a_name() -> None:
    names = Counter(Person.objects.values_list("name", flat=True))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    ("username", "post", "unit"),
    [
        ("officer", "county_duty_officer", "331126"),
        ("leader", "deputy_magistrate", "331126"),
        ("township", "township_station", "331126206"),
        ("village", "village_head", "331126206200"),
        ("department", "department_liaison", "331126D03"),
    ],
)
def test_demo_logins_sign_in_and_hold_their_posts(username: str, post: str, unit: str) -> None:
    person = Person.objects.get(username=username)
    assert person.check_password("sanji-demo")
    assert person.appointments.filter(role="A", post__code=post, unit__code=unit).exists()
    assert not person.is_superuser


def test_only_the_demo_logins_and_the_departments_people_can_sign_in(rf) -> None:
    usable = [person for person in Person.objects.all() if person.has_usable_password()]
    held = held_now(Appointment.objects.filter(unit__level="department", role="A")).values_list("person__username")
    tapping = {username for (username,) in held}
    assert {person.username for person in usable} - tapping == {"admin", "leader", "officer", "township", "village"}
    assert len(tapping) == 3 * 28, "head, liaison and duty person of each department"
    assert authenticate(rf.get("/"), username="331126206200-grid_worker", password="sanji-demo") is None
    assert Person.objects.get(username="admin").is_superuser


def test_the_register_names_a_lead_a_deputy_and_a_superior_for_each_site() -> None:
    rows = Responsibility.objects.select_related("lead", "deputy", "superior")
    assert rows.count() > 200
    assert all(row.lead and row.deputy and row.superior and row.lead != row.deputy for row in rows)


def test_default_approvers_stand_as_the_domain_has_them() -> None:
    lowest = {"level_iv": "command_office_director", "level_iii": "deputy_magistrate", "level_ii": "magistrate"}
    for capability, post in lowest.items():
        last = [p for p in Post.objects.filter(level="county").order_by("rank") if capability in p.capabilities][-1]
        assert last.code == post
    may_first = {p.code for p in Post.objects.all() if "level_i" in p.capabilities}
    assert may_first == {"party_secretary", "magistrate"}


def test_a_county_is_founded_in_a_fixed_number_of_statements(empty_register: None) -> None:
    county = demo_county()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found(county, by=None)
    assert len(queries) <= 28, [q["sql"][:80] for q in queries]
    event = Event.objects.get(verb="org.county_founded")
    assert (event.unit_path, event.by, event.data["units"]) == ("33.11.26", "system", 258)
    assert event.data["people"] == Person.objects.count() == len(county.people)


def test_founding_twice_is_refused_and_leaves_everything_as_it_was() -> None:
    before = (Unit.objects.count(), Person.objects.count(), Event.objects.count())
    with pytest.raises(Conflict) as refused:
        found(demo_county(), by=None)
    assert refused.value.code == "founded"
    assert (Unit.objects.count(), Person.objects.count(), Event.objects.count()) == before


def test_the_shipped_names_are_the_statistical_lists() -> None:
    with (DATA / "331126" / "units.csv").open(encoding="utf-8", newline="") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    assert len(codes) == len(set(codes)) == 223
    assert all(code.startswith("331126") for code in codes)
