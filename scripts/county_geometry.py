"""The demonstration geometry: seats, and cells whose bent edges are shared exactly between neighbours (see
build_county_data).

Works in a plane of degrees with longitude shrunk by cos(latitude); writes degrees rounded to the 1e-4 grid (about 11
m).
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.ops import polygonize, voronoi_diagram

GRID = 1e-4
SHRINK = math.cos(math.radians(27.62))
SEGMENT = 0.006
"""Edges are bent down to pieces of this length, about 600 m."""


@dataclass
class Cells:
    faces: dict[str, Polygon]
    seats: dict[str, tuple[float, float]]

    def rings(self, code: str) -> list[list[list[float]]]:
        face = shapely.geometry.polygon.orient(self.faces[code])
        return [[[round(x, 4), round(y, 4)] for x, y in ring.coords] for ring in (face.exterior, *face.interiors)]


def sure(condition: bool, complaint: str) -> None:
    """Stop the build: a sketch that does not give clean cells is to be redrawn, never shipped."""
    if not condition:
        raise SystemExit(complaint)


def chance(*key: object) -> random.Random:
    return random.Random(hashlib.sha256(repr(key).encode()).digest())  # noqa: S311 - repeatable on purpose


def to_plane(point: Iterable[float]) -> tuple[float, float]:
    lon, lat = point
    return lon * SHRINK, lat


def bend(line: LineString, amount: float) -> LineString:
    """Midpoint displacement, seeded by the line's own ends, whichever way it runs."""
    a, b = line.coords[0], line.coords[-1]
    if a > b:
        a, b = b, a
    source = chance(tuple(round(v, 6) for v in (*a, *b)))
    points = [a, b]
    while max(math.dist(p, q) for p, q in pairwise(points)) > SEGMENT:
        points = _halved(points, source, amount)
    return LineString(points)


def _halved(points: list[tuple[float, float]], source: random.Random, amount: float) -> list[tuple[float, float]]:
    out = [points[0]]
    for p, q in pairwise(points):
        push = source.uniform(-amount, amount)
        out.append(((p[0] + q[0]) / 2 - (q[1] - p[1]) * push, (p[1] + q[1]) / 2 + (q[0] - p[0]) * push))
        out.append(q)
    return out


def outline(points: list[list[float]]) -> Polygon:
    ring = [to_plane(p) for p in points]
    bent: list[tuple[float, float]] = []
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        piece = list(bend(LineString([a, b]), 0.16).coords)
        bent.extend(piece[:-1] if piece[0] == a else piece[::-1][:-1])
    shape = Polygon(bent)
    sure(shape.is_valid, "the outline crosses itself")
    return shape


def inner_edges(seats: list[tuple[float, float]], inside: Polygon) -> list[LineString]:
    """The edges between Voronoi cells, bent, cut to ``inside``."""
    if len(seats) < 2:
        return []
    diagram = voronoi_diagram(MultiPoint(seats), envelope=inside.envelope.buffer(0.2))
    lines = shapely.unary_union([cell.exterior for cell in diagram.geoms])
    edges = list(shapely.get_parts(shapely.line_merge(lines)))
    straight = [e for edge in edges for e in _pieces(edge)]
    # The straight edge is cut first, so that a bent one starts where it meets the border.
    cut = [part for e in straight for part in shapely.get_parts(e.intersection(inside)) if part.length > 1e-6]
    bent = [bend(part, 0.17) for part in cut]
    return [p for line in bent for p in shapely.get_parts(line.intersection(inside)) if p.length > 1e-7]


def _pieces(line: LineString) -> list[LineString]:
    points = list(line.coords)
    return [LineString([p, q]) for p, q in pairwise(points)]


def spread(codes: list[str], start: dict[str, tuple[float, float]], inside: Polygon) -> dict[str, tuple[float, float]]:
    """One seat a code, apart from each other and from the border (best of many candidates, seeded by the code).

    Communities (last three digits below 200) stand close about the township's seat.
    """
    seats = dict(start)
    centre = Point(start["centre"])
    seats.pop("centre")
    for code in codes:
        if code in seats:
            continue
        town = int(code[-3:]) < 200
        area = inside.intersection(centre.buffer(0.011)) if town else inside.buffer(-0.004)
        seats[code] = _farthest(area, list(seats.values()) or [centre.coords[0]], chance("seat", code), inside)
    return seats


