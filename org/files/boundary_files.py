"""Reading polygons from GeoJSON and shapefiles, as they stand in the file; checks are in org/files/boundaries.py."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapefile
from django.utils.translation import gettext as _
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from database.text import clean
from org.files.columns import CODES, Columns, value_of
from org.files.columns import chosen as columns_of
from org.files.crs import WGS84, from_wkt, is_same, name_of_wkt, named
from org.rules.phones import LostDigits
from web.bounded_json import read_json
from web.problems import Unreadable

MAX_BYTES = 100 * 1024 * 1024
"""Of a zip's contents: a bigger one is refused before it is unpacked."""
MAX_PARTS = 1000
MAX_JSON = 50 * 1024 * 1024
MAX_VALUES = 2_000_000
"""Of a GeoJSON file: a million points, of which a county has a tenth."""
MAX_FEATURES = 20_000
MAX_POINTS = 1_000_000


@dataclass(frozen=True)
class Feature:
    """``number`` counts from 1 as in the file. ``geometry`` is None where it is missing; ``fault`` says why it is
    unusable, ``fault_of_code`` why its code is.
    """

    number: int
    code: str
    geometry: BaseGeometry | None
    fault: str = ""
    name: str = ""
    fault_of_code: str = ""


@dataclass(frozen=True)
class BoundaryFile:
    """``said`` is the coordinate system that the file itself names, where ``crs`` is another; ``encoding`` that of
    its attributes; ``map_service``: its attributes are those of a Chinese map service, whose coordinates are shifted.
    """

    features: list[Feature]
    crs: str
    columns: Columns
    encoding: str = "UTF-8"
    said: str = ""
    map_service: bool = False


@dataclass(frozen=True)
class Choice:
    """What somebody says about a file, over what it says itself: coordinate system, columns of code and name."""

    crs: str = ""
    code_column: str = ""
    name_column: str = ""


_Row = tuple[dict[str, Any], BaseGeometry | None, str]
_MAP_SERVICE = frozenset({"adcode", "center", "centroid", "childrennum", "acroutes", "subfeatureindex", "citycode"})
"""Attributes of what DataV and Amap give out, whose coordinates are GCJ-02; two of them are the mark."""


def read(path: Path | str, content: bytes | None = None, *, choice: Choice | None = None) -> BoundaryFile:
    """A GeoJSON file, a zipped shapefile, or the .shp of an unzipped one (its companions beside it).

    ``choice.crs`` overrides what the file says; Unreadable when neither names one that is supported (a GeoJSON without
    ``crs`` is EPSG:4326 by RFC 7946, a shapefile without .prj is nothing).
    """
    path, choice = Path(path), choice or Choice()
    suffix = path.suffix.lower()
    if suffix in {".geojson", ".json"}:
        return _geojson(path.read_bytes() if content is None else content, choice)
    if suffix == ".zip":
        return _shapefile(_unzipped(path.read_bytes() if content is None else content), choice)
    if suffix == ".shp" and content is None:
        return _shapefile(_beside(path), choice)
    raise Unreadable(_("Boundaries come as .geojson, as .shp with its companions, or as a .zip of these."))


def _file(rows: list[_Row], crs: str, choice: Choice, encoding: str, said: str = "") -> BoundaryFile:
    properties = [row[0] for row in rows]
    try:
        columns = columns_of(properties, choice.code_column, choice.name_column)
    except LookupError as error:
        raise Unreadable(_("The file has no column “%(name)s”.") % {"name": error.args[0]}) from None
    features = [_feature(number, row, columns, choice) for number, row in enumerate(rows, start=1)]
    names = {column.name.lower() for column in columns.all}
    return BoundaryFile(features, crs, columns, encoding, said, len(names & _MAP_SERVICE) > 1)


def _feature(number: int, row: _Row, columns: Columns, choice: Choice) -> Feature:
    properties, geometry, fault = row
    wanted = [columns.code] if choice.code_column else [columns.code, *_others(properties)]
    column = next((c for c in wanted if c and properties.get(c) not in (None, "")), "")
    name = clean(str(properties.get(columns.name) or ""))
    try:
        return Feature(number, value_of(properties, column) if column else "", geometry, fault, name)
    except LostDigits:
        lost = _("Its code %(code)s was rounded, its last digits are lost: keep the column as text.")
        return Feature(number, "", geometry, fault, name, lost % {"code": properties[column]})


def _others(properties: dict[str, Any]) -> list[str]:
    """Features of one GeoJSON may name their code differently."""
    lower = {str(name).lower(): str(name) for name in properties}
    return [lower[name] for name in CODES if name in lower]


def _shape(data: Any) -> tuple[BaseGeometry | None, str]:
    if not data:
        return None, ""
    try:
        return shape(data), ""
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        return None, str(error)[:200] or type(error).__name__


