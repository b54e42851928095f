"""The WebSocket consumer at ``/ws/live/?after=SEQ``: authenticated, replayed from its cursor, then fed by the hub."""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import parse_qs

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable
from channels.consumer import AsyncConsumer

from journal.live import frames
from journal.live.client import SIGNED_OUT, TOO_MANY, Client
from journal.live.hub import hub_of_this_loop
from journal.live.pool import joiners

RESET = '{"type":"reset"}'


class LiveConsumer(AsyncConsumer):
    """Subscribes to no channel layer of its own and dispatches no message through it: the hub does that once a process.

    The codes with which a socket is closed stand in journal/live/client.py.
    """

    async def __call__(self, scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        message = await receive()
        if message["type"] != "websocket.connect":
            return
        # Accepted first: a refusal before that reaches a browser as 1006, which it cannot tell from a network error.
        await send({"type": "websocket.accept"})
        person = scope.get("user")
        if person is None or not person.is_authenticated:
            await send({"type": "websocket.close", "code": SIGNED_OUT})
            return
        if scope.get("too_many"):
            await send({"type": "websocket.close", "code": TOO_MANY})
            return
        await self._serve(scope, receive, send, Client(send, person, scope["credential"], _address(scope)))

    async def _serve(self, scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable, client: Client) -> None:
        hub = hub_of_this_loop()
        try:
            refusal = await hub.join(client)
            if refusal is not None:
                await send({"type": "websocket.close", "code": refusal})
                return
            await self._replay(scope, send, client)
            hub.greet(client)
            while (await receive())["type"] != "websocket.disconnect":
                pass
        finally:
            hub.leave(client)

    @staticmethod
    async def _replay(scope: Any, send: ASGISendCallable, client: Client) -> None:
        """Joined first, replayed second.

        What is committed in between comes twice, and the client drops it by ``seq``.
        """
        after = _cursor(scope)
        if after is None:
            return
        missed = await joiners(frames.fetch_replay, after, client.scopes, client.everything)
        with contextlib.suppress(Exception):
            for text in [RESET] if missed is None else [frame.text for frame in missed]:
                if client.closing:  # what it was let in with has ended meanwhile
                    return
                await send({"type": "websocket.send", "text": text})


def _address(scope: Any) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _cursor(scope: Any) -> int | None:
    raw = parse_qs(scope.get("query_string", b"").decode("ascii", "replace")).get("after", [""])[0]
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None
