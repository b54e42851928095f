"""How much geometry a message may cost, decided before the expensive step.

Repairing a ring or uniting shapes takes time and memory by the number of their crossings, which is up to the square of
their points (a ring of 500 random points took 40 s, one of 9,000 took 15 GB). So crossings are counted first, in
numpy, by pairs of segments whose boxes meet, and counting stops at the limit. What has more is replaced by its convex
hull, which covers more, never less.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

MOST_SHAPES = 1_000
MOST_POINTS = 300_000
"""Read of one message, in half a second and some 80 MB."""
MOST_KEPT = 10_000
"""Points of a message after thinning, which PostGIS compares with some two hundred boundaries."""
MOST_CROSSINGS = 100
"""Of a ring with itself."""
MOST_CROSSINGS_BETWEEN = 5_000
"""Of all shapes of a message with each other."""
MOST_PAIRS = 1_000_000
"""Pairs of segments looked at: a tenth of a second and some 60 MB."""
_AT_ONCE = 32  # segments asked of the index at a time: 32 × 10,000 pairs are 5 MB
FINEST_GRID, COARSEST_GRID = 0.00005, 0.0064  # degrees: some 5 m to 700 m
METRES_A_DEGREE = 111_320

Array = np.ndarray


def thin(points: Array, most: int) -> tuple[Array | None, float]:
    """The closed ring on a grid just coarse enough for ``most`` points, and the grid's step in degrees (0: untouched).
    None where even the coarsest grid leaves more. Linear in the number of points.
    """
    if len(points) <= most:
        return points, 0.0
    grid = FINEST_GRID
    while grid <= COARSEST_GRID:
        snapped = without_repeats(np.round(points / grid) * grid)
        if len(snapped) <= most:
            return (snapped, grid) if len(snapped) >= 4 else (None, grid)
        grid *= 2
    return None, grid


def without_repeats(points: Array) -> Array:
    keep = np.ones(len(points), dtype=bool)
    keep[1:] = np.any(points[1:] != points[:-1], axis=1)
    return points[keep]


def tangled(ring: Array) -> bool:
    """More crossings or touches with itself than are worth a repair, or too much to look at to know."""
    return _exceeds(_segments([ring]), MOST_CROSSINGS, closed=len(ring) - 1)


def tangled_together(shapes: Sequence[BaseGeometry]) -> bool:
    """The same of several shapes with each other; the same shape twice (in two languages) counts once."""
    once = list({shape.wkb: shape for shape in shapes}.values())
    if len(once) < 2:
        return False
    rings = [
        shapely.get_coordinates(ring)
        for shape in once
        for part in shapely.get_parts(shape)
        for ring in shapely.get_rings(part)
    ]
    return _exceeds(_segments(rings), MOST_CROSSINGS_BETWEEN, closed=None)


def _segments(rings: Sequence[Array]) -> Array:
    """(n, 4): from x, y to x, y."""
    return np.concatenate([np.hstack([ring[:-1], ring[1:]]) for ring in rings])


def _exceeds(segments: Array, limit: int, *, closed: int | None) -> bool:
    """``closed``: the number of segments of the one ring, whose neighbours touch by nature; None counts only what
    truly crosses, for shapes beside each other share their borders.
    """
    looked_at = crossings = 0
    for first, second in _pairs(segments):
        looked_at += len(first)
        if looked_at > MOST_PAIRS:
            return True
        if closed is not None:
            apart = (second - first != 1) & (second - first != closed - 1)
            first, second = first[apart], second[apart]
        crossings += _crossings(segments[first], segments[second], touching=closed is not None)
        if crossings > limit:
            return True
    return False


def _pairs(segments: Array) -> Iterator[tuple[Array, Array]]:
    """Indices of segments whose boxes meet, each pair once, some thousand at a time."""
    low, high = np.minimum(segments[:, :2], segments[:, 2:]), np.maximum(segments[:, :2], segments[:, 2:])
    boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    tree = shapely.STRtree(boxes)
    for start in range(0, len(boxes), _AT_ONCE):
        first, second = tree.query(boxes[start : start + _AT_ONCE])
        first = first + start
        once = first < second
        yield first[once], second[once]


def _crossings(one: Array, other: Array, *, touching: bool) -> int:
    """How many of these pairs cross: the ends of each lie on both sides of the other."""

    def side(a: Array, b: Array, c: Array) -> Array:
        return np.sign((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0]))

    a, b, c, d = one[:, :2], one[:, 2:], other[:, :2], other[:, 2:]
    across, along = side(a, b, c) * side(a, b, d), side(c, d, a) * side(c, d, b)
    crossing = (across <= 0) & (along <= 0) if touching else (across < 0) & (along < 0)
    return int(np.count_nonzero(crossing))


def hull(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    return shapely.convex_hull(shapely.multipoints(np.concatenate([shapely.get_coordinates(s) for s in shapes])))
