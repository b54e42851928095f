"""Polygons and circles of CAP (latitude first) to shapely shapes (longitude first), cut at the antimeridian."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _
from pyproj import Geod
from shapely import affinity, make_valid, unary_union
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from early_warning.platforms.cap import bounds, values
from early_warning.platforms.cap.values import said
from org.rules.geometry import HULL, MENDED, bounded_valid

EARTH = Geod(ellps="WGS84")
CORNERS_OF_A_CIRCLE = 72
FEWEST_CORNERS = 12
AROUND = 1.01
"""Room for the ellipsoid, where the sides of a polygon around a circle are not quite its tangents."""
POINT_RADIUS_KM = 0.1
"""A circle of radius 0 marks a place (as in the standard's own earthquake example); this much is drawn around it."""
WIDEST_RADIUS_KM = 20_037.0
_PAIR = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{0,20})?|\.\d{1,20}),[+-]?(?:\d{1,3}(?:\.\d{0,20})?|\.\d{1,20})", re.ASCII)
WIDEST_TURN = 720.0
"""Degrees of longitude that an outline may run through before it is taken for a band around the earth."""


@dataclass(frozen=True)
class Drawn:
    """A shape, and what was done to it: "outline_simplified" with its tolerance in metres, or "outline_crosses"."""

    shape: BaseGeometry
    note: str = ""
    metres: int = 0


def polygon(value: str) -> BaseGeometry:
    """At least four ``lat,lon`` pairs, the last equal to the first. A self-crossing outline is repaired."""
    return outline(value).shape


def outline(value: str, most: int = bounds.MOST_KEPT) -> Drawn:
    """The polygon with at most some ``most`` points, and what that took."""
    ring = _unwrapped(_ring(value))
    if np.ptp(ring[:, 0]) > WIDEST_TURN:
        south, north = float(ring[:, 1].min()), float(ring[:, 1].max())
        return Drawn(box(-180, south, 180, north), "outline_crosses")
    thinned, grid = bounds.thin(ring, most)
    shape, note = _whole(thinned)
    if note:
        shape = _areas_of(bounds.hull([Polygon(ring)]))
    elif grid:
        note = "outline_simplified"
    if shape.is_empty:
        raise ValueError(_("The polygon covers nothing."))
    metres = math.ceil(grid * bounds.METRES_A_DEGREE) if note == "outline_simplified" else 0
    return Drawn(_within_the_world(shape), note, metres)


def _whole(ring: np.ndarray | None) -> tuple[BaseGeometry, str]:
    """A valid shape, and "outline_crosses" where it must be the hull: too many crossings, or pieces after a repair."""
    if ring is None:
        return MultiPolygon(), "outline_crosses"
    valid, done = bounded_valid(Polygon(ring))
    shape = _areas_of(valid)
    crosses = done == HULL or (done == MENDED and len(shape.geoms) > bounds.MOST_PIECES)
    return shape, "outline_crosses" if crosses else ""


def _ring(value: str) -> np.ndarray:
    """(n, 2) of longitude and latitude, checked."""
    pairs = value.split()
    if len(pairs) > bounds.MOST_POINTS:
        raise ValueError(said(_("It must not have more than %(limit)s points."), limit=bounds.MOST_POINTS))
    if not all(map(_PAIR.fullmatch, pairs)):
        points: Any = [_point(pair) for pair in pairs]  # says which pair is wrong
    else:
        numbers = np.array(list(map(float, ",".join(pairs).split(",")))) if pairs else np.empty(0)
        points = numbers.reshape(-1, 2)[:, ::-1]
    ring = np.array(points, dtype=float).reshape(-1, 2)
    outside = (np.abs(ring[:, 1]) > 90) | (np.abs(ring[:, 0]) > 180)
    if outside.any():
        _point(pairs[int(np.argmax(outside))])
    if len(ring) < 4:
        raise ValueError(_("A polygon needs at least four points, the last equal to the first."))
    if (ring[0] != ring[-1]).any():
        raise ValueError(_("The last point of a polygon must equal the first."))
    return ring