def _farthest(
    area: Polygon, taken: list[tuple[float, float]], source: random.Random, inside: Polygon
) -> tuple[float, float]:
    best, score = (math.nan, math.nan), -1.0
    left, bottom, right, top = area.bounds
    for _ in range(60):
        point = source.uniform(left, right), source.uniform(bottom, top)
        spot = Point(point)
        if not area.contains(spot):
            continue
        near = min(math.dist(point, other) for other in taken)
        value = min(near, 2.2 * inside.exterior.distance(spot)) * source.uniform(0.75, 1)
        if value > score:
            best, score = point, value
    sure(score >= 0, "no room for a seat")
    return best


def build_cells(sketch: dict[str, Any], codes: list[str]) -> Cells:
    border = outline(sketch["outline"])
    townships = {c: to_plane(t["seat"]) for c, t in sketch["townships"].items()}
    between = inner_edges(list(townships.values()), border)
    regions = _named(polygonize(_noded([border.exterior, *between])), townships)
    seats: dict[str, tuple[float, float]] = {}
    lines: list[Any] = []
    for code in sorted(regions):
        # Back to the plane from the grid, so that the inner edges end exactly on the township's final border.
        region = shapely.transform(regions[code], lambda xy: xy * [SHRINK, 1])
        lines.append(region.exterior)
        own = [c for c in codes if len(c) == 12 and c.startswith(code)]
        first = sketch["seat_villages"].get(code) or own[0]
        found = spread(own, {first: townships[code], "centre": townships[code]}, region)
        lines += inner_edges([found[c] for c in own], region)
        seats |= found
    faces = _named(polygonize(_noded(lines)), seats)
    return _composed(sketch, codes, faces, seats, townships)


def _noded(lines: list[Any]) -> Any:
    """All lines in degrees on the grid, split wherever they meet: what makes neighbours share their edge exactly."""
    degrees = [shapely.transform(line, lambda xy: xy / [SHRINK, 1]) for line in lines]
    return shapely.unary_union(shapely.union_all(degrees, grid_size=GRID), grid_size=GRID)


def _named(polygons: Iterable[Polygon], seats: dict[str, tuple[float, float]]) -> dict[str, Polygon]:
    """Each polygon under the code of the seat inside it, in the plane; a sliver without a seat joins its longest
    neighbour.
    """
    found: dict[str, Polygon] = {}
    slivers: list[Polygon] = []
    for polygon in polygons:
        inside = [c for c, (x, y) in seats.items() if polygon.contains(Point(x / SHRINK, y))]
        sure(len(inside) < 2, f"one cell holds {inside}")
        if inside:
            found[inside[0]] = polygon
        else:
            slivers.append(polygon)
    sure(set(found) == set(seats), f"no cell for {set(seats) - set(found)}")
    for sliver in sorted(slivers, key=lambda s: -s.area):
        code = max(found, key=lambda c: found[c].boundary.intersection(sliver.boundary).length)
        found[code] = shapely.union(found[code], sliver)
    return found


def _composed(
    sketch: dict[str, Any],
    codes: list[str],
    faces: dict[str, Polygon],
    seats: dict[str, tuple[float, float]],
    townships: dict[str, tuple[float, float]],
) -> Cells:
    """Townships and the county are the unions of their villages, so that every level covers the next exactly."""
    for code in townships:
        faces[code] = shapely.union_all([faces[c] for c in codes if len(c) == 12 and c.startswith(code)])
    county = sketch["county"]["code"]
    faces[county] = shapely.union_all([faces[c] for c in townships])
    sure(all(f.geom_type == "Polygon" and f.is_valid for f in faces.values()), "a unit in several pieces")
    degrees = {c: (x / SHRINK, y) for c, (x, y) in (seats | townships).items()}
    degrees[county] = tuple(sketch["county"]["seat"])
    return Cells(faces, degrees)
