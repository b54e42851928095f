"""Concurrency limit for each sender: so many request threads at once; further requests wait in order.

Rate limits (emergency/middleware/limits.py) count what was asked for over seconds; a burst of slow pages within them
would still hold every thread. What waits here holds none. Senders are told apart before anything is looked up: by the
token or the session that a request brings, right or wrong, else by its address.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import parse_cookie

from org.selectors.tokens import brought
from web.addresses import network_of

AT_ONCE = 6
"""Of a process's 16 threads; a browser opens no more connections to one server."""


@dataclass
class _Lane:
    places: asyncio.Semaphore
    users: int = field(default=0)


class Turns:
    """Semaphores by sender, of one event loop: ``async with turns.of(sender)`` around the work in the pool."""

    def __init__(self) -> None:
        self._lanes: dict[str, _Lane] = {}

    @contextlib.asynccontextmanager
    async def of(self, sender: str) -> AsyncIterator[None]:
        lane = self._lanes.get(sender) or self._lanes.setdefault(sender, _Lane(asyncio.Semaphore(AT_ONCE)))
        lane.users += 1
        try:
            async with lane.places:
                yield
        finally:
            lane.users -= 1
            if not lane.users:
                del self._lanes[sender]


def sender_of(scope: Any) -> str:
    """The key of a request's sender, from its ASGI scope."""
    headers = dict(scope["headers"])
    token = brought(headers.get(b"authorization", b""))
    if token is not None:
        return f"token:{token!r}"
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    if session := cookies.get(settings.SESSION_COOKIE_NAME):
        return f"session:{session}"
    client = scope.get("client")
    return f"address:{network_of(client[0])}" if client else ""
