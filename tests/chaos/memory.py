"""What all processes below one take of the machine's memory, shared pages counted once (PSS)."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

PROC = Path("/proc")


def below(pid: int) -> list[int]:
    """The process, its children and theirs."""
    children: dict[int, list[int]] = {}
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def pss_mb(pid: int) -> float:
    """Of one process, in megabytes; nothing for one that has just ended."""
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


class Scale:
    """Weighs a process and all below it every fifth of a second; ``most`` is the largest sum seen, in megabytes."""

    def __init__(self, pid: int) -> None:
        self.most = 0.0
        self._pid, self._ending = pid, threading.Event()
        self._thread = threading.Thread(target=self._weigh, daemon=True)

    def _weigh(self) -> None:
        while not self._ending.wait(0.2):
            self.most = max(self.most, sum(pss_mb(pid) for pid in below(self._pid)))

    def __enter__(self) -> Scale:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ending.set()
        self._thread.join(10)
