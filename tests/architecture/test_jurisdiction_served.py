"""The walk over real HTTP: every address with every kind of credential, and sockets with each (served.py)."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import is_valid_path
from pypdf import PdfReader
from pytest_django.plugin import DjangoDbBlocker

from board.middleware import OPEN_TO_SCREENS
from hazards.models import Hazard
from tests.architecture.test_jurisdiction_walk import NEIGHBOUR, WORDS, addresses, state_of
from tests.architecture.test_open_pages import OPEN
from tests.support.live import LiveClient, happen, until
from tests.support.served import REFUSED, SCREENS, TOWNSHIP, Answer, Served, served

CAP_DOOR = "/api/v1/inbound/cap/"
SCHEMA = ("/api/schema/", "/api/docs/", "/api/v1/")
OPEN_TO_ALL = (*(f"/{route}".partition("<")[0] for route in OPEN), "/me/session/")


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    with django_db_blocker.unblock(), served(tmp_path_factory.mktemp("media")) as running:
        yield running


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """In place of pytest-django's own, which would open a transaction: these tests' database is their server's."""


def everywhere(world: Served) -> list[str]:
    return [*SCHEMA, *(address for _route, address in addresses(world.planted))]


def told(answer: Answer) -> list[str]:
    text = answer.text
    if answer.kind == "application/pdf":
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.body)).pages)
    return [word for word in WORDS if word in text]


def test_the_county_s_token_finds_the_planted_things(world: Served) -> None:
    api = [address for address in everywhere(world) if address.startswith("/api/v1/")]
    found = {word for address in api for word in told(world.ask("GET", address, "officer"))}
    assert {"ZQTITLE", "ZQDESC", "ZQORDER", "ZQHEAD", "ZQNAME", "ZQHAZARD", "ZQREASON"} <= found


@pytest.mark.parametrize("who", TOWNSHIP)
def test_a_township_is_told_of_its_own_and_of_nothing_next_door(world: Served, who: str) -> None:
    wrong: dict[str, Any] = {}
    for address in everywhere(world):
        answer = world.ask("GET", address, who)
        if answer.status >= 500 or told(answer):
            wrong[address] = answer.status, told(answer)
        if who == "township token" and not address.startswith(("/api/", *OPEN_TO_ALL)) and answer.status == 200:
            wrong[address] = "a page for a token"
    assert wrong == {}
    assert "OURS" in world.ask("GET", "/api/v1/incidents/", who).text


@pytest.mark.parametrize("who", SCREENS)
def test_a_screen_opens_the_wall_and_nothing_else(world: Served, who: str) -> None:
    """Neither by its token, in whatever case, nor by the session that was made from it."""
    wrong: dict[str, Any] = {}
    for address in everywhere(world):
        answer = world.ask("GET", address, who)
        # A page knows no token: without a session it leads to the sign-in.
        allowed = {403} if "session" in who or address.startswith("/api/") else {302, 403}
        if address.startswith(OPEN_TO_SCREENS) or ("token" in who and address.startswith(OPEN_TO_ALL)):
            allowed = {200, 302, 400, 403, 404, 405}
        if answer.status not in allowed or told(answer):
            wrong[address] = answer.status, told(answer)
    assert wrong == {}
    assert world.ask("GET", "/api/v1/map/units.geojson", who).status == 200
    assert world.ask("GET", "/api/v1/events/", who).status == 200
    assert world.ask("GET", "/wall/", who).status == (200 if "session" in who else 302)


