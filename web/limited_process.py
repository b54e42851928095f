"""The worker process that reads files from outside: one task after the other from stdin, answers to stdout.

Started by web/limited.py; it knows neither Django nor the database. Each task has
a limit of memory (RLIMIT_AS) and of processor time (RLIMIT_CPU), set before its bytes are looked at. A task is a
function ``(content, options) -> (data, bytes)`` named "module:function"; messages are a line of JSON and then bytes, so
that a decoder that was taken over cannot make the web process run anything, as a pickle could.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys
import traceback
from typing import IO, Any

NICE = 10
"""Process priority (nice): whoever waits for a page goes before whoever sent a file."""
OPEN_FILES = 64


class Unfit(Exception):
    """The file cannot be taken. ``code`` says why, for the sentence that the web process makes of it."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def main() -> None:
    # Ignore SIGINT: Ctrl-C reaches all processes of a terminal, and this one ends when its stdin does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    for kind, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, OPEN_FILES)):
        resource.setrlimit(kind, (most, most))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # stdout carries answers only: what a library prints goes to stderr
    while head := sys.stdin.buffer.readline():
        asked = json.loads(head)
        content = sys.stdin.buffer.read(asked["bytes"])
        ends = _answer(answers, *_done(asked, content))
        del content
        if ends:
            return


def _done(asked: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        module, _colon, name = asked["task"].partition(":")
        task = getattr(importlib.import_module(module), name)
        _limit(asked["memory"], asked["seconds"])
        data, made = task(content, asked["options"])
        return {"data": data}, made
    except Unfit as unfit:
        return {"unfit": unfit.code, "params": unfit.params}, b""
    except MemoryError:
        return {"unfit": "memory", "params": {}, "ends": True}, b""
    except Exception:
        # catch everything: decoders raise any exception for files that are broken on purpose
        return {"unfit": "unreadable", "params": {}, "trace": traceback.format_exc(limit=-6)[-4000:]}, b""


def _answer(answers: IO[bytes], answer: dict[str, Any], made: bytes) -> bool:
    """Write it; whether this process should end, because an allocation failed in it."""
    answers.write(json.dumps({**answer, "bytes": len(made)}).encode() + b"\n" + made)
    answers.flush()
    return bool(answer.get("ends"))


def _limit(memory: int, seconds: int) -> None:
    """Set rlimits: so many more bytes of address space than now, and processor time (SIGXCPU ends the process)."""
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + memory, resource.RLIM_INFINITY))
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))
