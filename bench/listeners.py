"""Thousands of sockets in a process of their own, which reads raw bytes and notes when each one got the marked frame.

``python -m bench.listeners PORT PATH TOKEN``; commands on standard input, one a line: ``open N`` answers ``opened N``;
``expect WORD`` forgets the past and answers ``ready``; ``wait`` answers the arrival times (CLOCK_MONOTONIC, s) as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from time import monotonic

AT_ONCE = 40
PATIENCE_S = 20.0


class Listener(asyncio.Protocol):
    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.opened: asyncio.Future[None] = crowd.loop.create_future()
        self.tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(self.crowd.request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        if not self.opened.done():
            # The hub's first beat, or the bare server's answer alone: from here on it knows us.
            self.tail += data
            if self.crowd.greeting in self.tail:
                self.opened.set_result(None)
                self.tail = b""
            return
        if self.crowd.word and self.crowd.word in self.tail + data:
            self.crowd.arrived.append(monotonic())
            self.tail = b""
        else:
            self.tail = data[-64:]

    def connection_lost(self, error: Exception | None) -> None:
        self.crowd.lost += 1
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(self.tail[:200]))


class Crowd:
    def __init__(self, port: int, path: str, token: str) -> None:
        self.loop = asyncio.get_running_loop()
        self.port = port
        self.greeting = b'{"type":"beat"' if token else b"\r\n\r\n"
        auth = f"Authorization: Token {token}\r\n" if token else ""
        self.request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{auth}"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()
        self.count = self.lost = 0
        self.word = b""
        self.arrived: list[float] = []

    async def open(self, count: int) -> None:
        turn = asyncio.Semaphore(AT_ONCE)

        async def one() -> None:
            async with turn:
                _, listener = await self.loop.create_connection(lambda: Listener(self), "127.0.0.1", self.port)
                await listener.opened

        await asyncio.gather(*(one() for _ in range(count)))
        self.count += count

    def expect(self, word: str) -> None:
        self.word, self.arrived = word.encode(), []

    async def wait(self) -> list[float]:
        end = monotonic() + PATIENCE_S
        while len(self.arrived) < self.count and monotonic() < end:
            await asyncio.sleep(0.02)
        return self.arrived


async def serve(port: int, path: str, token: str) -> None:
    crowd = Crowd(port, path, token)
    while line := await asyncio.to_thread(sys.stdin.readline):
        command, _, rest = line.strip().partition(" ")
        if command == "open":
            await crowd.open(int(rest))
            print(f"opened {crowd.count}", flush=True)
        elif command == "expect":
            crowd.expect(rest)
            print("ready", flush=True)
        elif command == "wait":
            print(json.dumps({"arrived": await crowd.wait(), "lost": crowd.lost}), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else ""))
