"""HTTP on a few threads that stay, each with a database connection that it keeps.

Django's own ASGI handler gives each request a thread of its own, so a new connection too, changes between threads for
each middleware and signal, and keeps two tasks a request to notice that a client has left: milliseconds before a view
begins. Here a request is one call on one thread of a pool, as under WSGI, from its first signal to its response's end.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.exception import convert_exception_to_response
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.urls import ResolverMatch, set_script_prefix
from django.utils import translation
from django.utils.module_loading import import_string

from emergency.middleware.turns import Turns, sender_of
from emergency.views.errors import refused
from org.selectors.tokens import brought
from web.bounds import LARGEST_BODY, BodyTooBig, Unreadable

THREADS = 16
"""At most so many requests are answered at once in a process, and fewer of one sender (emergency/middleware/turns.py);
reading a slow client's body holds no thread.
"""

WATCHED = ("/healthz", "/readyz")

Headers = list[tuple[bytes, bytes]]

MARK = (b"X-Sanji", b"1")
"""On every answer, errors and redirects too: what lacks it came from a network in between (static/js/core/http.js)."""


class Synchronous(ASGIHandler):
    """Middlewares and views run one after the other on the request's thread, and known addresses are not looked up."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, ResolverMatch] = {}

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Of addresses without parts that vary there are as many as routes: each is kept."""
        match = self._known.get(request.path_info)
        if match is None:
            match = super().resolve_request(request)
            if not (match.args or match.kwargs):
                self._known[request.path_info] = match
        request.resolver_match = match
        return match


class ForTokens(Synchronous):
    """For a machine that brings its token with each request to the API: it has no session, no forms, no messages."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware, self._template_response_middleware, self._exception_middleware = [], [], []
        chain = convert_exception_to_response(self._get_response)
        for name in reversed(settings.MIDDLEWARE_FOR_TOKENS):
            middleware = import_string(name)(chain)
            if hasattr(middleware, "process_exception"):
                self._exception_middleware.append(middleware.process_exception)
            chain = convert_exception_to_response(middleware)
        self._middleware_chain = chain


def brings_token(scope: Any) -> bool:
    """Whether this goes to the API with a token, which then decides alone: one that is wrong is refused."""
    return scope["path"].startswith("/api/") and any(
        name == b"authorization" and brought(value) is not None for name, value in scope["headers"]
    )


class Handler(Synchronous):
    def __init__(self) -> None:
        super().__init__()
        self._for_tokens = ForTokens()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
        self._turns = Turns()
        # Whoever watches over the system is answered while every other thread is busy or hangs.
        self._watched = ThreadPoolExecutor(2, thread_name_prefix="health")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is handled here, not {scope['type']}")
        try:
            body: IO[bytes] | None = await self.read_body(_counted(receive))
        except RequestAborted:
            return
        except BodyTooBig:
            body = None
        on_thread = asyncio.get_running_loop().run_in_executor
        if scope["path"] in WATCHED:
            pool, turn = self._watched, contextlib.nullcontext()
        else:
            pool, turn = self._pool, self._turns.of(sender_of(scope))
        async with turn:
            status, headers, content = await on_thread(pool, self._answer, scope, body)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if isinstance(content, bytes):
            await send({"type": "http.response.body", "body": content})
            return
        while part := await on_thread(pool, next, content, b""):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})

    def _answer(self, scope: Any, body: IO[bytes] | None) -> tuple[int, Headers, bytes | Iterator[bytes]]:
        """Status, headers, and the content: whole, or part by part, none of them empty, where the view streams."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        too_big, body = body is None, body or BytesIO()
        request, response = self.create_request(scope, body)
        if request is None:  # its query is no UTF-8
            response = _unread(self.create_request({**scope, "query_string": b""}, body)[0], Unreadable())
        else:
            handler = self._for_tokens if brings_token(scope) else self
            response = _unread(request, BodyTooBig()) if too_big else handler.get_response(request)
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        head = response.status_code, _headers(response)
        if response.streaming:
            return *head, _content(response, body)
        try:
            return *head, response.content  # type: ignore[attr-defined]
        finally:
            response.close()
            body.close()


def _counted(receive: Any) -> Any:
    """``receive``, until the body is larger than anything that is taken here."""
    left = LARGEST_BODY

    async def next_part() -> Any:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise BodyTooBig
        return message

    return next_part


def _unread(request: HttpRequest, error: Exception) -> HttpResponseBase:
    """What was not read to its end, told in its sender's language."""
    with translation.override(translation.get_language_from_request(request)):
        response = refused(request, error)
    response["Connection"] = "close"  # the rest of it is not waited for
    return response


def _headers(response: HttpResponseBase) -> Headers:
    found = [(name.encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    cookies = (cookie.output(header="").strip().encode("ascii") for cookie in response.cookies.values())
    return [MARK, *found, *((b"Set-Cookie", cookie) for cookie in cookies)]


def _content(response: Any, body: IO[bytes]) -> bytes | Iterator[bytes]:
    """All of a file that is one part, which most are: a page's scripts and styles need no thread a second time."""
    parts = _parts(response, body)
    first = next(parts, b"")
    if response.headers.get("Content-Length") != str(len(first)):
        return itertools.chain([first], parts) if first else b""
    parts.close()
    return first


def _parts(response: Any, body: IO[bytes]) -> Generator[bytes]:
    """The parts of a file, the next one read when the last is on its way; the response is closed after them."""
    if isinstance(response, FileResponse):
        response.block_size = ASGIHandler.chunk_size
    try:
        yield from filter(None, response)
    finally:
        response.close()
        body.close()
