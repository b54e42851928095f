"""Checking boundaries against the register, feature by feature, and loading them when all pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.utils.translation import gettext as _
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from org.actions import load_boundaries
from org.announce import Actor
from org.codes import normalise
from org.imports.boundary_files import Feature, read
from org.imports.crs import to_wgs84
from org.imports.problems import Problem, Refused, Unreadable, at_feature
from org.jurisdiction import registered_by
from org.models import Unit

TOLERANCE = 0.02
"""The share of a unit's area that may lie outside the unit above it: neighbouring surveys never meet exactly."""


@dataclass
class Outcome:
    """What an import would do, or did."""

    loaded: int
    problems: list[Problem]
    crs: str
    codes: list[str]


@dataclass(frozen=True)
class _Checked:
    feature: Feature
    unit: Unit
    geometry: BaseGeometry


def import_boundaries(
    path: Path | str,
    content: bytes | None = None,
    *,
    by: Actor,
    crs: str = "",
    code_field: str = "",
    source: str = "",
    dry_run: bool = False,
    tolerance: float = TOLERANCE,
) -> Outcome:
    """Check a file and load it. Raises Refused with every problem; with ``dry_run`` gives them back and loads nothing.

    ``path`` names the kind of file; ``content`` its bytes when it is not on disk. The register remembers ``source`` and
    the coordinate system that the file was in.
    """
    try:
        file = read(path, content, crs=crs, code_field=code_field)
    except Unreadable as error:
        return _refuse([Problem("", str(error))], "", dry_run)
    problems, checked = _check(file.features, file.crs, tolerance, by)
    if problems:
        return _refuse(problems, file.crs, dry_run)
    codes = [row.unit.code for row in checked]
    if dry_run:
        return Outcome(0, [], file.crs, codes)
    shapes = {row.unit.pk: _multi(row.geometry) for row in checked}
    loaded = load_boundaries(shapes, source=f"{source or Path(path).name} ({file.crs})", by=by)
    return Outcome(loaded, [], file.crs, codes)


def _refuse(problems: list[Problem], crs: str, dry_run: bool) -> Outcome:
    if not dry_run:
        raise Refused(problems)
    return Outcome(0, problems, crs, [])


def _multi(geometry: BaseGeometry) -> MultiPolygon:
    made = GEOSGeometry(memoryview(shapely.to_wkb(geometry)), srid=4326)
    return made if isinstance(made, MultiPolygon) else MultiPolygon(made, srid=4326)


def _check(features: list[Feature], crs: str, tolerance: float, by: Actor) -> tuple[list[Problem], list[_Checked]]:
    """Against the units whose register the actor keeps; the others are as good as unknown."""
    problems: list[Problem] = [] if features else [Problem("", _("The file holds no features."))]
    checked: list[_Checked] = []
    kept = registered_by(by).only("id", "code", "path", "level", "name", "name_en")
    units = {unit.code: unit for unit in kept}
    seen: dict[str, int] = {}
    for feature in features:
        found = list(_faults_of_code(feature, units, seen))
        geometry, fault = _geometry(feature, crs)
        found += [fault] if fault else []
        problems += [Problem(at_feature(feature.number), reason) for reason in found]
        if not found and geometry is not None:
            checked.append(_Checked(feature, units[normalise(feature.code)], geometry))
    problems += _outside(checked, tolerance)
    return sorted(problems, key=_order), checked


def _order(problem: Problem) -> int:
    digits = re.search(r"\d+", problem.where)
    return int(digits[0]) if digits else 0


def _faults_of_code(feature: Feature, units: dict[str, Unit], seen: dict[str, int]) -> Iterator[str]:
    if not feature.code:
        yield _("There is no unit code in its attributes.")
        return
    try:
        code = normalise(feature.code)
    except ValueError:
        yield _("“%(code)s” is not a unit code.") % {"code": feature.code}
        return
    if code in seen:
        yield _("The code %(code)s stands at feature %(number)s already.") % {"code": code, "number": seen[code]}
    seen.setdefault(code, feature.number)
    if code not in units:
        yield _("No unit with the code %(code)s is on the register.") % {"code": code}


def _geometry(feature: Feature, crs: str) -> tuple[BaseGeometry | None, str]:
    """The polygon in EPSG:4326, or the reason why it cannot be used."""
    geometry = feature.geometry
    if feature.fault:
        return None, _("Its geometry cannot be read: %(error)s") % {"error": feature.fault}
    if geometry is None or geometry.is_empty:
        return None, _("It has no geometry.")
    if geometry.geom_type not in {"Polygon", "MultiPolygon"}:
        return None, _("Its geometry is a %(kind)s; a boundary is a polygon.") % {"kind": geometry.geom_type}
    flat = shapely.force_2d(geometry)
    if not np.isfinite(shapely.get_coordinates(flat)).all():
        return None, _("A coordinate is not a number.")
    made = shapely.transform(flat, to_wgs84(crs))
    coordinates = shapely.get_coordinates(made)
    if not np.isfinite(coordinates).all() or (np.abs(coordinates) > [180, 90]).any():
        return None, _("Its coordinates are not degrees in %(crs)s; name the right coordinate system.") % {"crs": crs}
    if not made.is_valid:
        return None, _invalid(made)
    return made, ""


def _invalid(geometry: BaseGeometry) -> str:
    """What is wrong with a polygon, and where (GEOS says "Self-intersection[119.1 27.6]")."""
    found = re.fullmatch(r"(.+?)\[(\S+) (\S+)\]", explain_validity(geometry))
    reason, place = (
        (found[1], f"{float(found[2]):.5f}, {float(found[3]):.5f}") if found else (explain_validity(geometry), "?")
    )
    known = {
        "Self-intersection": _("its border crosses itself"),
        "Ring Self-intersection": _("its border touches itself"),
        "Hole lies outside shell": _("a hole lies outside of it"),
        "Nested shells": _("one part lies inside another"),
        "Interior is disconnected": _("holes cut it in two"),
        "Too few points in geometry component": _("a ring has too few points"),
    }
    return _("Broken geometry: %(reason)s near %(place)s.") % {"reason": known.get(reason, reason), "place": place}


def _outside(checked: list[_Checked], tolerance: float) -> Iterator[Problem]:
    """Units that reach too far out of the unit above, whose boundary is the file's or else the register's."""
    shapes = {row.unit.path: row.geometry for row in checked}
    above = {row.unit.path.rpartition(".")[0] for row in checked} - set(shapes)
    for unit in Unit.objects.filter(path__in=above, boundary__isnull=False).only("path", "boundary"):
        shapes[unit.path] = shapely.from_wkb(bytes(unit.boundary.wkb))
    names = dict(Unit.objects.filter(path__in=list(shapes)).values_list("path", "name"))
    for row in checked:
        parent = row.unit.path.rpartition(".")[0]
        if parent not in shapes:
            continue
        share = shapely.difference(row.geometry, shapes[parent]).area / row.geometry.area
        if share > tolerance:
            point: Point = shapely.difference(row.geometry, shapes[parent]).representative_point()
            yield Problem(at_feature(row.feature.number), _far_out(row.unit, names[parent], share, point))


def _far_out(unit: Unit, parent: str, share: float, point: Point) -> str:
    return _("%(share)s %% of %(unit)s lies outside %(parent)s, for instance at %(place)s.") % {
        "share": f"{share * 100:.0f}",
        "unit": f"{unit.label} {unit.code}",
        "parent": parent,
        "place": f"{point.x:.5f}, {point.y:.5f}",
    }
