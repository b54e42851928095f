"""Request threads are shared: whoever asks for many slow pages at once waits for themselves, and nobody for them."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from emergency.http import THREADS, Http
from emergency.middleware.turns import AT_ONCE, Turns, sender_of
from tests.support import loops


def scope(path: str = "/", address: str = "10.8.0.1", **headers: str) -> dict[str, Any]:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http", "method": "GET", "path": path, "headers": raw, "client": (address, 1), "query_string": b"",
        "scheme": "http", "http_version": "1.1", "server": ("127.0.0.1", 80),
    }  # fmt: skip


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Http:
    """Its requests to /slow/ end when the test says so; the others at once."""
    one = Http()
    one.open, one.at_work, one.most = threading.Event(), 0, 0  # type: ignore[attr-defined]
    counting = threading.Lock()

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/slow/":
            with counting:
                one.at_work += 1  # type: ignore[attr-defined]
                one.most = max(one.most, one.at_work)  # type: ignore[attr-defined]
            one.open.wait(30)  # type: ignore[attr-defined]
            with counting:
                one.at_work -= 1  # type: ignore[attr-defined]
        start_response("200 OK", [])
        return [b"done"]

    monkeypatch.setattr(one, "_django", answer)
    return one


async def ask(handler: Http, asked: dict[str, Any]) -> int:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await handler(asked, receive, send)
    return int(sent[0]["status"])


@pytest.mark.parametrize(
    "flooding",
    [{"cookie": "sessionid=abc"}, {"authorization": "Token abc"}, {}],
    ids=["session", "token", "address"],
)
def test_one_sender_s_hundred_slow_requests_leave_the_others_a_thread(handler: Http, flooding: dict[str, str]) -> None:
    others = [
        scope(cookie="sessionid=other"),
        scope(authorization="Token other"),
        scope(cookie="csrftoken=x; sessionid=third"),
        scope(address="10.8.0.2"),
    ]

    async def both() -> list[int]:
        floods = [asyncio.create_task(ask(handler, scope("/slow/", **flooding))) for _ in range(100)]
        try:
            async with asyncio.timeout(20):
                served = [await ask(handler, other) for other in others]
        finally:
            handler.open.set()  # type: ignore[attr-defined]
        return served + await asyncio.gather(*floods)

    assert loops.run(both()) == [200] * (len(others) + 100)
    assert handler.most <= AT_ONCE < THREADS  # type: ignore[attr-defined]
    assert handler._turns._lanes == {}, "nothing is kept of who has left"


def test_a_request_that_is_given_up_gives_its_turn_back() -> None:
    async def given_up() -> int:
        turns = Turns()

        async def hold() -> None:
            async with turns.of("a"):
                await asyncio.sleep(60)

        tasks = [asyncio.create_task(hold()) for _ in range(AT_ONCE + 2)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return len(turns._lanes)

    assert loops.run(given_up()) == 0


def test_senders_are_told_apart_by_token_then_session_then_network() -> None:
    assert sender_of(scope(authorization="token  x", cookie="sessionid=a")) == "token:b'x'"
    assert sender_of(scope(cookie="a=1; sessionid=s")) == "session:s"
    assert sender_of(scope(address="2001:db8::1")) == sender_of(scope(address="2001:db8::2"))
    assert sender_of({**scope(), "client": None}) == ""
