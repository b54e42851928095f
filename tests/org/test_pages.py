"""The register's pages, its API and its part of the administration."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journal.models import Event
from org.models import Appointment, Person, Post, Unit
from tests.org.test_import_boundaries import collection, feature, seat, square
from tests.org.test_import_people import GOOD, book

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def sheet(*rows: list[str]) -> SimpleUploadedFile:
    return SimpleUploadedFile("people.xlsx", book(*rows))


@pytest.mark.parametrize("address", ["/register/", "/register/units/331126206/", "/register/import/"])
def test_the_register_is_for_those_who_keep_it(
    browse: Callable, village: Person, officer: Person, address: str
) -> None:
    assert browse(village).get(address).status_code == 403
    assert browse(officer).get(address).status_code == 403


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "address",
    [
        "/register/",
        "/register/?q=jushui",
        "/register/?q=nowhere",
        "/register/units/331126/",
        "/register/units/331126206200/",
        "/register/import/",
    ],
)
def test_every_page_of_the_register_opens(browse: Callable, admin: Person, language: str, address: str) -> None:
    assert browse(admin, language=language).get(address).status_code == 200


def test_the_unit_page_names_holders_and_vacancies(browse: Callable, admin: Person, village: Person) -> None:
    page = browse(admin).get("/register/units/331126206200/").content.decode()
    assert village.name_en in page
    page = browse(admin).get("/register/units/331126204000/").content.decode()
    assert "1 post is vacant" in page


def test_a_township_keeper_sees_their_township_only(browse: Callable, township: Person) -> None:
    page = browse(township).get("/register/").content.decode()
    assert "Jushui" in page
    assert "Zhukou" not in page
    assert browse(township).get("/register/units/331126102/").status_code == 404
    assert browse(township).get("/register/?q=Zhukou").content.decode().count("331126102") == 0


def test_the_unit_list_takes_the_same_few_queries_for_county_and_township(
    browse: Callable, admin: Person, township: Person
) -> None:
    counts = []
    for person in (admin, township):
        client = browse(person)
        client.get("/register/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/register/")
        counts.append(len(queries))
    assert max(counts) <= 14


def test_an_upload_is_previewed_and_then_loaded(browse: Callable, admin: Person) -> None:
    client = browse(admin)
    shown = client.post("/register/import/people/", {"p-file": sheet(GOOD)})
    assert shown.status_code == 200
    assert not Person.objects.filter(name="甲乙").exists()
    key = shown.context["key"]
    assert client.post("/register/import/people/confirm/", {"key": key}).status_code == 302
    assert Person.objects.filter(name="甲乙").exists()
    assert Event.objects.filter(verb="org.appointed", by=f"person:{admin.pk}").exists()
    assert client.post("/register/import/people/confirm/", {"key": key}).status_code == 409


def test_a_faulty_upload_shows_its_problems_and_cannot_be_loaded(browse: Callable, admin: Person) -> None:
    shown = browse(admin).post("/register/import/people/", {"p-file": sheet([*GOOD[:3], "12"])})
    assert shown.status_code == 422
    assert "cell D2" in shown.content.decode()
    assert shown.context["key"] == ""


def test_an_upload_of_another_kind_of_file_is_refused_at_the_form(browse: Callable, admin: Person) -> None:
    shown = browse(admin).post("/register/import/people/", {"p-file": SimpleUploadedFile("a.exe", b"MZ")})
    assert shown.status_code == 400
    assert ".xlsx" in shown.content.decode()


def test_one_persons_upload_is_not_anothers(browse: Callable, admin: Person, township: Person) -> None:
    key = browse(admin).post("/register/import/people/", {"p-file": sheet(GOOD)}).context["key"]
    assert browse(township).post("/register/import/people/confirm/", {"key": key}).status_code == 409
    assert browse(admin).post("/register/import/people/confirm/", {"key": "../../x"}).status_code == 409


def test_boundaries_are_previewed_and_loaded(browse: Callable, admin: Person) -> None:
    content = collection(feature("331126206200", [square(*seat())]))
    client = browse(admin)
    shown = client.post(
        "/register/import/boundaries/", {"b-file": SimpleUploadedFile("b.geojson", content), "b-source": "survey"}
    )
    assert shown.status_code == 200
    answer = client.post(
        "/register/import/boundaries/confirm/", {"key": shown.context["key"], "file": "b.geojson", "source": "survey"}
    )
    assert answer.status_code == 302
    assert Unit.objects.get(code="331126206200").boundary_source == "survey (EPSG:4326)"


def test_the_template_downloads_as_a_workbook(browse: Callable, admin: Person) -> None:
    answer = browse(admin).get("/register/import/people/template/")
    assert answer.content[:2] == b"PK"
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize("code", ["331126206", "331126206000"])
def test_the_api_gives_a_unit_by_any_form_of_its_code(api: Callable, township: Person, code: str) -> None:
    body = api(township).get(f"/api/v1/units/{code}/").json()
    assert (body["code"], body["parent"], body["name_en"]) == ("331126206", "331126", "Jushui Township")
    assert len(body["seat"]) == 2


@pytest.mark.parametrize("code", ["331126", "331126102", "331126D01", "331126206777", "abcdef"])
def test_the_api_hides_units_outside_ones_jurisdiction(api: Callable, township: Person, code: str) -> None:
    answer = api(township).get(f"/api/v1/units/{code}/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_api_lists_pages_and_filters_units(api: Callable, officer: Person, township: Person) -> None:
    def codes(person: Person, query: str) -> set[str]:
        body = json.loads(api(person).get(f"/api/v1/units/?page_size=500&{query}").content)
        return {row["code"] for row in body["results"]}

    assert len(codes(officer, "")) == 258
    assert len(codes(township, "")) == 14
    assert len(codes(officer, "level=township")) == 19
    assert codes(officer, "parent=331126206000") == codes(township, "level=village")
    assert codes(officer, "under=331126206") == codes(township, "")
    assert codes(officer, "q=yueshan&level=village") == {"331126206200"}
    assert codes(officer, "parent=nonsense") == codes(officer, "under=nonsense") == set()
    assert api(officer).get("/api/v1/units/?page_size=10").json()["next"]


def test_listing_units_takes_the_same_queries_for_ten_as_for_all(api: Callable, officer: Person) -> None:
    client = api(officer)
    counts = []
    for size in (10, 500):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/api/v1/units/?page_size={size}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_api_lists_posts_with_their_capabilities(api: Callable, village: Person) -> None:
    body = api(village).get("/api/v1/posts/village_head/").json()
    assert (body["level"], body["capabilities"]) == ("village", ["view", "answer", "roster"])
    assert api(village).get("/api/v1/posts/?level=county").json()["results"]


def test_the_api_asks_for_a_sign_in_and_writes_nothing(api: Callable, admin: Person) -> None:
    assert api().get("/api/v1/units/").status_code == 401
    assert api(admin).post("/api/v1/units/", {"code": "331126999"}).status_code in {403, 405}


@pytest.mark.parametrize("model", ["unit", "person", "post", "appointment", "responsibility"])
def test_the_administration_lists_and_shows_every_table(browse: Callable, admin: Person, model: str) -> None:
    client = browse(admin)
    assert client.get(f"/admin/org/{model}/").status_code == 200
    row = {"unit": Unit, "person": Person, "post": Post, "appointment": Appointment}.get(model)
    if row is not None:
        assert client.get(f"/admin/org/{model}/{row.objects.first().pk}/change/").status_code == 200


def test_the_administration_changes_a_number_through_the_action(
    browse: Callable, admin: Person, village: Person
) -> None:
    data = {
        "name": village.name,
        "name_en": village.name_en,
        "phone": "199 0009 0001",
        "email": "",
        "language": "zh-hans",
    }
    answer = browse(admin).post(f"/admin/org/person/{village.pk}/change/", data)
    assert answer.status_code == 302
    village.refresh_from_db()
    assert (village.phone, village.is_active) == ("19900090001", True)
    assert Event.objects.filter(verb="org.phone_changed", by=f"person:{admin.pk}").count() == 1
    assert not Event.objects.filter(verb="org.person_updated").exists()


def test_the_administration_appoints_through_the_action(browse: Callable, admin: Person, village: Person) -> None:
    jushui, duty = Unit.objects.get(code="331126206"), Post.objects.get(code="township_duty")
    data = {"person": village.pk, "post": duty.pk, "unit": jushui.pk, "role": "B"}
    answer = browse(admin).post("/admin/org/appointment/add/", data)
    assert answer.status_code == 302
    assert village.appointments.filter(post=duty, unit=jushui).count() == 1
    assert Event.objects.filter(verb="org.appointed", subject=f"person:{village.pk}").count() == 1


def test_the_administration_deletes_nothing(browse: Callable, admin: Person, village: Person) -> None:
    assert browse(admin).post(f"/admin/org/person/{village.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Person.objects.filter(pk=village.pk).exists()
