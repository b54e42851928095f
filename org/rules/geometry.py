"""Repair of self-crossing polygons within bounds: the work is estimated before the expensive step (`make_valid`).

Repairing costs more than linearly in the number of crossings, which grows with the square of the points: a ring of 500
points (11 kB) can cross itself 40,000 times and keep a processor for a minute. So crossings are counted first, up to a
small limit; a shape beyond it is replaced by its convex hull, which covers too much, never too little.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from shapely.strtree import STRtree

MOST_CROSSINGS = 500
"""Up to here a repair takes a tenth of a second; a border drawn by hand crosses itself a few times."""
MOST_CANDIDATES = 1_000_000
"""Pairs of segments whose boxes overlap: comparing them takes a fraction of a second and some megabytes."""
CHEAP_POINTS = 2_000
"""Even if every segment lay beside every other, `is_valid` is quick on so few points."""
MENDED, HULL = "mended", "hull"


def bounded_valid(shape: BaseGeometry) -> tuple[BaseGeometry, str]:
    """A valid shape, and what was done: nothing (empty), `MENDED` by `make_valid`, or `HULL` for too many crossings.

    A shape whose segments lie so closely that even looking for crossings would take seconds becomes its hull too.
    """
    points = shapely.get_num_coordinates(shape)
    crossings = count_crossings(shape) if points > CHEAP_POINTS else 0
    if crossings <= MOST_CROSSINGS and shapely.is_valid(shape):
        return shape, ""
    if points <= CHEAP_POINTS:
        crossings = count_crossings(shape)
    if crossings > MOST_CROSSINGS:
        return shapely.convex_hull(shape), HULL
    return shapely.make_valid(shape), MENDED


def is_tangled(shape: BaseGeometry) -> bool:
    """Whether even `is_valid` would take long: many points whose segments cross, or nearly, without end."""
    return shapely.get_num_coordinates(shape) > CHEAP_POINTS and count_crossings(shape) > MOST_CROSSINGS


def count_crossings(shape: BaseGeometry) -> int:
    """How often segments cross or touch that are no neighbours; stops above `MOST_CROSSINGS`.

    Also above it: a shape with more than `MOST_CANDIDATES` pairs of segments that would have to be compared.
    """
    ends = _segments(shape)
    if len(ends) < 2:
        return 0
    lines = shapely.linestrings(ends)
    tree = STRtree(lines)
    at_once = max(1, min(64, 200_000 // len(lines)))
    found = compared = 0
    for first in range(0, len(lines), at_once):
        left, right = tree.query(lines[first : first + at_once])
        left = left + first
        ahead = right > left
        left, right = left[ahead], right[ahead]
        compared += len(left)
        found += int(_meet(ends[left], ends[right]).sum())
        if found > MOST_CROSSINGS or compared > MOST_CANDIDATES:
            return MOST_CROSSINGS + 1
    return found


def _segments(shape: BaseGeometry) -> NDArray[np.float64]:
    """(n, 2, 2): both ends of every segment of every ring and line that has a length."""
    parts = shapely.get_parts(shape)
    rings = shapely.get_rings(parts[shapely.get_dimensions(parts) == 2])
    runs = [shapely.get_coordinates(line) for line in [*rings, *parts[shapely.get_dimensions(parts) == 1]]]
    ends = [np.stack([run[:-1], run[1:]], axis=1) for run in runs if len(run) > 1]
    found = np.concatenate(ends) if ends else np.empty((0, 2, 2))
    whole: NDArray[np.float64] = found[(found[:, 0] != found[:, 1]).any(axis=1)]
    return whole


def _meet(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether segments, whose boxes overlap, have a point in common that is not an end of both."""
    apart = _side(one, other[:, 0]) * _side(one, other[:, 1]) > 0
    apart |= _side(other, one[:, 0]) * _side(other, one[:, 1]) > 0
    shared = (one[:, :, None, :] == other[:, None, :, :]).all(axis=3).any(axis=(1, 2))
    crossing: NDArray[np.bool_] = ~apart & ~shared
    return crossing


def _side(line: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    along, to = line[:, 1] - line[:, 0], point - line[:, 0]
    return np.sign(along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0])
