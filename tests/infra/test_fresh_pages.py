"""Where the sign-in leads back to, what scripts are told when nobody is signed in, and what caches may keep."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from org.models import Person

pytestmark = pytest.mark.django_db
Browse = Callable[[Person], Client]
PAGE = "http://testserver/orders/?status=open&q=a%26b#row-7"


def back_to(address: str) -> str:
    assert urlsplit(address).path == "/login/"
    return parse_qs(urlsplit(address).query)["next"][0]


@pytest.mark.parametrize("part", ["/me/alarms/", "/board/counters/", "/orders/mine/"])
def test_a_part_of_a_page_leads_back_to_the_whole_page(client: Client, part: str) -> None:
    answer = client.get(part, headers={"HX-Request": "true", "HX-Current-URL": PAGE})
    assert answer.status_code == 204
    assert back_to(answer["HX-Redirect"]) == "/orders/?status=open&q=a%26b#row-7"


def test_without_htmx_the_referer_says_which_page_asks(client: Client) -> None:
    answer = client.get(
        "/me/alarms/", headers={"HX-Request": "true", "Referer": "http://testserver/incidents/3/?tab=map"}
    )
    assert back_to(answer["HX-Redirect"]) == "/incidents/3/?tab=map"


@pytest.mark.parametrize(
    "said",
    [
        "",
        "https://evil.example/orders/",
        "//evil.example/",
        "javascript:alert(1)",
        "http://testserver.evil.example/",
        "http://testserver/login/?next=/me/alarms/",
        "http://testserver/api/v1/events/",
    ],
)
def test_a_page_that_is_not_ours_is_not_led_back_to(client: Client, said: str) -> None:
    answer = client.get("/me/alarms/", headers={"HX-Request": "true", "HX-Current-URL": said, "Referer": said})
    assert back_to(answer["HX-Redirect"]) == "/"


def test_a_form_that_was_sent_leads_back_to_its_page_not_to_where_it_was_sent(client: Client) -> None:
    answer = client.post("/me/phone/confirm/", headers={"Referer": "http://testserver/me/"})
    assert (answer.status_code, back_to(answer["Location"])) == (302, "/me/")


def test_a_page_that_was_opened_is_come_back_to(client: Client) -> None:
    assert back_to(client.get("/orders/?status=open")["Location"]) == "/orders/?status=open"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Dest": "empty"}, {"Accept": "application/json"}])
def test_a_script_is_told_and_not_led_to_a_page(client: Client, headers: dict[str, str]) -> None:
    answer = client.get("/hazards/file/mine/", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/orders/?status=open#row-7", "/orders/?status=open#row-7"),
        ("/api/v1/events/?after=3", "/start/"),
        ("/logout/", "/start/"),
        ("/sw.js", "/start/"),
        ("/no/such/page/", "/start/"),
        ("//evil.example/orders/", "/start/"),
        ("https://evil.example/orders/", "/start/"),
        ("javascript:alert(1)", "/start/"),
        ("/\\evil.example/", "/start/"),
        ("", "/start/"),
    ],
)
def test_signing_in_leads_to_pages_of_ours_only(officer: Person, client: Client, asked: str, led: str) -> None:
    secret = {"username": officer.username, "password": "sanji-demo", "next": asked}
    assert client.post("/login/", secret)["Location"] == led


SHOWN = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize("part", ["/me/alarms/", "/board/counters/", "/me/session/", "/hazards/file/mine/?ids=1"])
def test_a_part_is_never_shown_as_if_it_were_a_page(browse: Browse, officer: Person, part: str) -> None:
    client = browse(officer)
    assert client.get(part, headers={"HX-Request": "true"}).status_code == 200
    answer = client.get(part, headers=SHOWN)
    assert (answer.status_code, answer["Location"]) == (302, "/start/")


@pytest.mark.parametrize(
    "page", ["/", "/orders/", "/incidents/", "/me/", "/duty/", "/plans/", "/hazards/", "/wall/", "/admin/"]
)
def test_whole_pages_are_shown_and_no_cache_keeps_them(
    browse: Browse, officer: Person, admin: Person, page: str
) -> None:
    client = browse(admin if page == "/admin/" else officer)
    answer = client.get(page, headers=SHOWN)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert {"HX-Request", "Cookie", "Accept-Language"} <= {name.strip() for name in answer["Vary"].split(",")}


def test_parts_and_refusals_and_data_are_not_kept_either(browse: Browse, officer: Person) -> None:
    client = browse(officer)
    hx = {"HX-Request": "true"}
    for address in ("/me/alarms/", "/orders/", "/orders/mine/", "/orders/999999999/", "/nothing/", "/me/session/"):
        answer = client.get(address, headers=hx)
        assert "no-store" in answer["Cache-Control"], address
        assert "HX-Request" in answer["Vary"], address
    assert "no-store" in Client().get("/orders/", headers=hx)["Cache-Control"]
    assert "no-store" in client.get("/api/v1/orders/")["Cache-Control"]


def test_what_asks_who_is_signed_in_is_told(browse: Browse, officer: Person, client: Client) -> None:
    assert browse(officer).get("/me/session/").json() == {"person": officer.pk}
    assert client.get("/me/session/", headers={"HX-Request": "true"}).status_code == 204
