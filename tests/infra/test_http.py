"""HTTP through the real server (emergency/http.py): what everybody gets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from uuid import uuid4

import pytest
from knox.models import AuthToken

from org.models import Person
from tests.support.hazards import NEIGHBOUR, VILLAGE, point_in
from tests.support.live import LiveServer
from tests.support.pages_open import session_of

pytestmark = pytest.mark.django_db(transaction=True)
FILING = "/api/v1/hazards/"


@pytest.fixture
def server(transactional_db: None) -> Iterator[LiveServer]:
    running = LiveServer()
    yield running
    running.stop()


@pytest.fixture
def ask(server: LiveServer) -> Any:
    def send(method: str, path: str, content: Any = None, **headers: str) -> tuple[HTTPResponse, Any]:
        link = HTTPConnection("127.0.0.1", server.port, timeout=30)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if content is not None:
            sent["Content-Type"] = "application/json"
        link.request(method, path, json.dumps(content) if content is not None else None, sent)
        answer = link.getresponse()
        text = answer.read().decode()
        link.close()
        return answer, json.loads(text) if "json" in answer.getheader("Content-Type", "") else text

    return send


def token(person: Person) -> str:
    return f"Token {AuthToken.objects.create(person)[1]}"


def report(**changes: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid4()), "kind": "cut_slope", "description": "坡面开裂", "point": list(point_in(VILLAGE)),
        "found_at": "2026-07-09T03:20:14+08:00",
    } | changes  # fmt: skip


def test_it_acts_and_is_answered_in_its_language_with_what_a_browser_must_not_guess(ask: Any, village: Person) -> None:
    mine = token(village)
    answer, said = ask("POST", FILING, report(), Authorization=mine)
    assert (answer.status, said["status"], said["door"]) == (201, "found", "api")
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert answer.getheader("X-Frame-Options") == "DENY"
    assert answer.getheader("Set-Cookie") is None
    for language, words in (("en", "outside the county"), ("zh-hans", "本县范围")):
        answer, said = ask("POST", FILING, report(point=[0, 0]), Authorization=mine, Accept_Language=language)
        assert (answer.status, answer.getheader("Content-Language")) == (400, language)
        assert words in str(said["fields"]["point"])


def test_two_people_ask_at_one_address_and_each_sees_their_own(ask: Any, township: Person, officer: Person) -> None:
    assert ask("POST", FILING, report(point=list(point_in(NEIGHBOUR))), Authorization=token(officer))[0].status == 201
    for person, seen in ((township, 0), (officer, 1), (township, 0)):
        answer, said = ask("GET", FILING, Authorization=token(person))
        assert (answer.status, len(said["results"])) == (200, seen)


def test_a_wrong_token_is_refused_whoever_is_signed_in(ask: Any, village: Person) -> None:
    """Else a page elsewhere could have a browser act by its cookie, past the check of where the request came from."""
    cookie = f"sessionid={session_of(village.username)}"
    for wrong in ("Token nonsense", "token  ", "Token a b"):
        answer, said = ask("POST", FILING, report(), Authorization=wrong, Cookie=cookie)
        assert (answer.status, said["code"]) == (401, "authentication_failed"), wrong
    answer, said = ask("POST", FILING, report(), Cookie=cookie)
    assert answer.status == 403
    assert "CSRF" in said["detail"]


def test_what_is_not_there_and_what_breaks_are_told_too(ask: Any, village: Person) -> None:
    mine = token(village)
    assert ask("GET", "/api/v1/hazards/999999999/", Authorization=mine)[0].status == 404
    assert ask("GET", "/api/v1/nothing/", Authorization=mine)[0].status == 404
    answer, _page = ask("GET", "/api/docs/", Authorization=mine)
    assert answer.status == 200
    assert "default-src" in answer.getheader("Content-Security-Policy")


def test_every_answer_carries_the_mark_that_no_network_in_between_can_have(
    ask: Any, village: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = f"sessionid={session_of(village.username)}"
    mine = token(village)
    asked: list[tuple[int, tuple[str, str], dict[str, str]]] = [
        (200, ("GET", "/login/"), {}),
        (200, ("GET", "/healthz"), {}),
        (302, ("GET", "/orders/mine/"), {}),
        (204, ("GET", "/orders/mine/"), {"HX_Request": "true"}),
        (200, ("GET", "/orders/mine/"), {"Cookie": cookie, "HX_Request": "true"}),
        (404, ("GET", "/orders/mine/999999999/"), {"Cookie": cookie}),
        (404, ("GET", "/nothing/"), {"Cookie": cookie}),
        (403, ("POST", "/orders/mine/1/act/"), {"Cookie": cookie}),
        (405, ("GET", "/orders/mine/1/act/"), {"Cookie": cookie}),
        (401, ("GET", "/api/v1/events/"), {}),
        (200, ("GET", "/api/v1/events/"), {"Cookie": cookie}),
        (200, ("GET", "/api/v1/events/"), {"Authorization": mine}),
        (404, ("GET", "/api/v1/nothing/"), {"Authorization": mine}),
        (401, ("GET", FILING), {"Authorization": "Token nonsense"}),
    ]
    for status, what, headers in asked:
        answer, _ = ask(*what, **headers)
        assert (answer.status, answer.getheader("X-Sanji")) == (status, "1"), (what, headers)

    def breaks(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("journal.api.events.newest_seq", breaks)
    for headers in ({"Cookie": cookie}, {"Authorization": mine}):
        answer, _ = ask("GET", "/api/v1/events/", **headers)
        assert (answer.status, answer.getheader("X-Sanji")) == (500, "1"), headers


def test_a_page_of_one_person_asks_nothing_in_the_name_of_another(ask: Any, village: Person, officer: Person) -> None:
    """In one browser somebody else has signed in: what the first one's page still sends is not theirs."""
    cookie = f"sessionid={session_of(officer.username)}"
    theirs = {"Cookie": cookie, "HX_Request": "true", "X_Sanji_Person": str(village.pk)}
    answer, _ = ask("POST", "/orders/mine/1/act/", **theirs)
    assert (answer.status, answer.getheader("HX-Redirect")[:7]) == (204, "/login/")
    answer, said = ask("GET", "/api/v1/events/", **theirs)
    assert (answer.status, said["code"]) == (401, "not_authenticated")
    own = theirs | {"X_Sanji_Person": str(officer.pk)}
    assert ask("GET", "/api/v1/events/", **own)[0].status == 200


