"""A small process pool for files from outside: photos and workbooks are decoded there, never on a request's thread.

Two worker processes (web/limited_process.py) for each process of ours, started when first needed, with limits of
memory and time. One file at a time for each sender; a few request threads may wait, the rest is told to come back
(`Busy`, 503 with Retry-After). Plain pipes rather than `multiprocessing`, whose pools cannot be started from a Celery
worker and import the parent's main module into each process.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from web.errors import ActionError
from web.limited_process import Unfit

__all__ = ["Busy", "Limits", "Pool", "Unfit", "Worker", "pool"]

PROCESSES = 2
WAITING = 6
"""Queue length: request threads that may wait for a process. Of the 16 of a web process most stay free for pages."""
WAITING_OF_ONE = 3
WAIT_S = 10.0
TASKS = 50
"""Tasks after which a worker process is replaced, so that memory leaks of decoders do not grow."""
TOP = Path(__file__).resolve().parent.parent
FAULT_OF_THE_FILE = {
    -signal.SIGXCPU: "time", -signal.SIGABRT: "memory", -signal.SIGSEGV: "unreadable", -signal.SIGBUS: "unreadable",
    -signal.SIGFPE: "unreadable", -signal.SIGILL: "unreadable",
}  # fmt: skip

_log = logging.getLogger(__name__)


class Busy(ActionError):
    """Too many files at once; the same again in a moment goes through."""

    status = 503
    code = "busy"
    retry_after = 5

    def __init__(self) -> None:
        super().__init__(_("Many files are being read at the moment. Nothing was stored; send it again in a moment."))


@dataclass(frozen=True)
class Limits:
    """``memory`` in bytes beyond the process's own, ``seconds`` of processor time, ``wall`` seconds by the clock."""

    memory: int
    seconds: int
    wall: float = 30.0


class Worker:
    """One process and its two pipes; used by one thread at a time."""

    def __init__(self) -> None:
        # A minimal environment, enough to find Python's modules: no secret is within a decoder's reach.
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "VIRTUAL_ENV") if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from web.limited_process import main; main()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=TOP, env={**kept, "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        self.pid = self._process.pid
        self._to: IO[bytes] = self._process.stdin  # type: ignore[assignment]
        self._from: IO[bytes] = self._process.stdout  # type: ignore[assignment]
        self.left = TASKS
        self.overdue = False

    def _end_overdue(self) -> None:
        self.overdue = True
        self._process.kill()

    def ask(self, task: str, content: bytes, options: dict[str, Any], limits: Limits) -> tuple[dict[str, Any], bytes]:
        """The task's answer. EOFError when the process ended before it answered, for whatever reason."""
        self.left -= 1
        head = {"task": task, "bytes": len(content), "options": options}
        head |= {"memory": limits.memory, "seconds": limits.seconds}
        watch = threading.Timer(limits.wall, self._end_overdue)
        watch.daemon = True
        watch.start()
        try:
            self._to.write(json.dumps(head).encode() + b"\n")
            self._to.write(content)
            self._to.flush()
            answer = json.loads(self._from.readline() or b"null")
            made = self._from.read(answer["bytes"]) if answer else b""
        except OSError:
            answer, made = None, b""
        finally:
            watch.cancel()
        if answer is None or len(made) != answer["bytes"]:
            raise EOFError
        if answer.get("ends"):
            self.left = 0
        return answer, made

    def end(self) -> int:
        """End it if it has not ended; its return code, negative for a signal."""
        for pipe in (self._to, self._from):
            with contextlib.suppress(OSError):
                pipe.close()
        try:
            return self._process.wait(0.2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


class Pool:
    """``turn`` waits for a free process; ``run`` inside it does the work. Safe for threads."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        """Reset the pool, also after a fork, whose copy would share its parent's pipes."""
        self._changed = threading.Condition()
        self._queue: list[tuple[object, str]] = []
        self._at_work: list[str] = []
        self.idle: list[Worker] = []

    @contextlib.contextmanager
    def turn(self, sender: str) -> Iterator[Pool]:
        """One of the processes, for ``sender`` (whoever shares the name waits for one another). Busy when too many
        wait; take the file's bytes into memory inside of it only.
        """
        mine = (object(), sender)
        with self._changed:
            of_one = sum(1 for _ticket, name in self._queue if name == sender)
            if len(self._queue) >= WAITING or of_one >= WAITING_OF_ONE:
                raise Busy
            self._queue.append(mine)
            try:
                if not self._changed.wait_for(lambda: self._is_next(mine), WAIT_S):
                    raise Busy
                self._at_work.append(sender)
            finally:
                self._queue.remove(mine)
                self._changed.notify_all()
        try:
            yield self
        finally:
            with self._changed:
                self._at_work.remove(sender)
                self._changed.notify_all()

    def _is_next(self, mine: tuple[object, str]) -> bool:
        """Fair queueing: first among those whose sender has nothing at work."""
        if len(self._at_work) >= PROCESSES:
            return False
        return next((one for one in self._queue if one[1] not in self._at_work), None) is mine

    def run(self, task: str, content: bytes, limits: Limits, **options: Any) -> tuple[Any, bytes]:
        """What the task gives back. Unfit when the file is to blame, Busy when the process was ended from outside."""
        for last in (False, True):
            worker = self._taken()
            try:
                answer, made = worker.ask(task, content, options, limits)
            except EOFError:
                self._blame(worker.end(), task)
                if last or worker.overdue:
                    raise Busy from None
                continue
            except BaseException:
                worker.end()
                raise
            self._give_back(worker)
            return _opened(answer, task), made
        raise AssertionError

    def _taken(self) -> Worker:
        with self._changed:
            return self.idle.pop() if self.idle else Worker()

    def _give_back(self, worker: Worker) -> None:
        with self._changed:
            if worker.left > 0 and len(self.idle) < PROCESSES:
                self.idle.append(worker)
                return
        worker.end()

    @staticmethod
    def _blame(code: int, task: str) -> None:
        """Unfit when a limit or a crash of the decoder ended the process; Busy when it was killed from outside."""
        _log.warning("worker process exited with %s during %s", code, task)
        if code in FAULT_OF_THE_FILE:
            raise Unfit(FAULT_OF_THE_FILE[code])

    def end(self) -> None:
        """End the idle processes, for tests and at exit."""
        while self.idle:
            self.idle.pop().end()


def _opened(answer: dict[str, Any], task: str) -> Any:
    if "unfit" not in answer:
        return answer["data"]
    if "trace" in answer:
        _log.warning("%s could not read a file: %s", task, answer["trace"])
    raise Unfit(answer["unfit"], **answer["params"])


pool = Pool()
os.register_at_fork(after_in_child=pool._reset)
