"""HTTP on a few threads that stay, each with a database connection that it keeps.

Django's own ASGI handler gives each request a thread of its own, so a new connection too, and changes between threads
for each middleware: several milliseconds before a view begins. Here a request is one call on one thread of a pool.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponseBase

THREADS = 16
"""At most so many requests are answered at once in a process; reading a slow client's body holds no thread."""


class Handler(ASGIHandler):
    """Everything behind it is synchronous: middlewares and views run one after the other on the request's thread."""

    def __init__(self) -> None:
        super().__init__()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="request")

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is handled here, not {scope['type']}")
        async with ThreadSensitiveContext(executor=self._pool):
            await self.handle(scope, receive, send)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self._answer)(request)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        close_old_connections()  # of this thread: the signal of the request's start may have been heard on another
        return self.get_response(request)
