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


def drive(make: Callable[[], bytes], *, seconds: float, connections_each: int = 4) -> Figures:
    """``make`` gives the next request, head and body. Half a second to warm up is not counted."""
    return asyncio.run(_drive(make, seconds, connections_each))


async def _drive(make: Callable[[], bytes], seconds: float, each: int) -> Figures:
    loop = asyncio.get_running_loop()
    begin = loop.time() + 0.5
    times: list[float] = []
    bad, sent_at_all = [0], [0]

    async def one(port: int) -> None:
        # Room for a whole map: a reader that pauses every 64 KB would be measured instead of the server.
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        while (sent := loop.time()) < begin + seconds:
            writer.write(make())
            good = await _answer(reader)
            sent_at_all[0] += 1
            if loop.time() >= begin:
                times.append(loop.time() - sent)
                bad[0] += not good
        writer.close()

    await asyncio.gather(*(one(port) for port in PORTS for _ in range(each)))
    took = loop.time() - begin
    times.sort()
    at = [times[len(times) * share // 100] * 1000 for share in (50, 95)] if times else [0.0, 0.0]
    return Figures(len(times) / took, at[0], at[1], bad[0], sent_at_all[0])


async def _answer(reader: asyncio.StreamReader) -> bool:
    head = await reader.readuntil(b"\r\n\r\n")
    low = head.lower()
    length = int(low.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    await reader.readexactly(length)
    return head.split(b" ", 2)[1].startswith(b"2")


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
    command = [sys.executable, "-m", "uvicorn", "emergency.asgi:application", *FLAGS]
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