def _geojson(content: bytes, choice: Choice) -> BoundaryFile:
    text, encoding = _decoded(content)
    try:
        data = read_json(text.encode(), most_bytes=MAX_JSON, most_items=MAX_VALUES)
    except ValueError as error:
        raise Unreadable(_("This is not GeoJSON: %(error)s") % {"error": str(error)[:200]}) from None
    if not isinstance(data, dict) or not isinstance(data.get("features"), list):
        raise Unreadable(_("This is not a GeoJSON FeatureCollection."))
    _check_count(len(data["features"]))
    rows: list[_Row] = []
    for row in data["features"]:
        row = row if isinstance(row, dict) else {}
        properties = row.get("properties")
        rows.append((properties if isinstance(properties, dict) else {}, *_shape(row.get("geometry"))))
    wanted = named(choice.crs) if choice.crs else ""
    return _file(rows, wanted or _geojson_crs(data), choice, encoding)


def _decoded(content: bytes) -> tuple[str, str]:
    """Text and its encoding: UTF-8 by the standard, GB 18030 or UTF-16 where a Windows program wrote it."""
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding), encoding.removesuffix("-sig").upper()
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("The text of this file is neither UTF-8 nor GB 18030. Save it as UTF-8 and choose it again."))


def _check_count(features: int, points: int = 0) -> None:
    if features > MAX_FEATURES or points > MAX_POINTS:
        said = _("This file holds more than %(features)s features or %(points)s points; divide it, or simplify it.")
        raise Unreadable(said % {"features": MAX_FEATURES, "points": MAX_POINTS})


def _geojson_crs(data: dict[str, Any]) -> str:
    crs = data.get("crs")
    if crs is None:
        return WGS84
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return named(str(name or crs))


def _unzipped(content: bytes) -> dict[str, bytes]:
    """The parts of the one shapefile in a zip, by suffix."""
    try:
        if content.count(b"PK\x01\x02") > MAX_PARTS:
            raise Unreadable(_("This zip holds too many files."))
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = [info for info in archive.infolist() if not info.is_dir() and "__MACOSX" not in info.filename]
        if sum(info.file_size for info in names) > MAX_BYTES:
            raise Unreadable(
                _("Unpacked, this zip is larger than %(limit)s MB.") % {"limit": MAX_BYTES // 1024 // 1024}
            )
        shapes = [info for info in names if info.filename.lower().endswith(".shp")]
        if len(shapes) != 1:
            raise Unreadable(_("The zip must hold one .shp; it holds %(count)s.") % {"count": len(shapes)})
        stem = shapes[0].filename[:-4]
        own = [info for info in names if info.filename[:-4] == stem]
        return {info.filename[-4:].lower(): archive.read(info) for info in own}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise Unreadable(_("This zip cannot be opened: %(error)s") % {"error": str(error)[:200]}) from None


def _beside(path: Path) -> dict[str, bytes]:
    files = [file for file in path.parent.iterdir() if file.stem == path.stem and len(file.suffix) == 4]
    return {file.suffix.lower(): file.read_bytes() for file in files}


def _shapefile(parts: dict[str, bytes], choice: Choice) -> BoundaryFile:
    missing = [suffix for suffix in (".shp", ".dbf") if suffix not in parts]
    if missing:
        raise Unreadable(_("The shapefile lacks its %(parts)s file.") % {"parts": ", ".join(missing)})
    if not choice.crs and ".prj" not in parts:
        raise Unreadable(_("The shapefile has no .prj file, so its coordinate system is unknown; name it yourself."))
    prj = parts.get(".prj", b"").decode("utf-8", "replace")
    crs = named(choice.crs) if choice.crs else from_wkt(prj)
    said = name_of_wkt(prj) if choice.crs and name_of_wkt(prj) and not is_same(prj, crs) else ""
    failure: Exception | None = None
    for encoding in _encodings(parts):
        try:
            return _file(list(_records(parts, encoding)), crs, choice, encoding.upper(), said)
        except Unreadable:
            raise
        except Exception as error:  # the library lets anything through on a cut-off file, and wraps decoding errors
            failure = error
    raise Unreadable(_("This shapefile is damaged: %(error)s") % {"error": str(failure)[:200]})


_GBK = re.compile(r"(cp|ansi|oem|windows)?[ _-]?936|gbk|gb[ _-]?2312|gb[ _-]?18030|euc-?cn", re.IGNORECASE)


def _encodings(parts: dict[str, bytes]) -> list[str]:
    """What the .cpg says first; but what it says is often not so. Last, UTF-8 whose text was cut inside a character."""
    told = parts.get(".cpg", b"").decode("ascii", "replace").strip()
    first = ["gb18030"] if _GBK.fullmatch(told) else []
    return [*first, "utf-8", "gb18030", "utf-8 (cut)"]


def _records(parts: dict[str, bytes], encoding: str) -> Iterable[_Row]:
    streams = {suffix[1:]: io.BytesIO(parts[suffix]) for suffix in (".shp", ".dbf", ".shx") if suffix in parts}
    errors = "replace" if encoding.endswith("(cut)") else "strict"
    with shapefile.Reader(**streams, encoding=encoding.split()[0], encodingErrors=errors) as reader:
        points = 0
        for number, row in enumerate(reader.iterShapeRecords(), start=1):
            points += len(row.shape.points)
            _check_count(number, points)
            empty = row.shape.shapeType == shapefile.NULL
            yield (row.record.as_dict(), *((None, "") if empty else _shape(row.shape.__geo_interface__)))
