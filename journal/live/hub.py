"""The hub: who listens to which scope in this process, and the one loop that reads new events for all of them."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from channels.layers import get_channel_layer

from journal import wake
from journal.live import frames
from journal.live.frames import Frame
from journal.live.pool import Readers

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
"""The hub looks for itself this often, so that a lost wake-up or a dead Redis costs a second at most."""

BEAT_EVERY_S = 10.0

BACKLOG = 64
"""Frames that may wait for a client that takes none; such a one is closed with 1013 and comes back with its cursor."""

STALLED_AFTER_S = 2.0
"""A client counts as taking none when nothing has gone out to it for so long. A burst alone makes nobody slow: an order
to the county is hundreds of frames at once, and a phone on a thin line takes seconds to swallow them."""

CHUNK = 50
"""Frames handed out between two chances for the sockets to send: a whole burst at once would fill every backlog."""

RECHECK_EVERY_S = 60.0
"""Rights also lapse with time alone (an appointment's last day, an administrator's hand in the database)."""

REFRESH = frozenset({"org.appointed", "org.appointment_ended", "org.person_deactivated"})
"""Verbs after which a person's scopes are computed anew, at once."""

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Client:
    """One socket: its scopes, its backlog of shared frames, and at most one task that empties it."""

    __slots__ = ("_backlog", "_closing", "_send", "_task", "_took_at", "everything", "greeted", "person_id", "scopes")

    def __init__(self, send: Send, person_id: int, scopes: list[str], everything: bool) -> None:
        self._send = send
        self.person_id = person_id
        self.scopes = scopes
        self.everything = everything
        self.greeted = False
        self._backlog: deque[str] = deque()
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self._took_at = 0.0

    def push(self, text: str) -> None:
        """Queue a frame; never waits, so that one stalled client cannot stop the others."""
        if self._closing:
            return
        present = asyncio.get_running_loop().time()
        waiting = len(self._backlog)
        if waiting >= frames.REPLAY_LIMIT or (waiting >= BACKLOG and present - self._took_at > STALLED_AFTER_S):
            self.close(1013)
            return
        self._backlog.append(text)
        if self._task is None:
            self._took_at = present
            self._task = asyncio.create_task(self._drain())

    def close(self, code: int) -> None:
        self._closing = True
        self._backlog.clear()
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._close(code))

    async def _close(self, code: int) -> None:
        with contextlib.suppress(Exception):
            await self._send({"type": "websocket.close", "code": code})

    async def _drain(self) -> None:
        try:
            while self._backlog:
                await self._send({"type": "websocket.send", "text": self._backlog.popleft()})
                self._took_at = asyncio.get_running_loop().time()
        except Exception:  # the socket is gone; its consumer hears of it by itself
            self._closing = True
            self._backlog.clear()
        self._task = None


