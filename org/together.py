"""Many small writes as few statements: what is asked for while one is being written is written by the next, together.

A write goes out at once and by itself when nobody else is writing or on the way here. On a busy night it waits, a
moment at most, for those who are; each statement then carries all that has come in, and its fixed costs (a round trip,
a plan's start, a commit that reaches the disk) are shared.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

from django.db import connection

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

MOST = 16
"""Written by one statement: as many as a process answers at once (emergency/handler.py)."""

PATIENCE_S = 0.02
"""How long one waits for those who are on the way: a few of them need no longer to get here."""


class _Slip(Generic[Asked, Answer]):
    """One write that waits. ``turn`` opens when it has an answer, is to be written alone, or is to write."""

    def __init__(self, key: Hashable, asked: Asked) -> None:
        self.key = key
        self.asked = asked
        self.answer: list[Answer] = []
        self.alone = False
        self.turn = threading.Semaphore(0)

    @property
    def settled(self) -> bool:
        return bool(self.answer) or self.alone


class Together(Generic[Asked, Answer]):
    """``write``: answers to several, in their order. It must be one statement, for a failure is taken to have left
    nothing: then each is written again by itself, so that one that cannot be written is refused alone.
    """

    def __init__(self, write: Callable[[Sequence[Asked]], Sequence[Answer]]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._waiting: list[_Slip[Asked, Answer]] = []
        self._busy = False
        self._coming = 0
        self._mine = threading.local()

    @contextmanager
    def expected(self) -> Iterator[None]:
        """Around what leads to a write on this thread, or to none: those who are ready wait a moment for it."""
        with self._lock:
            self._coming += 1
        self._mine.expected = True
        try:
            yield
        finally:
            self._leave()

    def __call__(self, key: Hashable, asked: Asked) -> Answer:
        """The answer to one. Two with the same ``key`` are never in one statement.

        Inside a transaction it is written at once, on that transaction's connection.
        """
        if connection.in_atomic_block:
            self._leave()
            return self._write([asked])[0]
        slip: _Slip[Asked, Answer] = _Slip(key, asked)
        with self._lock:
            self._arrived()
            self._waiting.append(slip)
            leads = not self._busy and not self._coming
            self._busy = self._busy or leads
        while not (leads or slip.turn.acquire(timeout=PATIENCE_S)):
            with self._lock:
                leads = not (self._busy or slip.settled)
                self._busy = self._busy or leads
        if not slip.settled:
            self._write_all_that_wait(slip)
        return self._write([asked])[0] if slip.alone else slip.answer[0]

    def _arrived(self) -> None:
        """This thread's write is here, or will not come."""
        if getattr(self._mine, "expected", False):
            self._mine.expected = False
            self._coming -= 1

    def _leave(self) -> None:
        """Nobody has to wait for this thread any more."""
        with self._lock:
            self._arrived()
            leader = self._next()
        for slip in leader:
            slip.turn.release()

    def _next(self) -> list[_Slip[Asked, Answer]]:
        """Who has waited longest is to write what waits, unless somebody does already or more are on the way."""
        if self._busy or self._coming:
            return []
        leader = self._waiting[:1]
        self._busy = bool(leader)
        return leader

    def _write_all_that_wait(self, mine: _Slip[Asked, Answer]) -> None:
        batch = self._take(mine)
        try:
            for slip, answer in zip(batch, self._write([slip.asked for slip in batch]), strict=True):
                slip.answer.append(answer)
        except BaseException as problem:
            for slip in batch:
                slip.answer.clear()
                slip.alone = True
            if len(batch) == 1 or not isinstance(problem, Exception):
                raise
        finally:
            with self._lock:
                self._busy = False
                leader = self._next()
            for slip in (*batch, *leader):
                slip.turn.release()

    def _take(self, mine: _Slip[Asked, Answer]) -> list[_Slip[Asked, Answer]]:
        """Those that have waited longest, this one among them."""
        with self._lock:
            batch = {mine.key: mine}
            for slip in self._waiting:
                if len(batch) < MOST:
                    batch.setdefault(slip.key, slip)
            taken = list(batch.values())
            self._waiting = [slip for slip in self._waiting if slip not in taken]
            return taken
