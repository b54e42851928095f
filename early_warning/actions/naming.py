"""Resolving the areas of a message to townships and villages, part by part.

A unit is named
- by geocode, when the message gives its division code or that of a unit above, up to the province (a code that the
  register does not have stands for the township above it, or else for the county, and that is said);
- by area, when the area drawn covers it (org/selectors/areas.py states that rule);
- as the county, all of it, when the part gives no area, or none that can be read;
- and a township with any of its villages.

A part whose area can be read and holds none of our units lies elsewhere and names nobody. Departments and the county
itself are not named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.contrib.gis import geos
from django.contrib.gis.db.models import Union
from django.db.models import Q
from shapely import unary_union, wkb
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from early_warning.rules.divisions import divisions_of
from early_warning.rules.parts import Part
from norms.selectors.numbers import number
from org.models import Unit
from org.rules.codes import is_within
from org.selectors.areas import covered
from org.selectors.jurisdiction import within


@dataclass
class Place:
    """Where a part lies: ``units`` id → how, ``shape`` what is drawn on the map, ``source`` a Warning.AreaSource."""

    units: dict[int, str] = field(default_factory=dict)
    shape: BaseGeometry | None = None
    source: str = ""
    whole_county: bool = False
    notes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def elsewhere(self) -> bool:
        return not self.units

    def note(self, code: str, value: str = "") -> None:
        self.notes.append({"code": code, "value": value})

    @property
    def geometry(self) -> geos.MultiPolygon | None:
        return geometry_of([self])


def place_of(part: Part, county: Unit) -> Place:
    """Read the part's areas against the register of the county."""
    place = Place()
    drawn = [shape for area in part.areas for shape in area.shapes]
    read = divisions_of(part.areas)
    for code, value in read.unread:
        place.note(code, value)
    paths = _ours(read.paths, county, place)
    if not drawn and not read.paths:
        return _whole_county(part, county, place)
    place.units |= dict.fromkeys(_covered(drawn, county), "area")
    place.units |= dict.fromkeys(_coded(paths, county), "geocode")
    if place.elsewhere and drawn and _cannot_tell(drawn, county):
        return _whole_county(part, county, place)
    _draw(place, part, drawn, county)
    if place.elsewhere:
        place.note("no_units", part.columns()["area_description"][:80])
    return place


def _whole_county(part: Part, county: Unit, place: Place) -> Place:
    given = any(area.geocodes or area.shapes for area in part.areas)
    place.note("area_unread" if given else "no_area")
    place.whole_county = True
    place.units = dict.fromkeys(_coded([county.path], county), "county")
    return place


def _ours(paths: Sequence[str], county: Unit, place: Place) -> list[str]:
    """The paths that concern the county. One above stands for all of it; one that the register lacks for the nearest
    above it that there is, which is noted.
    """
    inside = [path for path in paths if is_within(path, county.path)]
    found = [county.path] if any(is_within(county.path, path) for path in paths) else []
    wanted = {path for one in inside for path in (one, one.rpartition(".")[0])}
    known = set(Unit.objects.filter(path__in=wanted, active=True).values_list("path", flat=True)) if wanted else set()
    for path in inside:
        above = path if path in known else path.rpartition(".")[0]
        nearest = above if above in known and is_within(above, county.path) else county.path
        if nearest != path:
            place.note("unknown_division", f"{path.replace('.', '')} → {nearest.replace('.', '')}")
        found.append(nearest)
    return sorted(set(found))


def _covered(drawn: list[BaseGeometry], county: Unit) -> list[int]:
    if not drawn:
        return []
    shape = geos.GEOSGeometry(memoryview(_multi(unary_union(drawn)).wkb), srid=4326)
    return [one.id for one in covered(shape, top=county.path, share_pct=number("area_share_pct"))]


def _cannot_tell(drawn: list[BaseGeometry], county: Unit) -> bool:
    """Whether the shape may cover a unit of which the register has neither boundary nor seat."""
    unplaced = Unit.objects.filter(within([county.path], "path"), active=True, boundary=None, seat=None)
    if not unplaced.filter(level__in=["township", "village"]).exists():
        return False
    shape = geos.GEOSGeometry(memoryview(unary_union(drawn).wkb), srid=4326)
    return county.boundary is None or county.boundary.intersects(shape)


def _coded(paths: Sequence[str], county: Unit) -> list[int]:
    """The townships and villages at or under the divisions named, and the townships of the villages among them."""
    if not paths:
        return []
    rows = Unit.objects.filter(within([county.path], "path"), active=True, level__in=["township", "village"])
    hit = rows.filter(within(list(paths), "path"))
    above = hit.filter(level=Unit.Level.VILLAGE).values("parent")
    return list(rows.filter(Q(pk__in=hit.values("pk")) | Q(pk__in=above)).values_list("pk", flat=True))


def _draw(place: Place, part: Part, drawn: list[BaseGeometry], county: Unit) -> None:
    """What the sender drew; for areas given by code alone, the boundaries of those divisions."""
    bare = [area for area in part.areas if not area.shapes]
    coded = _ours(divisions_of(bare).paths, county, Place()) if bare else []
    bounded = _boundaries(coded) if coded else None
    shapes = [*drawn, *([bounded] if bounded is not None else [])]
    if shapes:
        place.source = "both" if drawn and bounded is not None else "message" if drawn else "units"
        place.shape = _multi(unary_union(shapes))


def _boundaries(paths: list[str]) -> BaseGeometry | None:
    union = Unit.objects.filter(path__in=paths, active=True).aggregate(union=Union("boundary"))["union"]
    return wkb.loads(bytes(union.wkb)) if union else None


def _multi(shape: BaseGeometry) -> BaseGeometry:
    return shape if isinstance(shape, MultiPolygon) else MultiPolygon([shape])


def geometry_of(places: Sequence[Place]) -> geos.MultiPolygon | None:
    """All of them as one multipolygon, EPSG:4326."""
    shapes = [place.shape for place in places if place.shape is not None]
    if not shapes:
        return None
    return cast(geos.MultiPolygon, geos.GEOSGeometry(memoryview(_multi(unary_union(shapes)).wkb), srid=4326))


def source_of(places: Sequence[Place]) -> str:
    sources = {place.source for place in places if place.source}
    return sources.pop() if len(sources) == 1 else "both" if sources else ""
