"""A client-side timeout on database waits, for web, worker, beat, sentinel and deliverer: a server that hangs must not
hold a thread for ever.

PostgreSQL's own limits (emergency/env.py) end a statement that takes long; a server that is frozen, or whose disk is,
keeps none of them, and libpq waits without end. psycopg2 asks a wait callback instead, and this one has a limit. The
connection it gives up on is closed, so that a transaction that was cut off is rolled back when the server comes back.
"""

from __future__ import annotations

import contextlib
import select
import threading
from collections.abc import Iterator
from typing import Any

from psycopg2 import OperationalError, extensions

CONNECT_S = 5.0
CHECK_S = 3.0
"""For `SELECT 1` on a kept connection before a request: what does not answer that is given up, and opened anew. Both
together tell a request within eight seconds that the database hangs; a phone waits for twenty (http.js)."""
STATEMENT_S = 35.0
"""Above PostgreSQL's own statement_timeout of 30 s: a statement that only takes long is ended there, by its name."""

_own = threading.local()


def begin() -> None:
    """Install the wait callback: every database wait of this process, and of its forks, has a timeout from now on."""
    extensions.set_wait_callback(_wait)


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Context manager with a shorter timeout for this thread."""
    _own.limit = seconds
    try:
        yield
    finally:
        del _own.limit


def _wait(connection: Any) -> None:
    """psycopg2's wait callback: waits with poll() for the server. OperationalError at the timeout; psycopg2 then closes
    the connection.
    """
    connecting = connection.status == extensions.STATUS_SETUP
    limit = CONNECT_S if connecting else getattr(_own, "limit", STATEMENT_S)
    while (state := connection.poll()) != extensions.POLL_OK:
        look = select.poll()  # select() knows no descriptor beyond 1024, and a web process holds thousands of sockets
        look.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
        if not look.poll(limit * 1000):
            raise OperationalError(f"the database has not answered for {limit:g} s")
