"""Watching real processes: asking again until something holds, and whether a process lives."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 4
"""Deadlines of waits times this. They end a test that has gone wrong and measure nothing: CI has been seen to run at a
third of its usual speed."""


def eventually(holds: Callable[[], object], what: str, seconds: float = 15) -> None:
    """Asks again until it holds; a condition that never comes fails by its name."""
    seconds *= PATIENCE
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come within {seconds:g} s"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether a process with this id runs; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def send(pid: int, which: signal.Signals) -> None:
    """Sends a signal to one process. Refuses 0, -1 and 1: to the kernel our own group, everybody, and init."""
    assert pid > 1, f"{pid} is no process to send {which.name} to: its id was not known yet"
    os.kill(pid, which)
