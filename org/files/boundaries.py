"""Checking boundaries against the register, feature by feature, and loading them when all pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.utils.translation import gettext as _
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from database.pinyin import village_name
from database.text import alike, folded
from org.actions import load_boundaries
from org.files.boundary_files import BoundaryFile, Choice, Feature, read
from org.files.crs import WGS84, from_gcj02, to_wgs84
from org.models import Unit
from org.rules.announce import Actor
from org.rules.codes import of_survey
from org.rules.geometry import is_tangled
from org.selectors.jurisdiction import registered_by
from web.problems import Problem, Refused, Unreadable, at_feature

NAMES_SHOWN = 10
COMPARED = 20
"""Units whose surveyed boundary is compared with the file's: enough to see a shift, few enough to cost nothing."""
NEAR = 0.001
"""Degrees, some 100 m: centres nearer than this are not shifted."""
TOLERANCE = 0.02
"""The share of a unit's area that may lie outside the unit above it: neighbouring surveys never meet exactly."""


@dataclass(frozen=True)
class Question:
    """What the file does not say and somebody must: ``code`` is `COLUMN` or `SHIFTED`."""

    code: str
    text: str

    def __str__(self) -> str:
        return self.text


COLUMN, SHIFTED = "column", "shifted"


@dataclass
class Outcome:
    """What an import would do, or did. ``file`` is what was found in it, None where it could not be read."""

    loaded: int
    problems: list[Problem]
    crs: str
    codes: list[str]
    questions: list[Question] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    file: BoundaryFile | None = None


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
    code_column: str = "",
    name_column: str = "",
    source: str = "",
    dry_run: bool = False,
    tolerance: float = TOLERANCE,
) -> Outcome:
    """Check a file and load it. Raises Refused with every problem; with ``dry_run`` gives them back and loads nothing.

    ``path`` names the kind of file; ``content`` its bytes when it is not on disk. The register remembers ``source`` and
    the coordinate system that the file was in. What the file leaves open is a question: ``code_column`` (or
    ``name_column``, for a file without codes) and ``crs`` answer it; unanswered, it is a problem.
    """
    try:
        file = read(path, content, choice=Choice(crs, code_column, name_column))
    except Unreadable as error:
        return _refuse(Outcome(0, [Problem("", str(error))], "", []), dry_run)
    outcome = Outcome(0, [], file.crs, [], file=file)
    if file.features and not file.columns.code and not name_column:
        outcome.questions.append(_which_column(file))
        return _refuse(outcome, dry_run)
    outcome.problems, checked = _check(file, tolerance, by)
    outcome.notes = [*_notes(file, checked)]
    if not crs and file.crs in {WGS84, "EPSG:4490"} and (file.map_service or _shifted(checked)):
        outcome.questions.append(_which_system())
    if outcome.problems or outcome.questions:
        return _refuse(outcome, dry_run)
    outcome.codes = [row.unit.code for row in checked]
    if not dry_run:
        shapes = {row.unit.pk: _multi(row.geometry) for row in checked}
        outcome.loaded = load_boundaries(shapes, source=f"{source or Path(path).name} ({file.crs})", by=by)
    return outcome


def _refuse(outcome: Outcome, dry_run: bool) -> Outcome:
    if not dry_run:
        raise Refused([*outcome.problems, *(Problem("", question.text) for question in outcome.questions)])
    return outcome


def _which_column(file: BoundaryFile) -> Question:
    columns = "; ".join(str(column) for column in file.columns.all) or "–"
    return Question(COLUMN, _("Which column holds the unit code? The file has: %(columns)s.") % {"columns": columns})


def _which_system() -> Question:
    return Question(
        SHIFTED,
        _(
            "These coordinates look like GCJ-02, the shifted ones of Chinese map services, some hundred metres off."
            " Name the coordinate system: GCJ-02 to shift them back, or EPSG:4326 if they are not shifted."
        ),
    )


def _notes(file: BoundaryFile, checked: list[_Checked]) -> Iterator[str]:
    """What a reader should know before they confirm."""
    if file.said:
        yield _("The file itself says %(said)s; it is read as %(crs)s, as you chose.") % {
            "said": file.said,
            "crs": file.crs,
        }
    other = [row for row in checked if row.feature.name and not alike(row.feature.name, row.unit.name)]
    other = [row for row in other if folded(village_name(row.feature.name)) != folded(row.unit.name)]
    for row in other[:NAMES_SHOWN]:
        yield _("%(where)s: the file says %(file)s, the register %(unit)s.") % {
            "where": at_feature(row.feature.number),
            "file": row.feature.name,
            "unit": f"{row.unit.name} {row.unit.code}",
        }
    if len(other) > NAMES_SHOWN:
        yield _("And %(more)s more names that differ.") % {"more": len(other) - NAMES_SHOWN}


