"""How much geometry a message may cost, decided before the expensive step (org/rules/geometry.py counts the crossings).

What has more than is worth a repair or a union is replaced by its convex hull, which covers more, never less.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from org.rules.geometry import MOST_CROSSINGS, count_crossings

MOST_SHAPES = 1_000
MOST_POINTS = 300_000
"""Read of one message, in half a second and some 80 MB."""
MOST_KEPT = 5_000
"""Points of a message after thinning: PostGIS compares them with some two hundred boundaries, and a comb of 10,000 took
it six seconds.
"""
CORNERS_OF_A_HULL = 32
MOST_PIECES = 10
"""Into which the repair of one ring may fall: each is compared by itself, and a thousand rings may come."""
FINEST_GRID, COARSEST_GRID = 0.00005, 0.0064  # degrees: some 5 m to 700 m
METRES_A_DEGREE = 111_320

Array = NDArray[np.float64]


def thin(points: Array, most: int) -> tuple[Array | None, float]:
    """The closed ring on a grid just coarse enough for ``most`` points, and the grid's step in degrees (0: untouched).
    None where even the coarsest grid leaves more. Linear in the number of points.
    """
    if len(points) <= most:
        return points, 0.0
    grid = FINEST_GRID
    while grid <= COARSEST_GRID:
        snapped = _without_repeats(np.round(points / grid) * grid)
        if len(snapped) <= most:
            return (snapped, grid) if len(snapped) >= 4 else (None, grid)
        grid *= 2
    return None, grid


def _without_repeats(points: Array) -> Array:
    keep = np.ones(len(points), dtype=bool)
    keep[1:] = np.any(points[1:] != points[:-1], axis=1)
    return points[keep]


def tangled(shapes: Sequence[BaseGeometry]) -> bool:
    """More crossings between the shapes than are worth a union; the same shape twice (in two languages) counts once."""
    once = list({shape.wkb: shape for shape in shapes}.values())
    return len(once) > 1 and count_crossings(shapely.multipolygons(shapely.get_parts(once))) > MOST_CROSSINGS


def hull(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """The convex hull; one of many corners is drawn a little wider with few, between lines that touch it."""
    around = shapely.convex_hull(shapely.multipoints(np.concatenate([shapely.get_coordinates(s) for s in shapes])))
    points = shapely.get_coordinates(around)
    if len(points) <= 2 * CORNERS_OF_A_HULL:
        return around
    angles = 2 * np.pi * np.arange(CORNERS_OF_A_HULL) / CORNERS_OF_A_HULL
    cos, sin = np.cos(angles), np.sin(angles)
    reach = (points @ np.array([cos, sin])).max(axis=0)
    cos_, sin_, reach_ = np.roll(cos, -1), np.roll(sin, -1), np.roll(reach, -1)
    step = np.sin(2 * np.pi / CORNERS_OF_A_HULL)
    corners = np.column_stack([(reach * sin_ - reach_ * sin) / step, (reach_ * cos - reach * cos_) / step])
    return shapely.convex_hull(shapely.multipoints(corners))
