"""Printing a figure beside its limit."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from time import perf_counter


def beside(what: str, ours: float, limit_name: str, limit: float, unit: str, *, more_is_better: bool = False) -> None:
    """One line: ours, the limit, and how many times the limit's cost ours is (1.0 would be the limit itself)."""
    ratio = limit / ours if more_is_better else ours / limit
    print(f"{what:<44} {ours:>10,.1f} {unit:<8} {limit_name} {limit:>10,.1f}   x{ratio:.2f}", flush=True)


def median_ms(act: Callable[[], object], rounds: int = 5) -> float:
    """Milliseconds, the median of ``rounds`` after one to warm up."""
    act()
    times = []
    for _ in range(rounds):
        began = perf_counter()
        act()
        times.append((perf_counter() - began) * 1000)
    return statistics.median(times)


def additions() -> float:
    """Millions of additions that one core does in a second of Python: how fast this machine is just now.

    A machine that shares its processor with others may be three times as fast as a minute later.
    """
    began, total = perf_counter(), 0
    for number in range(5_000_000):
        total += number
    return 5 / (perf_counter() - began)
