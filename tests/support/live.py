"""A live server and its sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import uvicorn
from django.db import connections, transaction
from django.test import Client
from knox.models import AuthToken
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from journal.actions.recording import SYSTEM, Fact, record_all
from journal.models import Event
from org.models import Person
from tests.support.processes import PATIENCE


def until(holds: Callable[[], Any], seconds: float = 10.0, what: str = "") -> Any:
    """Poll until it holds; AssertionError after the deadline."""
    seconds *= PATIENCE
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := holds():
            return found
        time.sleep(0.01)
    raise AssertionError(f"did not come about within {seconds} s: {what or holds}")


class LiveClient:
    """A socket whose frames are read by a thread of its own. ``seqs`` as they came, doubles included."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.frames: list[dict[str, Any]] = []
        self.others: list[dict[str, Any]] = []
        self.close_code: int | None = None
        self._open = contextlib.ExitStack()
        self.socket: ClientConnection = self._open.enter_context(
            connect(url, additional_headers=headers, compression=None, max_size=None)
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        try:
            for text in self.socket:
                frame = json.loads(text)
                (self.frames if "seq" in frame else self.others).append(frame)
        except ConnectionClosed:
            pass
        self.close_code = self.socket.close_code

    @property
    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.frames]

    def joined(self) -> LiveClient:
        """Wait for the first beat or frame, or the refusal: from then on the hub knows us."""
        until(lambda: self.others or self.frames or self.close_code, what="the hub's first word")
        return self

    def gets(self, seqs: list[int], seconds: float = 10.0) -> None:
        until(lambda: set(seqs) <= set(self.seqs), seconds, f"frames {seqs[:3]}…, got {len(self.seqs)}")

    def close(self) -> None:
        self._open.close()
        self._reader.join(5)


class LiveServer:
    """uvicorn as the Procfile starts it, in a thread of this process; ``loop`` is there for a look inside."""

    def __init__(self) -> None:
        from emergency.asgi import application

        self.loop: asyncio.AbstractEventLoop | None = None
        self._clients: list[LiveClient] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        config = uvicorn.Config(
            application,
            port=self.port,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            lifespan="off",
            log_level="warning",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        until(lambda: self._server.started, what="the server's start")

    def _run(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.run_until_complete(self._server.serve())

    def url(self, query: str = "") -> str:
        return f"ws://127.0.0.1:{self.port}/ws/live/{query}"

    def client(self, person: Person | None, after: int | None = None, query: str = "") -> LiveClient:
        token = AuthToken.objects.create(user=person)[1] if person else None
        query = query or ("" if after is None else f"?after={after}")
        return self.opened(query, **({"Authorization": f"Token {token}"} if token else {}))

    def opened(self, query: str = "", /, **headers: str) -> LiveClient:
        """With these headers and nothing else."""
        client = LiveClient(self.url(query), headers)
        self._clients.append(client)
        return client.joined()

    def page_of(self, browser: Client) -> LiveClient:
        """As a page of this test client opens it: with its cookies."""
        cookies = "; ".join(f"{name}={morsel.coded_value}" for name, morsel in browser.cookies.items())
        return self.opened(Cookie=cookies, Origin=f"http://127.0.0.1:{self.port}")

    def stop(self) -> None:
        for client in self._clients:
            client.close()
        self._server.should_exit = True
        self._thread.join(10)


def happen(*paths: str, **card: Any) -> list[int]:
    """Record one event for each unit path in one transaction and commit; the seqs."""
    with transaction.atomic():
        events = record_all(
            [Fact("test.shown", "test:1", path, card={"type": "live", "text": "", **card}) for path in paths],
            by=SYSTEM,
        )
    return [event.seq for event in events]


class Held:
    """An event inserted in another connection's transaction that stays open until `let_go`."""

    def __init__(self, path: str) -> None:
        self.seq = 0
        self._inserted, self._go = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold, args=(path,), daemon=True)
        self._thread.start()
        assert self._inserted.wait(10)

    def _hold(self, path: str) -> None:
        try:
            with transaction.atomic():
                self.seq = record_all([Fact("test.held", "test:1", path)], by=SYSTEM)[0].seq
                self._inserted.set()
                self._go.wait(30)
        finally:
            connections.close_all()

    def let_go(self) -> None:
        self._go.set()
        self._thread.join(10)


def newest() -> int:
    return Event.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
