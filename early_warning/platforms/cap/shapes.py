"""Polygons and circles of CAP (latitude first) to shapely shapes (longitude first), cut at the antimeridian."""

from __future__ import annotations

import math

from django.utils.translation import gettext_lazy as _
from pyproj import Geod
from shapely import affinity, make_valid, unary_union
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from early_warning.platforms.cap import values

EARTH = Geod(ellps="WGS84")
CORNERS_OF_A_CIRCLE = 72
POINT_RADIUS_KM = 0.1
"""A circle of radius 0 marks a place (as in the standard's own earthquake example); this much is drawn around it."""
WIDEST_RADIUS_KM = 20_037.0
MOST_POINTS = 50_000


def polygon(value: str) -> BaseGeometry:
    """At least four ``lat,lon`` pairs, the last equal to the first. A self-crossing outline is repaired."""
    pairs = value.split()
    if len(pairs) > MOST_POINTS:
        raise ValueError(_("It must not have more than %(limit)s points.") % {"limit": MOST_POINTS})
    points = [_point(pair) for pair in pairs]
    if len(points) < 4:
        raise ValueError(_("A polygon needs at least four points, the last equal to the first."))
    if points[0] != points[-1]:
        raise ValueError(_("The last point of a polygon must equal the first."))
    shape = _areas_of(make_valid(Polygon(_unwrapped(points))))
    if shape.is_empty:
        raise ValueError(_("The polygon covers nothing."))
    return _within_the_world(shape)


def circle(value: str) -> BaseGeometry:
    """``lat,lon radius`` with the radius in kilometres on the ellipsoid, as a polygon of 72 corners."""
    parts = value.split()
    if len(parts) != 2:
        raise ValueError(_("A circle is written “lat,lon radius”, the radius in kilometres."))
    lon, lat = _point(parts[0])
    radius = values.number(parts[1])
    if not 0 <= radius <= WIDEST_RADIUS_KM:
        raise ValueError(_("The radius of a circle lies between 0 and %(limit)s km.") % {"limit": WIDEST_RADIUS_KM})
    radius = max(radius, POINT_RADIUS_KM)
    north, south = _reach(lon, lat, radius)
    if north is None or south is None:
        # A circle over a pole is no polygon on a plane map: the whole band is taken, which covers too much, never too
        # little.
        return box(-180, -90 if south is None else south, 180, 90 if north is None else north)
    azimuths = [360 * i / CORNERS_OF_A_CIRCLE for i in range(CORNERS_OF_A_CIRCLE)]
    n = len(azimuths)
    lons, lats, _back = EARTH.fwd([lon] * n, [lat] * n, azimuths, [radius * 1000] * n)
    return _within_the_world(_areas_of(make_valid(Polygon(_unwrapped(list(zip(lons, lats, strict=True)))))))


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
        raise ValueError(_("A point is written “latitude,longitude”; this is “%(value)s”.") % {"value": pair[:40]})
    lat, lon = values.number(parts[0]), values.number(parts[1])
    if not -90 <= lat <= 90 or not -180 <= lon <= 180:
        message = _("“%(value)s” is not on the earth: latitude −90 to 90 comes first, then longitude −180 to 180.")
        raise ValueError(message % {"value": pair[:40]})
    return lon, lat


def _unwrapped(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same ring with longitudes that run on past ±180, where two neighbours lie more than half the world apart."""
    turned, before = [], points[0][0]
    for lon, lat in points:
        before = lon - 360 * round((lon - before) / 360)
        turned.append((before, lat))
    return turned


def _within_the_world(shape: BaseGeometry) -> MultiPolygon:
    """Cut at ±180 and put each piece back where it belongs."""
    west, _south, east, _north = shape.bounds
    pieces = []
    for turn in range(math.floor((west + 180) / 360), math.ceil((east + 180) / 360)):
        window = box(-180 + 360 * turn, -90, 180 + 360 * turn, 90)
        pieces.append(affinity.translate(shape.intersection(window), xoff=-360 * turn))
    return _areas_of(unary_union(pieces))


def _areas_of(shape: BaseGeometry) -> MultiPolygon:
    """Only what has an area; repairing an outline may leave loose lines and points behind."""
    if shape.geom_type == "Polygon":
        return MultiPolygon([shape]) if shape.area > 0 else MultiPolygon()
    parts = [part for piece in getattr(shape, "geoms", []) for part in _areas_of(piece).geoms]
    return MultiPolygon(parts)