def test_what_a_view_has_decided_is_told_with_the_stamp_of_the_act_and_nothing_else_is(
    ask: Any, village: Person, officer: Person
) -> None:
    """A browser's outbox lets go of an act only on this word (static/js/core/outbox.js)."""
    stamp = "0b7e6a52-6c0c-4d0e-9a53-0d1f0f6f1f11"
    token_ = "a" * 32
    cookie = f"sessionid={session_of(village.username)}; csrftoken={token_}"
    sent = {"HX_Request": "true", "X_Sanji_Item": stamp, "X_CSRFToken": token_}
    refused, _ = ask("POST", "/orders/mine/999999999/act/", Cookie=cookie, **sent)
    assert (refused.status, refused.getheader("X-Sanji-Item")) == (404, stamp)
    done, _ = ask("POST", "/me/alarms/acknowledge/", Cookie=cookie, **sent)
    assert (done.status, done.getheader("X-Sanji-Item")) == (200, stamp)
    others = [
        ask("POST", "/me/alarms/acknowledge/", **sent),  # signed out
        ask("POST", "/me/alarms/acknowledge/", Cookie=f"csrftoken={token_}", **sent),
        ask("POST", "/me/alarms/acknowledge/", Cookie=cookie, **sent | {"X_Sanji_Person": str(officer.pk)}),
        ask("POST", "/me/alarms/acknowledge/", Cookie=cookie, **sent | {"X_CSRFToken": "b" * 32}),
        ask("POST", "/nothing/", Cookie=cookie, **sent),
        ask("POST", "/me/alarms/acknowledge/", Cookie=cookie, **sent | {"X_Sanji_Item": "made up"}),
    ]
    assert [answer.getheader("X-Sanji-Item") for answer, _ in others] == [None] * 6
