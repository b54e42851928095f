"""A small load on HTTP: so many connections, kept open, each sending its next request when it has its answer."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop
from django.db import connections

PORTS = (8911, 8912)
"""One web process each, as many as cores; a gateway spreads requests over them in operation."""
FLAGS = ["--ws", "none", "--no-access-log", "--lifespan", "off", "--log-level", "error"]


@dataclass(frozen=True)
class Figures:
    """``rate`` is requests a second, ``p50`` and ``p95`` are milliseconds.

    ``bad`` counts what was not 2xx; ``sent`` counts all, those of the warming up too.
    """

    rate: float
    p50: float
    p95: float
    bad: int
    sent: int


def drive(make: Callable[[], bytes], *, seconds: float, connections_each: int = 8, each: int | None = None) -> Figures:
    """``make`` gives the next request, head and body. Half a second to warm up is not counted.

    With ``each``, a connection sends so many and is done; all of them count.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_drive(make, seconds, connections_each, each))


async def _drive(make: Callable[[], bytes], seconds: float, lines: int, each: int | None) -> Figures:
    loop = asyncio.get_running_loop()
    begin = loop.time() + (0 if each else 0.5)
    callers = [_Caller(make, begin, begin + seconds, each) for _ in range(lines * len(PORTS))]
    for number, caller in enumerate(callers):
        await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", PORTS[number % len(PORTS)])  # type: ignore[misc]
    await asyncio.gather(*(caller.over for caller in callers))
    took = loop.time() - begin
    times = sorted(time for caller in callers for time in caller.times)
    at = [times[len(times) * share // 100] * 1000 for share in (50, 95)] if times else [0.0, 0.0]
    bad, sent = (sum(getattr(caller, name) for caller in callers) for name in ("bad", "sent"))
    return Figures(len(times) / took, at[0], at[1], bad, sent)


class _Caller(asyncio.Protocol):
    """One kept connection: the next request goes out when the answer to the last one is there in full.

    Answers are counted, not kept: the client shares its cores with what it measures.
    """

    def __init__(self, make: Callable[[], bytes], begin: float, end: float, each: int | None) -> None:
        self.make, self.begin, self.end, self.each = make, begin, end, each
        self.loop = asyncio.get_running_loop()
        self.over = self.loop.create_future()
        self.times: list[float] = []
        self.bad = self.sent = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.line: Any = transport
        self._ask()

    def _ask(self) -> None:
        self.asked_at = self.loop.time()
        if self.asked_at >= self.end or self.sent == self.each:
            self.line.close()
            return
        self.sent += 1
        self.head, self.left = b"", -1
        self.line.write(self.make())

    def data_received(self, data: bytes) -> None:
        if self.left < 0:
            self.head += data
            head, blank, data = self.head.partition(b"\r\n\r\n")
            if not blank:
                return
            self.good = head.split(b" ", 2)[1].startswith(b"2")
            self.left = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        self.left -= len(data)
        if not self.left:
            self._answered()

    def _answered(self) -> None:
        now = self.loop.time()
        if now >= self.begin:
            self.times.append(now - self.asked_at)
            self.bad += not self.good
        self._ask()

    def connection_lost(self, problem: Exception | None) -> None:
        self.bad += self.loop.time() < self.end and self.sent != self.each  # the server hung up
        if not self.over.done():
            self.over.set_result(None)


def processor_ms(pids: Iterable[int]) -> float:
    """Processor time that these have used so far, their own and the kernel's for them; 0 for one that is gone."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[11:13]))
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


@contextlib.contextmanager
def web_processes() -> Iterator[list[int]]:
    """The pids of two servers of the whole application, without DEBUG, ended with the block."""
    command = [sys.executable, "-m", "uvicorn", "bench.unbounded:application", *FLAGS]
    around = {**os.environ, "DEBUG": "0"}
    connections.close_all()
    processes = [subprocess.Popen([*command, "--port", str(port)], env=around) for port in PORTS]
    try:
        for port, process in zip(PORTS, processes, strict=True):
            _wait_for(port, process)
        yield [process.pid for process in processes]
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException):
            link.request("GET", "/healthz")
            link.getresponse()
            return
        time.sleep(0.1)
    raise SystemExit("a server did not start")
