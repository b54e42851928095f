"""What waits for a client holds no thread of the pool (emergency/http.py), and whoever watches is always answered."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.http import StreamingHttpResponse
from django.views.i18n import JavaScriptCatalog
from knox.models import AuthToken

from emergency import http
from emergency.http import THREADS
from org.models import Person
from tests.infra.test_http import FILING, report
from tests.support import loops
from tests.support.live import LiveServer
from tests.support.processes import eventually

pytestmark = pytest.mark.django_db(transaction=True)
MANY = THREADS + 4
EVENTS = "/api/v1/events/"


@pytest.fixture
def server(transactional_db: None) -> Iterator[LiveServer]:
    running = LiveServer()
    yield running
    running.stop()


@pytest.fixture
def token(village: Person) -> str:
    return f"Token {AuthToken.objects.create(village)[1]}"


def status(server: LiveServer, path: str, **headers: str) -> int:
    link = HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        link.request("GET", path, headers=headers)
        answer = link.getresponse()
        answer.read()
        return answer.status
    finally:
        link.close()


def opened(server: LiveServer, said: bytes) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    link.sendall(said)
    return link


def head(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode()


def test_bodies_that_never_end_hold_no_thread(server: LiveServer) -> None:
    begun = head("POST", FILING, "Content-Type: application/json", "Content-Length: 1000") + b"{"
    links = [opened(server, begun) for _ in range(MANY)]
    try:
        assert status(server, "/login/") == 200
    finally:
        for link in links:
            link.close()
    assert status(server, "/login/") == 200, "those who left in the middle do no harm"


def test_whoever_watches_is_answered_while_every_thread_hangs(
    server: LiveServer, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, hanging = threading.Event(), []

    def hangs(*args: Any, **kwargs: Any) -> int:
        hanging.append(threading.current_thread().name)
        assert go.wait(60)
        return 0

    monkeypatch.setattr("journal.api.events.newest_seq", hangs)
    monkeypatch.setattr("emergency.middleware.turns.AT_ONCE", THREADS)  # here one sender is all of them
    asked = head("GET", EVENTS, f"Authorization: {token}", "Connection: close")
    links = [opened(server, asked) for _ in range(MANY)]
    try:
        eventually(lambda: len(hanging) == THREADS, "a request on each thread")
        assert status(server, "/healthz") == 200
        assert status(server, "/readyz") in (200, 503)
        assert len(hanging) == THREADS, "no more threads than were laid down"
    finally:
        go.set()
    for link in links:
        assert link.recv(12) == b"HTTP/1.1 200"
        link.close()


def big(parts: int, made: list[int]) -> Any:
    def get(self: Any, request: Any, *args: Any, **kwargs: Any) -> StreamingHttpResponse:
        def content() -> Iterator[bytes]:
            for n in range(parts):
                made.append(n)
                yield b"x" * http.PART

        return StreamingHttpResponse(content())

    return get


def test_who_fetches_slowly_holds_no_thread(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    monkeypatch.setattr(JavaScriptCatalog, "get", big(48, made))
    links = [opened(server, head("GET", "/jsi18n/")) for _ in range(MANY)]
    try:
        eventually(lambda: len(made) == MANY * 48, "all parts of all answers are made, though nobody reads")
        assert status(server, "/login/") == 200
    finally:
        for link in links:
            link.close()


def test_who_takes_nothing_any_more_is_hung_up_on(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    monkeypatch.setattr(http, "STALLED_S", 0.2)
    made: list[int] = []
    parts = http.QUEUED * 4
    monkeypatch.setattr(JavaScriptCatalog, "get", big(parts, made))
    server = LiveServer()
    links = [opened(server, head("GET", "/jsi18n/")) for _ in range(MANY)]
    try:
        eventually(lambda: len(made) == MANY * parts, "every thread went on", 60)
        assert status(server, "/login/") == 200
    finally:
        for link in links:
            link.close()
        server.stop()


def test_a_long_answer_comes_whole(server: LiveServer) -> None:
    file = Path("static/vendor/leaflet/leaflet.js")
    file = file if file.exists() else max(Path("static").rglob("*.js"), key=lambda one: one.stat().st_size)
    link = HTTPConnection("127.0.0.1", server.port, timeout=20)
    link.request("GET", f"/{file}")
    answer = link.getresponse()
    assert (answer.status, answer.read() == file.read_bytes(), answer.getheader("X-Sanji")) == (200, True, "1")
    link.close()


def test_a_body_in_pieces_without_a_length_is_read_whole(server: LiveServer, token: str) -> None:
    link = HTTPConnection("127.0.0.1", server.port, timeout=20)
    whole = json.dumps(report()).encode()
    pieces = iter([whole[:20], whole[20:]])
    headers = {"Authorization": token, "Content-Type": "application/json"}
    link.request("POST", FILING, pieces, headers, encode_chunked=True)
    assert link.getresponse().status == 201
    link.close()


def test_a_header_with_an_underscore_stands_for_no_other(server: LiveServer) -> None:
    """In WSGI ``HX_Request`` would be ``HX-Request``: what a gateway sets or strips could be set past it."""
    assert status(server, "/orders/mine/", **{"HX-Request": "true"}) == 204
    assert status(server, "/orders/mine/", HX_Request="true") == 302


def test_connections_are_kept_and_replaced_when_the_database_has_been_away(server: LiveServer, token: str) -> None:
    def backends() -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            return {row[0] for row in cursor.fetchall()}

    connections.settings["default"]["CONN_MAX_AGE"], usual = 60, connections.settings["default"]["CONN_MAX_AGE"]
    try:
        assert status(server, EVENTS, Authorization=token) == 200
        kept = backends()
        assert status(server, EVENTS, Authorization=token) == 200
        assert kept
        assert kept <= backends()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) pid", [list(kept)])
        assert [status(server, EVENTS, Authorization=token) for _ in range(3)] == [200] * 3
        assert not kept & backends()
    finally:
        connections.settings["default"]["CONN_MAX_AGE"] = usual


def asked_directly(**scope: Any) -> list[dict[str, Any]]:
    """What the application says to a request as a server hands it over."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    usual = {
        "type": "http", "method": "GET", "query_string": b"", "http_version": "1.1", "scheme": "http",
        "headers": [(b"host", b"localhost"), (b"accept-language", b"en")], "server": ("localhost", 80),
    }  # fmt: skip
    loops.run(http.Http()({**usual, **scope}, receive, send))
    return sent


def test_under_a_prefix_addresses_lead_back_under_it() -> None:
    """Behind a gateway that serves it below a path (``--root-path``)."""
    start, *_ = asked_directly(path="/sanji/orders/mine/", root_path="/sanji")
    assert dict(start["headers"])[b"location"].startswith(b"/sanji/login/")


@pytest.mark.parametrize("path", ["/login/", "/api/v1/incidents/"])
def test_a_query_that_is_not_ascii_is_refused_as_a_page_or_as_data(path: str) -> None:
    start, *parts = asked_directly(path=path, query_string=b"q=\xff\xfe")
    said = b"".join(part["body"] for part in parts)
    assert (start["status"], dict(start["headers"])[b"x-sanji"]) == (400, b"1")
    assert (b'"unreadable"' in said) is path.startswith("/api/")
    assert b"cannot be read" in said
