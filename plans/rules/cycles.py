"""Circles among actions that wait for one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter


def cycles(after: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Circles of the graph code → codes that come first, each as the codes in the order in which they wait.

    Every action that is in a circle is in at least one of those given back; each circle begins with its first code by
    the mapping's order, and none comes twice. Codes that are no key are passed over.
    """
    try:
        TopologicalSorter(after).prepare()
    except CycleError:  # names one circle; a planner is told all of them at once
        return _all_circles(after)
    return []


def _all_circles(after: Mapping[str, Sequence[str]]) -> list[list[str]]:
    order = {code: number for number, code in enumerate(after)}
    found: list[list[str]] = []
    told: set[str] = set()
    for code in after:
        if code not in told and (circle := _shortest(code, after)):
            first = circle.index(min(circle, key=order.__getitem__))
            found.append(circle[first:] + circle[:first])
            told.update(circle)
    return found


def _shortest(start: str, after: Mapping[str, Sequence[str]]) -> list[str]:
    """The shortest circle through ``start`` (breadth-first search); empty when there is none."""
    paths = {start: [start]}
    queue = [start]  # grows while it is walked: each code once, by the shortest way to it
    for code in queue:
        for first in after[code]:
            if first == start:
                return paths[code]
            if first in after and first not in paths:
                paths[first] = [*paths[code], first]
                queue.append(first)
    return []
