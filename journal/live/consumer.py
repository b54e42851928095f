"""The socket: ``/ws/live/?after=SEQ``. Authenticated, replayed from its cursor, then fed by the hub."""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import parse_qs

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable
from channels.consumer import AsyncConsumer

from journal.live import frames
from journal.live.hub import Client, hub_of_this_loop
from journal.live.pool import joiners
from org.jurisdiction import jurisdiction_of
from org.models import Person

RESET = '{"type":"reset"}'


def rights_of(person_id: int) -> tuple[list[str], bool] | None:
    """The scopes that the person hears, and whether that is everything; None for somebody who may hear nothing."""
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    return None if person is None else _rights(person)


def _rights(person: Person) -> tuple[list[str], bool] | None:
    jurisdiction = jurisdiction_of(person)
    scopes = [""] if jurisdiction.everything else jurisdiction.scopes()
    return (scopes, jurisdiction.everything) if scopes else None


class LiveConsumer(AsyncConsumer):
    """Subscribes to no channel layer of its own and dispatches no message through it: the hub does that once a process.

    Closes with 4401 (not signed in) or 4403 (no post that sees anything).
    """

    async def __call__(self, scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        message = await receive()
        if message["type"] != "websocket.connect":
            return
        person = scope.get("user")
        if person is None or not person.is_authenticated:
            await self._refuse(send, 4401)
            return
        rights = await joiners(_rights, person)
        if rights is None:
            await self._refuse(send, 4403)
            return
        await send({"type": "websocket.accept"})
        await self._serve(scope, receive, send, Client(send, person.pk, *rights))

    @staticmethod
    async def _refuse(send: ASGISendCallable, code: int) -> None:
        # Accepted first: a refusal before that reaches a browser as 1006, which it cannot tell from a network error.
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": code})

    async def _serve(self, scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable, client: Client) -> None:
        hub = hub_of_this_loop(rights_of)
        await hub.join(client)
        try:
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
                await send({"type": "websocket.send", "text": text})


def _cursor(scope: Any) -> int | None:
    raw = parse_qs(scope.get("query_string", b"").decode("ascii", "replace")).get("after", [""])[0]
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None
