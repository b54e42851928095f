"""The process of one server: forked from one that has imported all that a server needs, which spares each its seconds.

multiprocessing's fork server is that process: it has no thread, loop or connection when it forks. What imports this
module must not import Django by it: a server with settings of its own reads them in a Python of its own.
"""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.process import BaseProcess
from pathlib import Path

UVICORN = [
    *("--ws", "websockets-sansio", "--ws-per-message-deflate", "false"),
    *("--no-access-log", "--timeout-graceful-shutdown", "1"),
]

UNLIMITED = "SANJI_TEST_UNLIMITED"
"""In a server's environment: no rate limits, for tests that ask every address as a few people."""

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.support.warm"])
_fresh = multiprocessing.get_context("spawn")


def process_of(database: str, port: int, log: Path, environment: dict[str, str], *, travels: bool) -> BaseProcess:
    """Not yet started. ``environment`` is added to the test's own.

    A server that ``travels`` keeps no connection, so that a clock that was moved (`Server.travel`) counts from the next
    request on. The others do as in operation: connections would be more than half of all that the database has to do.
    """
    context = _fresh if environment else _forks
    args = database, port, str(log), environment, 0 if travels else 60
    return context.Process(target=_serve, args=args, daemon=True)


def _serve(database: str, port: int, log: str, environment: dict[str, str], max_age: int) -> None:
    with open(log, "ab") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    os.environ.update(environment)
    from django.db import connections
    from uvicorn.main import main

    import tests.support.warm  # noqa: F401
    from web import rates

    rates.PREFIX = f"sanji:{database}:"  # servers of several workers share a Redis
    if environment.get(UNLIMITED):
        from bench.rates import lift

        lift()
    connections.settings["default"].update({"NAME": database, "CONN_MAX_AGE": max_age})
    main(["emergency.asgi:application", "--port", str(port), *UVICORN])