def circle(value: str, corners: int = CORNERS_OF_A_CIRCLE) -> BaseGeometry:
    """``lat,lon radius`` with the radius in kilometres on the ellipsoid, as a polygon; one of fewer corners than usual
    is drawn around the circle, not inside it.
    """
    parts = value.split()
    if len(parts) != 2:
        raise ValueError(_("A circle is written “lat,lon radius”, the radius in kilometres."))
    lon, lat = _point(parts[0])
    radius = values.number(parts[1])
    if not 0 <= radius <= WIDEST_RADIUS_KM:
        raise ValueError(said(_("The radius of a circle lies between 0 and %(limit)s km."), limit=WIDEST_RADIUS_KM))
    n = max(FEWEST_CORNERS, min(corners, CORNERS_OF_A_CIRCLE))
    radius = max(radius, POINT_RADIUS_KM)
    if n < CORNERS_OF_A_CIRCLE:
        radius = min(AROUND * radius / math.cos(math.pi / n), WIDEST_RADIUS_KM)
    north, south = _reach(lon, lat, radius)
    if north is None or south is None:
        # A circle over a pole is no polygon on a plane map: the whole band is taken, which covers too much, never too
        # little.
        return box(-180, -90 if south is None else south, 180, 90 if north is None else north)
    lons, lats, _back = EARTH.fwd([lon] * n, [lat] * n, [360 * i / n for i in range(n)], [radius * 1000] * n)
    ring = _unwrapped(np.column_stack([lons, lats]))
    return _within_the_world(_areas_of(make_valid(Polygon(ring))))


def _reach(lon: float, lat: float, radius: float) -> tuple[float | None, float | None]:
    """Northern and southern edge of a circle; None where it passes over the pole."""

    def edge(pole: float) -> float | None:
        metres = EARTH.inv(lon, lat, lon, pole)[2]
        if metres <= radius * 1000:
            return None
        return EARTH.fwd(lon, lat, 0 if pole > 0 else 180, radius * 1000)[1]

    return edge(90.0), edge(-90.0)


def _point(pair: str) -> tuple[float, float]:
    parts = pair.split(",")
    if len(parts) != 2:
        raise ValueError(said(_("A point is written “latitude,longitude”; this is “%(value)s”."), value=pair[:40]))
    lat, lon = values.number(parts[0]), values.number(parts[1])
    if not -90 <= lat <= 90 or not -180 <= lon <= 180:
        message = _("“%(value)s” is not on the earth: latitude −90 to 90 comes first, then longitude −180 to 180.")
        raise ValueError(said(message, value=pair[:40]))
    return lon, lat


def _unwrapped(points: np.ndarray) -> np.ndarray:
    """The same ring with longitudes that run on past ±180, where two neighbours lie more than half the world apart."""
    turned = points.copy()
    turned[1:, 0] -= 360 * np.cumsum(np.round(np.diff(points[:, 0]) / 360))
    return turned


def _within_the_world(shape: BaseGeometry) -> MultiPolygon:
    """Cut at ±180 and put each piece back where it belongs."""
    west, south, east, north = shape.bounds
    if west >= -180 and east <= 180 and south >= -90 and north <= 90:
        return shape
    pieces = []
    for turn in range(math.floor((west + 180) / 360), math.ceil((east + 180) / 360)):
        window = box(-180 + 360 * turn, -90, 180 + 360 * turn, 90)
        pieces.append(affinity.translate(shape.intersection(window), xoff=-360 * turn))
    return _areas_of(unary_union(pieces))


def tamed(areas: Sequence[list[BaseGeometry]]) -> tuple[list[list[BaseGeometry]], bool]:
    """The shapes of all areas of a message, so that uniting any of them costs little: where they cross each other too
    often, each area becomes its hull, and where that does not help, all of them one. Whether anything was changed.
    """
    shapes = [list(area) for area in areas]
    if not bounds.tangled([shape for area in shapes for shape in area]):
        return shapes, False
    hulls = [[_within_the_world(_areas_of(bounds.hull(area)))] if area else [] for area in shapes]
    if bounds.tangled([shape for area in hulls for shape in area]):
        whole = _within_the_world(_areas_of(bounds.hull([shape for area in hulls for shape in area])))
        hulls = [[whole] if area else [] for area in shapes]
    return hulls, True


def _areas_of(shape: BaseGeometry) -> MultiPolygon:
    """Only what has an area; repairing an outline may leave loose lines and points behind."""
    if shape.geom_type == "Polygon":
        return MultiPolygon([shape]) if shape.area > 0 else MultiPolygon()
    parts = [part for piece in getattr(shape, "geoms", []) for part in _areas_of(piece).geoms]
    return MultiPolygon(parts)
