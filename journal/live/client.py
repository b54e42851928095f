"""One WebSocket client of the hub: its scopes, its send queue, and the codes with which it is closed."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from journal.live import frames
from journal.live.rights import Credential, Standing
from org.models import Person

SIGNED_OUT = 4401
"""Nobody is signed in by it, or not any more: the page asks for a sign-in."""
SEES_NOTHING = 4403
"""Signed in, but without a post that sees anything; or a screen that was revoked."""
TOO_MANY = 4429
"""Too many sockets of one session, person or address (`MOST`), or opened too fast (RATES); later, or by polling."""
COME_AGAIN = 1013
"""Too slow, or what it may hear could not be looked up: comes back with its cursor."""

MOST = {"credential": 20, "person": 60, "address": 2000}
"""Sockets open at once in a process. A browser has one per tab, a shared account several desks, a gateway's address
many people; without a limit one runaway client would use them all up.
"""

GRACE_S = 5.0
"""A session that was replaced keeps its sockets for so long at least: the answer that brings its browser the new key is
still on its way, and a page that were told to sign in again would never take it."""

BACKLOG = 64
"""Frames that may wait for a client that takes none; such a one is closed with 1013 and comes back with its cursor."""

STALLED_AFTER_S = 2.0
"""A client counts as taking none when nothing has gone out to it for so long. A burst alone makes nobody slow: an order
to the county is hundreds of frames at once, and a phone on a thin line takes seconds to swallow them."""

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Client:
    """One socket: its scopes, its backlog of shared frames, and at most one task that empties it."""

    __slots__ = (
        *("_backlog", "_send", "_spared_at", "_task", "_took_at", "closing", "credential", "everything"),
        *("greeted", "is_device", "person_id", "places", "scopes"),
    )

    def __init__(self, send: Send, person: Person, credential: Credential, address: str) -> None:
        self._send = send
        self.greeted = False
        self.person_id = person.pk
        self.is_device = person.is_device
        self.credential = credential
        self.scopes: tuple[str, ...] = ()
        self.everything = False
        self.places = {"credential": credential.key, "person": str(person.pk), "address": address}
        """What it takes a place of, by the names of `MOST`."""
        self.closing = False
        self._backlog: deque[str] = deque()
        self._task: asyncio.Task[None] | None = None
        self._took_at = 0.0
        self._spared_at: float | None = None

    def refused_by(self, standing: Standing) -> int | None:
        """The code to close it with, as things stand; None when it may go on, with the scopes that it now has."""
        sight = standing.sight(self.person_id)
        if not standing.holds(self.person_id, self.credential) and not self._spared(standing):
            return SEES_NOTHING if self.is_device else SIGNED_OUT
        if sight is None:
            return SEES_NOTHING
        self.scopes, self.everything = sight.scopes, sight.everything
        return None

    def _spared(self, standing: Standing) -> bool:
        if not standing.replaced(self.person_id, self.credential):
            return False
        present = asyncio.get_running_loop().time()
        self._spared_at = self._spared_at or present
        return present - self._spared_at < GRACE_S

    def push(self, text: str) -> None:
        """Queue a frame; never waits, so that one stalled client cannot stop the others."""
        if self.closing:
            return
        present = asyncio.get_running_loop().time()
        waiting = len(self._backlog)
        if waiting >= frames.REPLAY_LIMIT or (waiting >= BACKLOG and present - self._took_at > STALLED_AFTER_S):
            self.close(COME_AGAIN)
            return
        self._backlog.append(text)
        if self._task is None:
            self._took_at = present
            self._task = asyncio.create_task(self._drain())

    def close(self, code: int) -> None:
        self.closing = True
        self._backlog.clear()
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._close(code))

    async def _close(self, code: int) -> None:
        with contextlib.suppress(Exception):
            await self._send({"type": "websocket.close", "code": code})

    async def _drain(self) -> None:
        try:
            while self._backlog:
                await self._send({"type": "websocket.send", "text": self._backlog.popleft()})
                self._took_at = asyncio.get_running_loop().time()
        except Exception:  # the socket is gone; its consumer hears of it by itself
            self.closing = True
            self._backlog.clear()
        self._task = None
