"""A small proxy in front of a test's server that behaves as bad networks do; its mood is changed while a page is open.

``proxy.mood = "portal"``; what is open by then takes part. ``proxy.asked`` has (method, path, mood) of all that reached
it, sockets as the method ``SOCKET``. Static files always pass. A connection carries one request.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from typing import Any

PAGE = "<!DOCTYPE html><title>Free network</title><form><input name=phone><button>Sign in</button></form>"
LIE = '{"ok":true,"newest":1,"reset":true,"results":[{"seq":999999999,"verb":"x","subject":"x:1"}],"silent":777}'
REPLIES = {
    "portal": ("200 OK", "text/html; charset=utf-8", PAGE, ""),
    "elsewhere": ("302 Found", "text/html", PAGE, "Location: http://127.0.0.1:9/sign-in\r\n"),
    "not_found": ("404 Not Found", "text/html", PAGE, ""),
    "proxy_sign_in": ("407 Proxy Authentication Required", "text/html", PAGE, "Proxy-Authenticate: Basic realm=x\r\n"),
    "too_large": ("413 Payload Too Large", "text/html", PAGE, ""),
    "gateway": ("502 Bad Gateway", "text/html", PAGE, ""),
    "foreign_json": ("200 OK", "application/json", LIE, ""),
    # What our server said, and did, is lost on the way back.
    "loses_answers": ("502 Bad Gateway", "text/html", PAGE, ""),
}
"""What a network, a gateway or a firewall answers by itself."""

SILENT = "silent"  # takes a request or a socket and never says anything; what is open stands still
NO_SOCKETS = "no_sockets"  # whoever asks for a socket waits for ever; everything else passes
SWALLOWS = "swallows"  # a socket opens, and nothing passes in it any more
BUFFERS = "buffers"  # a socket opens, and what the server says in it is kept until the mood is over
SLOW = "slow"
CLEAR = "clear"
FOREIGN = tuple(name for name in REPLIES if name != "loses_answers")
SLOW_S = 0.6


class Proxy:
    """Listens on a port of its own until `close`, in a thread of its own."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._mood = CLEAR
        self._changed = asyncio.Event()
        self.asked: list[tuple[str, str, str]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._listening = self._call(asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20))
        self.port = self._listening.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def _call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    @property
    def mood(self) -> str:
        return self._mood

    @mood.setter
    def mood(self, mood: str) -> None:
        self._call(self._turn(mood))

    async def _turn(self, mood: str) -> None:
        self._mood = mood
        self._changed.set()
        self._changed = asyncio.Event()

    def count(self, part: str, method: str = "") -> int:
        """How many requests with this in their path have come so far."""
        return sum(1 for verb, path, _ in self.asked if part in path and method in ("", verb))

    def close(self) -> None:
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _end(self) -> None:
        self._listening.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            await self._changed.wait()

    # One connection --------------------------------------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, path = head.split(" ", 2)[:2]
            socket = "\r\nupgrade: websocket" in head.lower()
            if not path.startswith("/static/"):
                self.asked.append(("SOCKET" if socket else method, path, self._mood))
                await self._answer(head, socket, reader, writer)
            else:
                await self._pass(head, reader, writer)
        writer.close()

    async def _answer(
        self, head: str, socket: bool, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        mood = self._mood
        if mood == SILENT or (socket and mood == NO_SOCKETS):
            await self._until(lambda: self._mood not in (SILENT, NO_SOCKETS))
        elif socket:
            await (self._say(mood, head, reader, writer) if mood in REPLIES else self._tunnel(head, reader, writer))
        elif mood == "loses_answers":
            nowhere = _Nowhere()
            await self._pass(head, reader, nowhere)
            await self._say(mood, "", reader, writer)
        elif mood in REPLIES:
            await self._say(mood, head, reader, writer)
        else:
            if mood == SLOW:
                await asyncio.sleep(SLOW_S)
            await self._pass(head, reader, writer)

    async def _say(self, mood: str, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(_length(head))
        status, kind, text, more = REPLIES[mood]
        content = text.encode()
        start = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(content)}\r\n"
        writer.write(f"{start}Connection: close\r\n\r\n".encode() + content)
        await writer.drain()

    async def _pass(self, head: str, reader: asyncio.StreamReader, writer: Any) -> None:
        their_reader, their_writer = await asyncio.open_connection("127.0.0.1", self._to)
        try:
            lines = [line for line in head[:-4].split("\r\n") if not line.lower().startswith("connection:")]
            their_writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"))
            their_writer.write(await reader.readexactly(_length(head)))
            while part := await their_reader.read(2**16):
                writer.write(part)
                await writer.drain()
        finally:
            their_writer.close()

    # A socket --------------------------------------------------------------------------------------------------------

    async def _tunnel(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        their_reader, their_writer = await asyncio.open_connection("127.0.0.1", self._to)
        try:
            their_writer.write(head.encode("latin-1"))
            writer.write(await their_reader.readuntil(b"\r\n\r\n"))
            ways = [
                asyncio.create_task(self._carry(reader, their_writer)),
                asyncio.create_task(self._carry(their_reader, writer)),
                asyncio.create_task(self._until(lambda: self._mood in REPLIES)),  # another network: the line is cut
            ]
            _, rest = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in rest:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        finally:
            their_writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until the end; what the mood keeps back goes on when it is over, and a line with a hole in it is cut."""
        while part := await reader.read(2**16):
            mood = self._mood
            if mood == SWALLOWS:
                await self._until(lambda: self._mood != SWALLOWS)
                return
            await self._until(lambda: self._mood not in (BUFFERS, SILENT))
            writer.write(part)
            await writer.drain()


class _Nowhere:
    def write(self, part: bytes) -> None:
        pass

    async def drain(self) -> None:
        pass


def _length(head: str) -> int:
    for line in head.lower().split("\r\n"):
        if line.startswith("content-length:"):
            return int(line.partition(":")[2])
    return 0
