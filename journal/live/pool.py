"""A thread pool for live push: threads that read the database, each with a connection that it keeps.

Django would give all sockets of a process one thread, and a new connection for every question: after a restart
thousands of browsers come back at once, and the hub's own look would wait behind them all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

P = ParamSpec("P")
R = TypeVar("R")


class Readers:
    """``await readers(function, …)`` runs a function that only reads, in a thread of its own."""

    def __init__(self, threads: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)

    async def __call__(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, lambda: _read(function, *args, **kwargs))

    def close(self) -> None:
        """End the threads, and their connections with them."""
        self._executor.submit(connection.close)
        self._executor.shutdown(wait=False)


def _read(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run with one retry on a new connection: a persistent one may have died, and reads are safe to repeat."""
    try:
        return function(*args, **kwargs)
    except (OperationalError, InterfaceError):
        connection.close()
        return function(*args, **kwargs)


joiners = Readers(4, "live-join")
"""Threads for joining sockets: credentials, permissions and replay, once each."""
