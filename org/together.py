"""Many small writes as few statements: what is asked for while one is being written is written by the next, together.

A write that finds nobody writing goes out at once and by itself; nothing ever waits for company. On a busy night each
statement then carries what has come in during the last, and its fixed costs (a round trip, a plan's start, a commit
that reaches the disk) are shared.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from django.db import connection

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

MOST = 16
"""Written by one statement: as many as a process answers at once (emergency/handler.py)."""


class _Slip(Generic[Asked, Answer]):
    """One write that waits. ``turn`` opens when it has an answer, is to be written alone, or is next."""

    def __init__(self, key: Hashable, asked: Asked) -> None:
        self.key = key
        self.asked = asked
        self.answer: list[Answer] = []
        self.alone = False
        self.turn = threading.Semaphore(0)


class Together(Generic[Asked, Answer]):
    """``write``: answers to several, in their order. It must be one statement, for a failure is taken to have left
    nothing: then each is written again by itself, so that one that cannot be written is refused alone.
    """

    def __init__(self, write: Callable[[Sequence[Asked]], Sequence[Answer]]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._waiting: list[_Slip[Asked, Answer]] = []
        self._busy = False

    def __call__(self, key: Hashable, asked: Asked) -> Answer:
        """The answer to one. Two with the same ``key`` are never in one statement.

        Inside a transaction it is written at once, on that transaction's connection.
        """
        if connection.in_atomic_block:
            return self._write([asked])[0]
        slip: _Slip[Asked, Answer] = _Slip(key, asked)
        with self._lock:
            self._waiting.append(slip)
            first, self._busy = not self._busy, True
        if not first:
            slip.turn.acquire()
        if not (slip.answer or slip.alone):
            self._write_all_that_wait(slip)
        return self._write([asked])[0] if slip.alone else slip.answer[0]

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
                following = self._waiting[:1]
                self._busy = bool(following)
            for slip in (*batch, *following):
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
