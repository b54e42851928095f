"""Which townships and villages a warning is for.

The rule, in one place. A unit is named
- by geocode, when the message gives its division code (6, 9 or 12 digits) or that of a unit above, up to the province;
- by area, when its seat lies in the area drawn, or at least a tenth of its own area does, or at least a tenth of one of
  the shapes drawn lies in the unit (a small circle on a hillside names the village there, covering little of it);
- and a township with any of its villages.

A tenth keeps out the neighbour whose border the outline merely grazes [design]. Departments and the county itself are
not named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import Union
from django.db import connection
from shapely import unary_union, wkb
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from early_warning.models import Warning
from early_warning.platforms import cap
from org.codes import is_within, normalise, path_of
from org.models import Unit

SHARE = 0.1

_DIVISION = re.compile(r"^[1-8]\d(\d{4}|\d{7}|\d{10})$", re.ASCII)
# Six digits as well, and somebody else's: US county codes, European zones.
_FOREIGN = {"same", "fips", "fips6", "ugc", "emma_id", "nuts2", "nuts3", "warncellid", "profile:cap-cp:location:0.3"}

_NAME = """
WITH area AS MATERIALIZED (
    SELECT area AS shape FROM early_warning_warning WHERE id = %(warning)s AND %(by_area)s
), piece AS MATERIALIZED (
    SELECT (ST_Dump(shape)).geom AS shape FROM area
), candidate AS MATERIALIZED (
    SELECT id, path, parent_id, level, seat,
           CASE WHEN ST_IsValid(boundary) THEN boundary ELSE ST_MakeValid(boundary) END AS boundary
    FROM org_unit
    WHERE active AND level IN ('township', 'village') AND path LIKE %(county)s || '.%%'
), hit AS (
    SELECT id, parent_id, level, 'geocode' AS how FROM candidate
    WHERE EXISTS (SELECT 1 FROM unnest(%(paths)s::text[]) p WHERE path = p OR path LIKE p || '.%%')
    UNION ALL
    SELECT id, parent_id, level, 'area' FROM candidate, area
    WHERE ST_Covers(shape, seat) OR (ST_Intersects(shape, boundary) AND (
        ST_Area(ST_Intersection(boundary, shape)) >= %(share)s * ST_Area(boundary)
        OR EXISTS (SELECT 1 FROM piece WHERE ST_Intersects(boundary, piece.shape)
                   AND ST_Area(ST_Intersection(boundary, piece.shape)) >= %(share)s * ST_Area(piece.shape))))
), named AS (
    SELECT id, how FROM hit
    UNION ALL
    SELECT parent_id, how FROM hit WHERE level = 'village' AND parent_id IN (SELECT id FROM candidate)
)
INSERT INTO early_warning_warningunit (warning_id, unit_id, how)
SELECT %(warning)s, id, max(how) FROM named GROUP BY id
"""


@dataclass(frozen=True)
class Drawn:
    """``source`` is a value of Warning.AreaSource, or empty when the message draws nothing that we know."""

    shape: BaseGeometry | None
    source: str


def area_of(message: cap.Message, county: Unit) -> Drawn:
    """What the sender drew; for areas that are given by division code alone, the boundaries of those divisions."""
    areas = [area for info in message.infos for area in info.areas]
    drawn = [shape for area in areas for shape in area.shapes]
    coded = division_paths([area for area in areas if not area.shapes], county)
    bounded = _boundaries(coded) if coded else None
    shapes = [*drawn, *([bounded] if bounded is not None else [])]
    if not shapes:
        return Drawn(None, "")
    source = "both" if drawn and bounded is not None else "message" if drawn else "units"
    return Drawn(_multi(unary_union(shapes)), source)


def _boundaries(paths: list[str]) -> BaseGeometry | None:
    union = Unit.objects.filter(path__in=paths, active=True).aggregate(union=Union("boundary"))["union"]
    return wkb.loads(bytes(union.wkb)) if union else None


def _multi(shape: BaseGeometry) -> BaseGeometry:
    return shape if isinstance(shape, MultiPolygon) else MultiPolygon([shape])


def division_paths(areas: list[cap.Area], county: Unit) -> list[str]:
    """The paths of the divisions named that concern this county; one above it stands for the whole county."""
    found = {path for area in areas for name, value in area.geocodes if (path := _path(name, value, county.path))}
    return sorted(found)


def _path(name: str, value: str, county: str) -> str | None:
    value = value.strip()
    if name.strip().lower() in _FOREIGN or not _DIVISION.match(value):
        return None
    path = path_of(normalise(value))
    while path.endswith(".00"):  # 330000 and 331100 are the province and the city
        path = path[:-3]
    if is_within(county, path):
        return county
    return path if is_within(path, county) else None


def name_units(warning: Warning, message: cap.Message) -> list[dict[str, Any]]:
    """Write the named units with one statement, and ``unit_count``; returns notes on what could not be placed."""
    areas = [area for info in message.infos for area in info.areas]
    paths = division_paths(areas, warning.unit)
    by_area = any(area.shapes for area in areas) and warning.area is not None
    if paths or by_area:
        parameters = {
            "warning": warning.pk,
            "county": warning.unit.path,
            "paths": paths,
            "share": SHARE,
            "by_area": by_area,
        }
        with connection.cursor() as cursor:
            cursor.execute(_NAME, parameters)
            warning.unit_count = cursor.rowcount
    if warning.unit_count:
        Warning.objects.filter(pk=warning.pk).update(unit_count=warning.unit_count)
        return _unknown(paths) if paths else []
    return [*_unknown(paths), {"code": "no_units" if areas else "no_area", "value": ""}]


def _unknown(paths: list[str]) -> list[dict[str, Any]]:
    """Division codes of this county that the register does not have."""
    if not paths:
        return []
    have = set(Unit.objects.filter(path__in=paths).values_list("path", flat=True))
    return [{"code": "unknown_division", "value": path.replace(".", "")} for path in paths if path not in have]
