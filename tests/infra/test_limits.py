"""Rate limits, through all middlewares and the API: whoever floods is told to wait, and nobody else is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from knox.models import AuthToken
from rest_framework.test import APIClient

from emergency.settings import RATES
from org.models import Person
from tests.support.processes import PATIENCE, eventually
from web import rates

pytestmark = pytest.mark.django_db
HERE, THERE = "10.8.0.1", "10.8.0.2"
PAGE, LIST = "/duty/today/", "/api/v1/units/"


@pytest.fixture
def few(rates_in_force: dict[str, Any]) -> dict[str, Any]:
    """Three of everything within a minute."""
    for whose in ("person", "token", "address"):
        rates_in_force[whose] = dict.fromkeys(("reads", "acts", "uploads"), (3, 60))
    return rates_in_force


def token_of(person: Person) -> dict[str, str]:
    return {"Authorization": f"Token {AuthToken.objects.create(person)[1]}"}


def statuses(ask: Callable[[], Any], times: int) -> list[int]:
    return [ask().status_code for _ in range(times)]


def test_one_person_s_flood_leaves_everybody_else_at_the_same_address_served(
    few: dict[str, Any], browse: Callable[..., Client], township: Person, officer: Person
) -> None:
    flooding, neighbour = browse(township), browse(officer)
    assert statuses(lambda: flooding.get(PAGE, REMOTE_ADDR=HERE), 5) == [200, 200, 200, 429, 429]
    assert neighbour.get(PAGE, REMOTE_ADDR=HERE).status_code == 200
    assert Client().get("/login/", REMOTE_ADDR=HERE).status_code == 200
    assert Client().get(LIST, headers=token_of(township), REMOTE_ADDR=HERE).status_code == 200, (
        "a token is not a person"
    )


def test_one_token_s_flood_leaves_its_person_and_their_other_tokens_served(
    few: dict[str, Any], browse: Callable[..., Client], township: Person
) -> None:
    flooding, other = token_of(township), token_of(township)
    assert statuses(lambda: Client().get(LIST, headers=flooding), 4) == [200, 200, 200, 429]
    assert Client().get(LIST, headers=other).status_code == 200
    assert browse(township).get(PAGE).status_code == 200


def test_one_address_s_flood_leaves_other_addresses_the_signed_in_and_known_browsers_served(
    few: dict[str, Any], browse: Callable[..., Client], officer: Person
) -> None:
    known = Client()
    known.post("/login/", {"username": "officer", "password": "sanji-demo"}, REMOTE_ADDR=HERE)
    known.cookies.pop("sessionid")
    assert statuses(lambda: Client().get("/login/", REMOTE_ADDR=HERE), 4) == [200, 200, 200, 429]
    assert Client().get("/login/", REMOTE_ADDR=THERE).status_code == 200
    assert browse(officer).get(PAGE, REMOTE_ADDR=HERE).status_code == 200
    assert known.get("/login/", REMOTE_ADDR=HERE).status_code == 200
    signed_in = known.post("/login/", {"username": "officer", "password": "sanji-demo"}, REMOTE_ADDR=HERE)
    assert signed_in.status_code == 302


def test_reading_never_uses_up_an_answer(few: dict[str, Any], browse: Callable[..., Client], village: Person) -> None:
    client = browse(village)
    assert statuses(lambda: client.get("/me/"), 4)[-1] == 429
    assert client.post("/me/phone/confirm/").status_code != 429
    photos = {"photo": ("x" * 40_000).encode()}
    assert 429 in [client.post("/hazards/none/", photos, format="multipart").status_code for _ in range(4)]
    assert client.post("/me/phone/confirm/").status_code != 429, "nor do uploads"


def test_what_is_told_is_json_for_programs_and_a_sentence_for_people(
    few: dict[str, Any], browse: Callable[..., Client], api: Callable[..., APIClient], township: Person, officer: Person
) -> None:
    client = browse(township, language="zh-hans")
    page = [client.get(PAGE) for _ in range(4)][-1]
    assert 1 <= int(page["Retry-After"]) <= 60
    assert "请求过于频繁" in page.content.decode()
    assert page["Content-Type"].startswith("text/html")
    part = client.get(PAGE, headers={"HX-Request": "true"})
    assert (part.status_code, b"<html" in part.content) == (429, False)
    refusals = [
        [api(officer).get(LIST) for _ in range(4)][-1],
        [Client().get(LIST, headers=token_of(officer)) for _ in range(1)][-1],
    ]
    assert [answer.status_code for answer in refusals] == [429, 200]
    assert refusals[0].json() | {"detail": ""} == {"code": "too_many", "detail": "", "fields": {}}
    token = token_of(officer)
    by_token = [Client().get(LIST, headers=token) for _ in range(4)][-1]
    assert by_token.json()["code"] == "too_many"
    assert 1 <= int(by_token["Retry-After"]) <= 60


def test_guessing_tokens_from_an_address_keeps_no_right_token_out(
    rates_in_force: dict[str, Any], officer: Person
) -> None:
    rates_in_force["wrong_tokens"] = (3, 60)
    wrong = {"Authorization": "Token nobody"}
    assert statuses(lambda: Client().get(LIST, headers=wrong, REMOTE_ADDR=HERE), 4) == [401, 401, 401, 429]
    cap = [Client().post("/api/v1/inbound/cap/", "<x/>", "application/xml", headers=wrong, REMOTE_ADDR=HERE)]
    assert cap[0].status_code == 429
    assert Client().get(LIST, headers=token_of(officer), REMOTE_ADDR=HERE).status_code == 200
    assert Client().get(LIST, headers=wrong, REMOTE_ADDR=THERE).status_code == 401


def test_one_phone_s_many_ipv6_addresses_are_one_sender(few: dict[str, Any]) -> None:
    asked = [Client().get("/login/", REMOTE_ADDR=f"2001:db8:1:2::{n}").status_code for n in range(4)]
    assert asked == [200, 200, 200, 429]
    assert Client().get("/login/", REMOTE_ADDR="2001:db8:1:3::1").status_code == 200


def test_a_header_that_anybody_can_write_is_no_address(few: dict[str, Any]) -> None:
    asked = [
        Client().get("/login/", REMOTE_ADDR=HERE, headers={"X-Forwarded-For": f"10.9.0.{n}"}).status_code
        for n in range(4)
    ]
    assert asked[-1] == 429


def test_what_watches_over_the_system_is_never_told_to_wait(few: dict[str, Any]) -> None:
    assert statuses(lambda: Client().get("/healthz", REMOTE_ADDR=HERE), 6) == [200] * 6


def test_the_window_passes(rates_in_force: dict[str, Any], browse: Callable[..., Client], officer: Person) -> None:
    rates_in_force["person"] = {"reads": (1, 1)}
    client = browse(officer)
    client.get(PAGE)
    assert client.get(PAGE).status_code == 429
    eventually(lambda: client.get(PAGE).status_code == 200, "the end of the window", 10)


def test_without_redis_nobody_is_refused_and_nothing_waits(
    few: dict[str, Any], browse: Callable[..., Client], officer: Person, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr(rates, "counters", rates.Counters("redis://127.0.0.1:1/0"))
    client, began = browse(officer), time.monotonic()
    assert statuses(lambda: client.get(PAGE), 6) == [200] * 6
    assert len([line for line in caplog.messages if "rate limits are off" in line]) == 1
    assert time.monotonic() - began < 5 * PATIENCE * rates.AWAY_S


def test_no_hand_of_a_person_reaches_the_limit_of_acts() -> None:
    """Ten taps a second, for ten seconds, and then as many again: an answer is never told to wait."""
    most, seconds = RATES["person"]["acts"]
    assert most / seconds > 10
