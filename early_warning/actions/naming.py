"""Which townships and villages a warning is for.

A unit is named
- by geocode, when the message gives its division code (6, 9 or 12 digits) or that of a unit above, up to the province;
- by area, when the area drawn covers it (org/areas.py states that rule);
- and a township with any of its villages.

Departments and the county itself are not named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import Union
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Q
from shapely import unary_union, wkb
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from duty.limits import limit
from early_warning.models import Warning, WarningUnit
from early_warning.platforms import cap
from org.areas import Covered, covered
from org.codes import is_within, normalise, path_of
from org.jurisdiction import within
from org.models import Unit

_DIVISION = re.compile(r"^[1-8]\d(\d{4}|\d{7}|\d{10})$", re.ASCII)
# Six digits as well, and somebody else's: US county codes, European zones.
_FOREIGN = {"same", "fips", "fips6", "ugc", "emma_id", "nuts2", "nuts3", "warncellid", "profile:cap-cp:location:0.3"}


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
    """Write the named units and ``unit_count``; returns notes on what could not be placed."""
    areas = [area for info in message.infos for area in info.areas]
    paths = division_paths(areas, warning.unit)
    drawn = warning.area if any(area.shapes for area in areas) else None
    named = dict.fromkeys((one.id for one in _inside(drawn, warning.unit)), "area")
    named |= dict.fromkeys(_coded(paths, warning.unit), "geocode")
    WarningUnit.objects.bulk_create(WarningUnit(warning=warning, unit_id=pk, how=how) for pk, how in named.items())
    warning.unit_count = len(named)
    if warning.unit_count:
        Warning.objects.filter(pk=warning.pk).update(unit_count=warning.unit_count)
        return _unknown(paths) if paths else []
    return [*_unknown(paths), {"code": "no_units" if areas else "no_area", "value": ""}]


def _inside(drawn: GEOSGeometry | None, county: Unit) -> list[Covered]:
    return covered(drawn, top=county.path, share_pct=limit("area_share_pct")) if drawn is not None else []


def _coded(paths: list[str], county: Unit) -> list[int]:
    """The townships and villages at or under the divisions named, and the townships of the villages among them."""
    if not paths:
        return []
    rows = Unit.objects.filter(within([county.path], "path"), active=True, level__in=["township", "village"])
    hit = rows.filter(within(paths, "path"))
    above = hit.filter(level=Unit.Level.VILLAGE).values("parent")
    return list(rows.filter(Q(pk__in=hit.values("pk")) | Q(pk__in=above)).values_list("pk", flat=True))


def _unknown(paths: list[str]) -> list[dict[str, Any]]:
    """Division codes of this county that the register does not have."""
    if not paths:
        return []
    have = set(Unit.objects.filter(path__in=paths).values_list("path", flat=True))
    return [{"code": "unknown_division", "value": path.replace(".", "")} for path in paths if path not in have]
