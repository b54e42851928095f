"""Cycle detection among actions that wait for one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def cycles(after: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Circles of the graph code → codes that come first, each as the codes in the order in which they wait.

    Every action that is in a circle is in at least one of those given back; each circle begins with its first code by
    the mapping's order, and none comes twice. Codes that are no key are passed over. Linear in the edges.
    """
    order = {code: number for number, code in enumerate(after)}
    found: dict[tuple[str, ...], None] = {}
    for group in _knots(after):
        inside = set(group)
        left = set(group)
        while left:
            start = min(left, key=order.__getitem__)
            circle = _shortest(start, inside, after)
            first = circle.index(min(circle, key=order.__getitem__))
            found[tuple(circle[first:] + circle[:first])] = None
            left -= set(circle)
    return [list(circle) for circle in found]


def _shortest(start: str, inside: set[str], after: Mapping[str, Sequence[str]]) -> list[str]:
    """The shortest cycle through ``start``, which has one, because it lies in a strongly connected component."""
    came: dict[str, str] = {}
    edge = [start]
    while edge:
        following = []
        for code in edge:
            for first in after[code]:
                if first == start:
                    path = [code]
                    while path[-1] != start:
                        path.append(came[path[-1]])
                    return path[::-1]
                if first in inside and first not in came:
                    came[first] = code
                    following.append(first)
        edge = following
    raise ValueError(f"{start} is in no circle")


def _knots(after: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Strongly connected components with a cycle (Kosaraju's algorithm: by finishing order, then against the edges)."""
    leaving: list[str] = []
    seen: set[str] = set()
    for root in after:
        stack = [(root, iter(after[root]))] if root not in seen else []
        seen.add(root)
        while stack:
            code, rest = stack[-1]
            step = next((one for one in rest if one in after and one not in seen), None)
            if step is None:
                leaving.append(stack.pop()[0])
            else:
                seen.add(step)
                stack.append((step, iter(after[step])))
    waiting: dict[str, list[str]] = {code: [] for code in after}
    for code, firsts in after.items():
        for first in firsts:
            if first in waiting:
                waiting[first].append(code)
    return [group for group in _groups(leaving, waiting) if len(group) > 1 or group[0] in after[group[0]]]


def _groups(leaving: list[str], waiting: Mapping[str, Sequence[str]]) -> list[list[str]]:
    groups: list[list[str]] = []
    placed: set[str] = set()
    for root in reversed(leaving):
        if root in placed:
            continue
        placed.add(root)
        group, stack = [], [root]
        while stack:
            code = stack.pop()
            group.append(code)
            fresh = [one for one in waiting[code] if one not in placed]
            placed.update(fresh)
            stack.extend(fresh)
        groups.append(group)
    return groups
