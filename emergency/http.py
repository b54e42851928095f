"""HTTP: Django as a WSGI application in a2wsgi's thread pool, behind one ASGI middleware that takes in the body first.

A thread belongs to a request from its first middleware to its last byte handed over, and keeps its database connection
for the next one (CONN_MAX_AGE). What waits for a client holds no thread: a body is read whole, within its bound, before
one is taken, and an answer goes out from a queue.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable
from typing import IO, Any

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import FileResponse

from emergency.middleware.turns import Turns, sender_of
from web import bounds
from web.bounds import REFUSED, BodyTooBig, Unreadable

THREADS = 16
"""Size of the thread pool: so many requests at once in a process, and fewer of one sender
(emergency/middleware/turns.py).
"""
WATCHED = ("/healthz", "/readyz")
PART = 64 * 1024
QUEUED = 64
"""Send buffer: chunks of an answer that wait for a slow client, 4 MB. Only a larger file holds its thread meanwhile."""
STALLED_S = 30.0
"""Send timeout: a client that takes nothing for so long has its connection closed, and the thread goes on."""

FileResponse.block_size = PART  # file chunks, 4 KB unless set; each is one call from the thread to the event loop


class Http:
    """The ASGI application of HTTP."""

    def __init__(self) -> None:
        self._django = get_wsgi_application()
        self._turns = Turns()
        self._pool = WSGIMiddleware(self._run, workers=THREADS, send_queue_size=QUEUED)  # type: ignore[arg-type]
        # Health endpoints are answered outside the pool, while every other thread is busy or hangs.
        self._watched = WSGIMiddleware(self._run, workers=2, send_queue_size=QUEUED)  # type: ignore[arg-type]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        with tempfile.SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE) as body:
            query: bytes = scope["query_string"]
            # RFC 3986 has ASCII alone in an address, and a2wsgi decodes nothing else.
            refused: Exception | None = None if query.isascii() else Unreadable()
            try:
                if not await _take_in(body, receive):
                    return
            except BodyTooBig as error:
                refused = error
                body.seek(0)
                body.truncate()
            inner = {**scope, "headers": _headers(scope, body.tell()), "sanji.body": body, REFUSED: refused}
            inner["query_string"] = query if query.isascii() else b""
            body.seek(0)
            path = scope["path"].removeprefix(scope.get("root_path", ""))
            sender = _Sender(send, closing=isinstance(refused, BodyTooBig))
            if path in WATCHED:
                await self._watched(inner, receive, sender)
                return
            async with self._turns.of(sender_of(scope)):
                await self._pool(inner, receive, sender)

    def _run(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Runs in the pool. The body is complete already."""
        environ["wsgi.input"] = environ["asgi.scope"]["sanji.body"]
        answer: Iterable[bytes] = self._django(environ, start_response)
        return answer


async def _take_in(body: IO[bytes], receive: Any) -> bool:
    """Reads the body to its end; False when its sender has left. BodyTooBig as soon as it is."""
    left = bounds.LARGEST_BODY
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return False
        part = message.get("body", b"")
        left -= len(part)
        if left < 0:
            raise BodyTooBig
        body.write(part)
        if not message.get("more_body", False):
            return True


def _headers(scope: Any, length: int) -> list[tuple[bytes, bytes]]:
    """Request headers for WSGI, with the body's real Content-Length, which a client may omit but Django needs.

    Without names that have an underscore: in WSGI they cannot be told from those with a hyphen, which a gateway sets.
    """
    kept = [
        (name, value)
        for name, value in scope["headers"]
        if name not in (b"content-length", b"transfer-encoding") and b"_" not in name
    ]
    return [*kept, (b"content-length", str(length).encode())]


class _Sender:
    """``send`` that never waits for ever, and never raises: a2wsgi's thread would wait for its queue instead."""

    def __init__(self, send: Any, *, closing: bool) -> None:
        self._send, self._closing, self._gone = send, closing, False

    async def __call__(self, message: Any) -> None:
        if self._gone:
            return
        if self._closing and message["type"] == "http.response.start":
            message["headers"].append((b"connection", b"close"))  # the rest of the body is not waited for
        try:
            async with asyncio.timeout(STALLED_S):
                await self._send(message)
        except (TimeoutError, OSError):
            self._gone = True
