"""The hub (publish and subscribe within a process): who listens to which scope, and the one loop that reads new
events for all."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Coroutine, Iterable
from typing import Any

from channels.layers import get_channel_layer

from journal.actions import epochs
from journal.live import client as clients
from journal.live import frames, rights, wake
from journal.live.client import COME_AGAIN, TOO_MANY, Client
from journal.live.frames import Frame
from journal.live.pool import Readers

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
"""The hub looks for itself this often, so that a lost wake-up or a dead Redis costs a second at most."""

BEAT_EVERY_S = 10.0

CHUNK = 50
"""Frames pushed before the event loop gets a turn to send: a whole burst at once would fill every backlog."""

RECHECK_EVERY_S = 10.0
"""What let a socket in also ends with time alone, by an administrator's hand in the database, or by a word that Redis
lost: all sockets of the process are looked up again with one statement."""

REFRESH = frozenset(
    {
        *("org.appointed", "org.appointment_ended", "org.person_deactivated"),
        *("org.password_changed", "org.token_revoked"),
    }
)
"""Verbs after which the sockets of the person named are looked up again, at once."""


class Hub:
    """All sockets of one event loop. Starts reading with its first client and stops with its last."""

    def __init__(self) -> None:
        self._clients: dict[str, set[Client]] = defaultdict(set)
        self._all: set[Client] = set()
        self._taken: Counter[tuple[str, str]] = Counter()
        self._tasks: list[asyncio.Task[None]] = []
        self._starting = asyncio.Lock()
        self._woken = asyncio.Event()
        self._last = 0
        self._epoch = ""
        self._gaps: dict[int, float] = {}
        self._ended: set[str] = set()
        self._newcomers: dict[Client, asyncio.Future[int | None]] = {}
        self._examining: asyncio.Task[None] | None = None
        # A single thread, so that answers come in order and an older one never overrides a newer one.
        self._read = Readers(1, "live-hub")
        self._ahead = 0.0  # the database's clock less this loop's
        self._standing = rights.standing

    async def join(self, client: Client) -> int | None:
        """Add a client, or refuse it with the code that is returned. `leave` must follow in either case.

        What let it in is looked up once more when it can already be found by its ending: nothing falls between the two.
        When this returns None, every event committed from now on will reach it.
        """
        for place in client.places.items():
            self._taken[place] += 1
        if any(self._taken[place] > clients.MOST[place[0]] for place in client.places.items()):
            return TOO_MANY
        async with self._starting:
            if not self._tasks:
                await self._set_clock()
                await self._begin()
                self._tasks = [asyncio.create_task(loop()) for loop in self._loops()]
            self._all.add(client)
        return await self._examined(client)

    async def _begin(self) -> None:
        """Initialise the cursor at the newest event, in the epoch in force."""
        self._epoch = await self._read(epochs.current)
        self._last, gaps = await self._read(frames.present_window)
        until = asyncio.get_running_loop().time() + frames.OVERLAP_S
        self._gaps = dict.fromkeys(gaps, until)

    def greet(self, client: Client) -> None:
        """The first heartbeat, sent once the replay is complete; before that the client gets none, so that it knows."""
        client.greeted = True
        client.push(self._beat_now())

    def _beat_now(self) -> str:
        """A heartbeat with the database's time, by which a page sets its clock."""
        at = dt.datetime.fromtimestamp(asyncio.get_running_loop().time() + self._ahead, dt.UTC)
        return f'{{"type":"beat","now":"{at.isoformat(timespec="milliseconds")}","epoch":"{self._epoch}"}}'

    async def _set_clock(self) -> None:
        before = asyncio.get_running_loop().time()
        told = await self._read(frames.database_time)
        self._ahead = told - (before + asyncio.get_running_loop().time()) / 2

    def _loops(self) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
        return self._listen, self._pump, self._beat, self._recheck

    def leave(self, client: Client) -> None:
        self._remove(client)
        for place in client.places.items():
            self._taken[place] -= 1
            if self._taken[place] <= 0:
                del self._taken[place]
        if not self._all:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    async def _examined(self, client: Client) -> int | None:
        """Batched credential check: clients that join while a query runs are checked together by the next."""
        answer = self._newcomers[client] = asyncio.get_running_loop().create_future()
        if self._examining is None:
            self._examining = asyncio.create_task(self._examine_newcomers())
        refusal: int | None = await answer
        return refusal

    async def _examine_newcomers(self) -> None:
        while self._newcomers:
            asked, self._newcomers = self._newcomers, {}
            try:
                standing = await self._look_up(asked)
            except Exception as error:
                _log.warning("could not check the credentials of %s new sockets: %r", len(asked), error)
                standing = None
            for client, answer in asked.items():
                refusal = COME_AGAIN if standing is None else self._settle(client, standing)
                if not answer.done():
                    answer.set_result(refusal)
        self._examining = None

    async def _look_up(self, asked: Collection[Client]) -> rights.Standing:
        people = {client.person_id for client in asked}
        return await self._read(self._standing, people, {client.credential for client in asked})

    def _settle(self, client: Client, standing: rights.Standing) -> int | None:
        """Give the client the scopes that it has now, or take it out; the code to close it with."""
        if client not in self._all:
            return None  # left during the wait
        self._remove(client)
        refusal = client.refused_by(standing)
        if refusal is None:
            self._add(client)
        return refusal

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
                    message = await layer.receive(channel)
                    if "ended" in message:
                        self._ended.add(message["ended"])
                    self._woken.set()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                _log.info("no channel layer, polling the journal every second: %r", error)
                await asyncio.sleep(LOOK_EVERY_S)

    async def _pump(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._woken.wait()
            self._woken.clear()
            try:
                await self._close_ended()
                await self._look()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # a database that restarts: the cursor stays where it is
                _log.warning("could not read the journal, will try again: %r", error)
                await asyncio.sleep(LOOK_EVERY_S)

    async def _beat(self) -> None:
        """Heartbeats to every socket, so that a page can tell a quiet hour from a dead connection."""
        while True:
            await asyncio.sleep(BEAT_EVERY_S)
            with contextlib.suppress(Exception):  # a database that is away: its clock goes on as before
                await self._set_clock()
            self._beat_to_all()

    def _beat_to_all(self) -> None:
        beat = self._beat_now()
        for client in self._all:
            if client.greeted:
                client.push(beat)

    async def _recheck(self) -> None:
        """Recheck all credentials periodically. While the database is away nobody is disconnected."""
        while True:
            await asyncio.sleep(RECHECK_EVERY_S)
            try:
                await self._refresh(list(self._all))
            except asyncio.CancelledError:
                raise
            except Exception as error:
                _log.warning("could not recheck the credentials of the sockets, will retry: %r", error)

    async def _look(self) -> None:
        """Push new events. The cursor advances frame by frame, so that an error in between loses nothing."""
        if await self._read(epochs.current) != self._epoch:  # a backup was restored: pages hear of it and load anew
            await self._begin()
            self._beat_to_all()
            return
        found = await self._read(frames.fetch_new, self._last, list(self._gaps))
        await self._heed(found)
        for number, frame in enumerate(found, start=1):
            self._dispatch(frame)
            self._note(frame)
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

    async def _heed(self, found: Iterable[Frame]) -> None:
        """Before new events are pushed, refresh the clients whose permissions they change."""
        named = {frame.person for frame in found if frame.verb in REFRESH}
        if named:
            await self._refresh_or_close([client for client in self._all if str(client.person_id) in named])

    async def _close_ended(self) -> None:
        """Sessions that a request has ended, as it says over the channel layer; the database has the last word."""
        ended, self._ended = self._ended, set()
        if ended:
            await self._refresh_or_close([client for client in self._all if client.credential.mark in ended])

    async def _refresh_or_close(self, asked: list[Client]) -> None:
        """Refresh clients whose permissions changed; close those that cannot be checked, which then reconnect."""
        try:
            await self._refresh(asked)
        except Exception as error:
            _log.warning("could not refresh the permissions of %s sockets: %r", len(asked), error)
            for client in asked:
                self._remove(client)
                client.close(COME_AGAIN)

    async def _refresh(self, asked: list[Client]) -> None:
        """Scopes as they are now; a socket that nothing holds open any more is closed."""
        if not asked:
            return
        standing = await self._look_up(asked)
        for client in asked:
            refusal = self._settle(client, standing)
            if refusal is not None:
                client.close(refusal)


hubs: dict[int, Hub] = {}


def hub_of_this_loop() -> Hub:
    loop = asyncio.get_running_loop()
    if id(loop) not in hubs:
        hubs.clear()  # the loop before is over: a process has one
        hubs[id(loop)] = Hub()
    return hubs[id(loop)]
