"""Which townships and villages a shape on the map covers: the one rule, for warnings, orders, responses and hazards.

A unit counts
- for a drawn area: when its seat lies inside, or at least ``share_pct`` percent of its own area does, or at least that
  much of one of the pieces drawn lies in the unit (a small circle on a hillside names the village there, covering
  little of it). A shared border or a sliver never counts;
- for a point: the deepest unit that contains it (on a border the smallest code takes it);
- for a line: when that share of the line, or of the unit's own width, runs through it;
- without boundary and seat, when the unit above it counts by its own boundary;
and a township with any of its villages, because whoever orders a village tells its township. The county itself and
departments never count. A boundary that crosses itself is mended before it is measured.

The share is data (`norms.selectors.numbers.number("area_share_pct")`): callers pass it, because this package knows no
numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

WGS84 = 4326

# `near` filters by bounding boxes (spatial index); ST_Intersection runs only for those that really meet, and once: the
# pieces of a drawn area do not overlap, so that their parts of a unit add up.
_COVERED = """
WITH given AS MATERIALIZED (
    SELECT CASE WHEN ST_IsValid(g.shape) THEN g.shape ELSE ST_MakeValid(g.shape) END AS shape
    FROM (SELECT ST_GeomFromEWKB(%(shape)s) AS shape) g
), drawn AS MATERIALIZED (
    SELECT CASE GeometryType(shape) WHEN 'GEOMETRYCOLLECTION' THEN ST_UnaryUnion(shape) ELSE shape END AS shape
    FROM given
), piece AS MATERIALIZED (
    SELECT d.geom AS shape, ST_Dimension(d.geom) AS dimension FROM drawn, ST_Dump(shape) d WHERE NOT ST_IsEmpty(d.geom)
), area AS MATERIALIZED (
    SELECT ST_CollectionExtract(shape, 3) AS shape FROM drawn
), unit AS MATERIALIZED (
    SELECT id, code, path, level, parent_id, seat, boundary IS NULL AS unbounded FROM org_unit
    WHERE active AND level IN ('township', 'village') AND (path = %(top)s OR path LIKE %(top)s || '.%%')
), near AS MATERIALIZED (
    SELECT o.id, CASE WHEN ST_IsValid(o.boundary) THEN o.boundary ELSE ST_MakeValid(o.boundary) END AS boundary
    FROM org_unit o JOIN unit USING (id), drawn WHERE o.boundary && drawn.shape
), met AS MATERIALIZED (
    SELECT near.id, ST_Area(near.boundary) AS whole, ST_Area(piece.shape) AS drawn,
           CASE WHEN ST_Covers(piece.shape, near.boundary) THEN ST_Area(near.boundary)
                ELSE ST_Area(ST_Intersection(near.boundary, piece.shape)) END AS shared
    FROM near, piece WHERE dimension = 2 AND ST_Intersects(piece.shape, near.boundary)
), standing AS (
    SELECT DISTINCT ON (piece.shape) unit.id FROM piece, near JOIN unit USING (id)
    WHERE dimension = 0 AND ST_Covers(near.boundary, piece.shape)
    ORDER BY piece.shape, length(unit.path) DESC, unit.path
), own AS MATERIALIZED (
    SELECT unit.id FROM unit, area WHERE ST_Covers(area.shape, unit.seat)
    UNION
    SELECT id FROM met GROUP BY id, whole
    HAVING sum(shared) >= %(share)s * whole OR bool_or(shared >= %(share)s * drawn)
    UNION
    SELECT near.id FROM near, piece WHERE dimension = 1 AND ST_Intersects(piece.shape, near.boundary)
        AND ST_Length(ST_Intersection(near.boundary, piece.shape))
            >= %(share)s * least(ST_Length(piece.shape), sqrt(ST_Area(near.boundary)))
    UNION
    SELECT id FROM standing
), counted AS (
    SELECT id FROM own
    UNION
    SELECT id FROM unit WHERE unbounded AND seat IS NULL AND parent_id IN (SELECT id FROM own)
)
SELECT id, code, path, level FROM unit
WHERE id IN (SELECT id FROM counted)
    OR id IN (SELECT u.parent_id FROM unit u WHERE u.level = 'village' AND u.id IN (SELECT id FROM counted))
ORDER BY path
"""


@dataclass(frozen=True)
class Covered:
    """A township or village that a shape covers; ``id`` is the Unit's."""

    id: int
    code: str
    path: str
    level: str


def covered(shape: GEOSGeometry | None, *, top: str, share_pct: int) -> list[Covered]:
    """The active townships and villages at or under the path ``top`` that ``shape`` covers, by path; one statement.

    ``shape`` in EPSG:4326, of any type; None and an empty one cover nothing. ``share_pct``: percent, 1 to 100.
    """
    if shape is None or shape.empty:
        return []
    if shape.srid is None:
        shape = shape.clone()
        shape.srid = WGS84
    with connection.cursor() as cursor:
        cursor.execute(_COVERED, {"shape": bytes(shape.ewkb), "top": top, "share": share_pct / 100})
        return [Covered(*row) for row in cursor.fetchall()]