@pytest.mark.parametrize("who", SCREENS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_screen_does_nothing(world: Served, who: str, method: str) -> None:
    before, hazards = state_of(world.planted), Hazard.objects.count()
    body = json.dumps({"unit": NEIGHBOUR, "kind": "cut_slope", "title": "x", "category": "accident"})
    wrong: dict[str, Any] = {}
    for address in everywhere(world):
        if not address.startswith("/api/") and "token" in who:
            continue
        answer = world.ask(method, address, who, body, **{"Content-Type": "application/json"})
        if answer.status != 403:
            wrong[address] = answer.status
    assert wrong == {}
    assert (state_of(world.planted), Hazard.objects.count()) == (before, hazards)


@pytest.mark.parametrize("who", [*REFUSED, "postless"])
def test_what_opens_nothing_opens_nothing(world: Served, who: str) -> None:
    """A platform's token, one that ended, a calendar's or a poster's secret, a password in the header, nonsense."""
    wrong: dict[str, Any] = {}
    for address in everywhere(world):
        answer = world.ask("GET", address, who)
        if who == "postless" and address.startswith("/api/"):
            right = answer.status < 500
        elif address == CAP_DOOR:
            right = answer.status == (405 if who == "platform" else 401)
        elif address in ("/api/schema/", "/api/docs/") and who in ("nobody", "basic"):
            right = answer.status == 200  # how to ask is no secret
        elif address.startswith("/api/"):
            right = answer.status == 401
        else:
            missing = answer.status == 404 and not is_valid_path(address.partition("?")[0])
            right = answer.status == 302 or missing or address.startswith(OPEN_TO_ALL)
        if not right or told(answer) or "OURS" in answer.text:
            wrong[address] = answer.status, told(answer)
    assert wrong == {}


def test_a_token_in_the_query_is_no_token(world: Served) -> None:
    for who in ("officer", "screen token"):
        secret = world.headers[who]["Authorization"].partition(" ")[2]
        for name in ("token", "auth", "key", "access_token", "Authorization"):
            assert world.ask("GET", f"/api/v1/incidents/?{name}={secret}").status == 401
            assert world.ask("GET", f"/incidents/?{name}={secret}").status == 302


def test_a_token_decides_alone_whatever_session_comes_with_it(world: Served) -> None:
    session = world.headers["township session"]["Cookie"]
    assert world.ask("GET", "/api/v1/incidents/", "officer", Cookie=session).text.count("ZQTITLE") > 0
    for scheme in ("Token", "token", "TOKEN", "Token\t", "Token  "):
        wrong = world.ask("GET", "/api/v1/incidents/", Cookie=session, Authorization=f"{scheme} 0123456789abcdef")
        assert (scheme, wrong.status) == (scheme, 401)
    screen = world.headers["screen token"]["Authorization"].partition(" ")[2]
    for scheme in ("Token", "token", "TOKEN", "Token\t", "Token  "):
        refused = world.ask("GET", "/api/v1/incidents/", Cookie=session, Authorization=f"{scheme} {screen}")
        assert (scheme, refused.status) == (scheme, 403)
    other = world.ask("GET", "/api/v1/incidents/", Cookie=session, Authorization="Bearer 0123456789abcdef")
    assert other.status == 200, "another scheme is none of ours: the session stands"


def test_a_session_posts_to_the_api_only_with_its_csrf_token(world: Served) -> None:
    posted = world.ask("POST", "/api/v1/incidents/", "township session", "{}", **{"Content-Type": "application/json"})
    assert posted.status == 403
    assert "CSRF" in posted.text


def test_what_no_header_should_hold_is_refused_without_a_fault(world: Served) -> None:
    for value in ("Token " + "a" * 9000, "Token \x80\xff", "Token", "Token ", "Token a b", "Token %00", "\xff", ","):
        assert (value[:9], world.ask("GET", "/api/v1/units/", Authorization=value).status) == (value[:9], 401)
    for key in ('"abcdefgh\\000"', "\\000" * 8, "x", "a" * 4000, "'; --", '"' + "\\377" * 32 + '"', "../" * 12):
        cookie = f"sessionid={key}; csrftoken={key}; sanji_theme={key}; messages={key}; django_language={key}"
        assert (key[:9], world.ask("GET", "/incidents/", Cookie=cookie).status) == (key[:9], 302)
        assert (key[:9], world.ask("GET", "/api/v1/units/", Cookie=cookie).status) == (key[:9], 401)
        assert (key[:9], world.ask("GET", "/login/", Cookie=cookie).status) == (key[:9], 200)
    assert "Traceback" not in world.log.read_text()


@pytest.mark.parametrize("raw", [b"Authorization: Token a\x00b", b"Cookie: sessionid=abcdefgh\x00ijklmnop"])
def test_a_nul_on_the_wire_is_no_fault_either(world: Served, raw: bytes) -> None:
    import socket

    with socket.create_connection(("127.0.0.1", world.port), 10) as line:
        line.sendall(b"GET /api/v1/units/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + raw + b"\r\n\r\n")
        status = int(line.recv(64).split()[1])
    assert status in (400, 401)
    assert "Traceback" not in world.log.read_text()


@pytest.mark.parametrize("who", [*TOWNSHIP, *SCREENS])
def test_a_socket_hears_its_own_and_nothing_next_door(world: Served, who: str) -> None:
    clients = [_socket(world, who, after=0), _socket(world, "officer", after=0)]
    try:
        (next_door,), (own,) = happen("33.11.26.105", text="ZQNOTE"), happen("33.11.26.206")
        for client in clients:
            until(lambda client=client: own in client.seqs, what="its own event")
        assert [word for word in WORDS if word in str(clients[0].frames)] == []
        assert next_door not in clients[0].seqs
        assert "ZQORDER" in str(clients[1].frames)
    finally:
        for client in clients:
            client.close()


@pytest.mark.parametrize("who", [*REFUSED, "postless"])
def test_no_socket_for_what_opens_nothing(world: Served, who: str) -> None:
    client = _socket(world, who, after=0)
    try:
        assert until(lambda: client.close_code) == (4403 if who == "postless" else 4401)
        assert client.frames == []
    finally:
        client.close()


def _socket(world: Served, who: str, after: int) -> LiveClient:
    headers = {**world.headers[who], "Origin": f"http://127.0.0.1:{world.port}"}
    return LiveClient(f"ws://127.0.0.1:{world.port}/ws/live/?after={after}", headers).joined()