def _shifted(checked: list[_Checked]) -> bool:
    """Whether most of the units that have a surveyed boundary lie better on it once shifted back from GCJ-02."""
    surveyed = Unit.objects.filter(pk__in=[row.unit.pk for row in checked], boundary_approximate=False)
    surveyed = surveyed.filter(boundary__isnull=False).only("pk", "boundary").order_by("pk")[:COMPARED]
    known = {unit.pk: shapely.from_wkb(bytes(unit.boundary.wkb)) for unit in surveyed}
    votes = [_lies_better(row.geometry, known[row.unit.pk]) for row in checked if row.unit.pk in known]
    return sum(votes) * 2 > len(votes)


def _lies_better(shape: BaseGeometry, known: BaseGeometry) -> bool:
    """Compare distances of centroids: the GCJ-02 shift is some 500 m, and a survey's own error far below that."""
    if not known.is_valid or known.is_empty:
        return False
    centre, aim = (np.array([[g.centroid.x, g.centroid.y]]) for g in (shape, known))
    as_it_is, back = np.hypot(*(centre - aim)[0]), np.hypot(*(from_gcj02(centre) - aim)[0])
    return bool(as_it_is > NEAR and back < as_it_is / 3)


def _multi(geometry: BaseGeometry) -> MultiPolygon:
    made = GEOSGeometry(memoryview(shapely.to_wkb(geometry)), srid=4326)
    return made if isinstance(made, MultiPolygon) else MultiPolygon(made, srid=4326)


def _check(file: BoundaryFile, tolerance: float, by: Actor) -> tuple[list[Problem], list[_Checked]]:
    """Check features against the units whose register the actor keeps; the others count as unknown."""
    problems: list[Problem] = [] if file.features else [Problem("", _("The file holds no features."))]
    checked: list[_Checked] = []
    kept = registered_by(by).only("id", "code", "path", "level", "name", "name_en")
    units = _Units(list(kept))
    for feature in file.features:
        unit, reason = units.of(feature, by_name=not file.columns.code)
        geometry, fault = _geometry(feature, file.crs)
        found = [text for text in (reason, fault) if text]
        problems += [Problem(at_feature(feature.number), text) for text in found]
        if not found and geometry is not None and unit is not None:
            checked.append(_Checked(feature, unit, geometry))
    problems += _outside(checked, tolerance)
    return sorted(problems, key=_order), checked


def _order(problem: Problem) -> int:
    digits = re.search(r"\d+", problem.where)
    return int(digits[0]) if digits else 0


class _Units:
    """The units that features may be of, by code and by name; each unit once."""

    def __init__(self, kept: list[Unit]) -> None:
        self.by_code = {unit.code: unit for unit in kept}
        self.by_name: dict[str, list[Unit]] = {}
        for unit in kept:
            self.by_name.setdefault(folded(unit.name), []).append(unit)
        self.seen: dict[str, int] = {}

    def of(self, feature: Feature, *, by_name: bool) -> tuple[Unit | None, str]:
        """The unit of a feature, or the reason why there is none."""
        unit, reason = self._by_name(feature) if by_name else self._by_code(feature)
        if unit is None:
            return None, reason
        first = self.seen.setdefault(unit.code, feature.number)
        if first == feature.number:
            return unit, ""
        where = {"code": unit.code, "number": first}
        return None, _("The code %(code)s stands at feature %(number)s already.") % where

    def _by_code(self, feature: Feature) -> tuple[Unit | None, str]:
        if not feature.code:
            return None, feature.fault_of_code or _("There is no unit code in its attributes.")
        try:
            code = of_survey(feature.code)
        except ValueError:
            return None, _("“%(code)s” is not a unit code.") % {"code": feature.code}
        unit = self.by_code.get(code)
        return unit, "" if unit else _("No unit with the code %(code)s is on the register.") % {"code": code}

    def _by_name(self, feature: Feature) -> tuple[Unit | None, str]:
        name = {"name": feature.name}
        if not feature.name:
            return None, _("There is no name in its attributes.")
        found = self.by_name.get(folded(feature.name)) or self.by_name.get(folded(village_name(feature.name))) or []
        if len(found) > 1:
            return None, _("Several units are called %(name)s: a column with their codes is needed.") % name
        return (found[0], "") if found else (None, _("No unit called %(name)s is on the register.") % name)


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
    if is_tangled(made):
        return None, _("Broken geometry: its border crosses itself in very many places.")
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