class Hub:
    """All sockets of one event loop. Starts reading with its first client and stops with its last."""

    def __init__(self, reauthorise: Callable[[int], tuple[list[str], bool] | None]) -> None:
        self._clients: dict[str, set[Client]] = defaultdict(set)
        self._all: set[Client] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._starting = asyncio.Lock()
        self._woken = asyncio.Event()
        self._last = 0
        self._gaps: dict[int, float] = {}
        self._reauthorise = reauthorise
        self._read = Readers(1, "live-hub")
        self._ahead = 0.0  # the database's clock less this loop's

    async def join(self, client: Client) -> None:
        """Add a client; when this returns, every event committed from now on will reach it."""
        async with self._starting:
            if not self._tasks:
                await self._set_clock()
                self._last, gaps = await self._read(frames.present_window)
                until = asyncio.get_running_loop().time() + frames.OVERLAP_S
                self._gaps = dict.fromkeys(gaps, until)
                self._tasks = [asyncio.create_task(loop()) for loop in self._loops()]
        self._add(client)

    def greet(self, client: Client) -> None:
        """Its first beat: what it had missed has been sent. Before that it gets none, so that it knows."""
        client.greeted = True
        client.push(self._beat_now())

    def _beat_now(self) -> str:
        """With the database's time, by which a page sets its clock."""
        at = dt.datetime.fromtimestamp(asyncio.get_running_loop().time() + self._ahead, dt.UTC)
        return f'{{"type":"beat","now":"{at.isoformat(timespec="milliseconds")}"}}'

    async def _set_clock(self) -> None:
        before = asyncio.get_running_loop().time()
        told = await self._read(frames.database_time)
        self._ahead = told - (before + asyncio.get_running_loop().time()) / 2

    def _loops(self) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
        return self._listen, self._pump, self._beat, self._recheck

    def leave(self, client: Client) -> None:
        self._remove(client)
        if not self._all:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    def _add(self, client: Client) -> None:
        self._all.add(client)
        for scope in client.scopes:
            self._clients[scope].add(client)

    def _remove(self, client: Client) -> None:
        self._all.discard(client)
        for scope in client.scopes:
            members = self._clients.get(scope, set())
            members.discard(client)
            if not members:
                self._clients.pop(scope, None)

    async def _listen(self) -> None:
        """One subscription of the channel layer for the whole process; comes back by itself when Redis does."""
        while True:
            try:
                layer = get_channel_layer()
                channel = await layer.new_channel()
                await layer.group_add(wake.GROUP, channel)
                while True:
                    await layer.receive(channel)
                    self._woken.set()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                _log.info("no wake-ups for now, looking every second: %r", error)
                await asyncio.sleep(LOOK_EVERY_S)

    async def _pump(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._woken.wait()
            self._woken.clear()
            try:
                await self._look()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # a database that restarts: the cursor stays where it is
                _log.warning("could not read the journal, will try again: %r", error)
                await asyncio.sleep(LOOK_EVERY_S)

    async def _beat(self) -> None:
        """Something on every line now and then, so that a page can tell a quiet hour from a dead line."""
        while True:
            await asyncio.sleep(BEAT_EVERY_S)
            with contextlib.suppress(Exception):  # a database that is away: its clock goes on as before
                await self._set_clock()
            beat = self._beat_now()
            for client in self._all:
                if client.greeted:
                    client.push(beat)

    async def _recheck(self) -> None:
        """Compute everybody's scopes anew now and then, one person after the other."""
        while True:
            await asyncio.sleep(RECHECK_EVERY_S)
            for person_id in {client.person_id for client in self._all}:
                await self._refresh(person_id)

    async def _look(self) -> None:
        """Hand out what is new. The cursor follows frame by frame, so that an error in between loses nothing."""
        found = await self._read(frames.fetch_new, self._last, list(self._gaps))
        for number, frame in enumerate(found, start=1):
            self._dispatch(frame)
            self._note(frame)
            if frame.verb in REFRESH and frame.person:
                await self._refresh(int(frame.person))
            if number % CHUNK == 0:
                await asyncio.sleep(0)
        if len(found) >= frames.LOOK_LIMIT:
            self._woken.set()
        if self._gaps:
            now = asyncio.get_running_loop().time()
            self._gaps = {seq: until for seq, until in self._gaps.items() if until > now}

    def _note(self, frame: Frame) -> None:
        """Advance the cursor and remember the numbers skipped, which may yet be committed."""
        self._gaps.pop(frame.seq, None)
        if frame.seq > self._last:
            until = asyncio.get_running_loop().time() + frames.OVERLAP_S
            missing = range(max(self._last + 1, frame.seq - frames.MOST_GAPS), frame.seq)
            self._gaps.update(dict.fromkeys(missing, until))
            self._last = frame.seq

    def _dispatch(self, frame: Frame) -> None:
        hearers: set[Client] = set()
        for scope in ("", *frame.scopes):
            hearers |= self._clients.get(scope, set())
        for client in hearers:
            client.push(frame.text)

    async def _refresh(self, person_id: int) -> None:
        """A person's posts changed: their sockets change scopes at once, or close when nothing is left to them."""
        if not any(client.person_id == person_id for client in self._all):
            return
        try:
            rights, code = await self._read(self._reauthorise, person_id), 4403
        except Exception as error:  # what they may hear is unknown: they come back and are asked anew
            _log.warning("could not look up the rights of person %s: %r", person_id, error)
            rights, code = None, 1013
        # Looked up only now: some may have left during the wait.
        for client in [client for client in self._all if client.person_id == person_id]:
            self._remove(client)
            if rights is None:
                client.close(code)
                continue
            client.scopes, client.everything = rights
            self._add(client)


_hubs: dict[int, Hub] = {}


def hub_of_this_loop(reauthorise: Callable[[int], tuple[list[str], bool] | None]) -> Hub:
    loop = asyncio.get_running_loop()
    if id(loop) not in _hubs:
        _hubs.clear()  # the loop before is over: a process has one
        _hubs[id(loop)] = Hub(reauthorise)
    return _hubs[id(loop)]
