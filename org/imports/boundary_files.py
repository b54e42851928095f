"""Reading polygons from GeoJSON and shapefiles, as they stand in the file; checks are in org/imports/boundaries.py."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapefile
from django.utils.translation import gettext as _
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from org.imports.crs import WGS84, from_wkt, named
from org.imports.problems import Unreadable

MAX_BYTES = 200 * 1024 * 1024
"""Of a zip's contents: a bigger one is refused before it is unpacked."""

CODE_FIELDS = (
    "code",
    "unit",
    "unit_code",
    "xzqdm",
    "xzdm",
    "zldwdm",
    "adcode",
    "pac",
    "dm",
    "代码",
    "区划代码",
    "单位代码",
    "行政区划代码",
)


@dataclass(frozen=True)
class Feature:
    """``number`` counts from 1 as in the file. ``geometry`` is None where it is missing; ``fault`` says why it is
    unusable.
    """

    number: int
    code: str
    geometry: BaseGeometry | None
    fault: str = ""


@dataclass(frozen=True)
class BoundaryFile:
    features: list[Feature]
    crs: str


def read(path: Path | str, content: bytes | None = None, *, crs: str = "", code_field: str = "") -> BoundaryFile:
    """A GeoJSON file, a zipped shapefile, or the .shp of an unzipped one (its companions beside it).

    ``crs`` overrides what the file says; Unreadable when neither names one that is supported (a GeoJSON without
    ``crs`` is EPSG:4326 by RFC 7946, a shapefile without .prj is nothing).
    """
    path = Path(path)
    wanted = named(crs) if crs else ""
    suffix = path.suffix.lower()
    if suffix in {".geojson", ".json"}:
        return _geojson(path.read_bytes() if content is None else content, wanted, code_field)
    if suffix == ".zip":
        return _shapefile(_unzipped(path.read_bytes() if content is None else content), wanted, code_field)
    if suffix == ".shp" and content is None:
        return _shapefile(_beside(path), wanted, code_field)
    raise Unreadable(_("Boundaries come as .geojson, as .shp with its companions, or as a .zip of these."))


def _code(properties: dict[str, Any], code_field: str) -> str:
    """The value of the code's column; a number loses the decimals that spreadsheets add. Empty when there is none."""
    lower = {str(name).lower(): value for name, value in properties.items()}
    names = (code_field.lower(),) if code_field else CODE_FIELDS
    value = next((lower[name] for name in names if lower.get(name) not in (None, "")), "")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().removesuffix(".0")


def _shape(data: Any) -> tuple[BaseGeometry | None, str]:
    if not data:
        return None, ""
    try:
        return shape(data), ""
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        return None, str(error)[:200] or type(error).__name__


def _geojson(content: bytes, wanted: str, code_field: str) -> BoundaryFile:
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError) as error:
        raise Unreadable(_("This is not GeoJSON: %(error)s") % {"error": str(error)[:200]}) from None
    if not isinstance(data, dict) or not isinstance(data.get("features"), list):
        raise Unreadable(_("This is not a GeoJSON FeatureCollection."))
    features = []
    for number, row in enumerate(data["features"], start=1):
        row = row if isinstance(row, dict) else {}
        properties = row.get("properties")
        geometry, fault = _shape(row.get("geometry"))
        code = _code(properties if isinstance(properties, dict) else {}, code_field)
        features.append(Feature(number, code, geometry, fault))
    return BoundaryFile(features, wanted or _geojson_crs(data))


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
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise Unreadable(_("This zip cannot be opened: %(error)s") % {"error": str(error)[:200]}) from None


def _beside(path: Path) -> dict[str, bytes]:
    files = [file for file in path.parent.iterdir() if file.stem == path.stem and len(file.suffix) == 4]
    return {file.suffix.lower(): file.read_bytes() for file in files}


def _shapefile(parts: dict[str, bytes], wanted: str, code_field: str) -> BoundaryFile:
    missing = [suffix for suffix in (".shp", ".dbf") if suffix not in parts]
    if missing:
        raise Unreadable(_("The shapefile lacks its %(parts)s file.") % {"parts": ", ".join(missing)})
    if not wanted and ".prj" not in parts:
        raise Unreadable(_("The shapefile has no .prj file, so its coordinate system is unknown; name it yourself."))
    crs = wanted or from_wkt(parts[".prj"].decode("utf-8", "replace"))
    failure: Exception | None = None
    for encoding in _encodings(parts):
        try:
            return BoundaryFile(list(_records(parts, encoding, code_field)), crs)
        except Exception as error:  # the library lets anything through on a cut-off file, and wraps decoding errors
            failure = error
    raise Unreadable(_("This shapefile is damaged: %(error)s") % {"error": str(failure)[:200]})


def _encodings(parts: dict[str, bytes]) -> list[str]:
    told = parts.get(".cpg", b"").decode("ascii", "replace").strip().lower().replace("ansi 936", "gb18030")
    return [name for name in (told, "utf-8", "gb18030") if name in {"utf-8", "utf8", "gbk", "gb2312", "gb18030", "936"}]


def _records(parts: dict[str, bytes], encoding: str, code_field: str) -> Iterable[Feature]:
    streams = {suffix[1:]: io.BytesIO(parts[suffix]) for suffix in (".shp", ".dbf", ".shx") if suffix in parts}
    with shapefile.Reader(**streams, encoding="gb18030" if encoding == "936" else encoding) as reader:
        for number, row in enumerate(reader.iterShapeRecords(), start=1):
            empty = row.shape.shapeType == shapefile.NULL
            geometry, fault = (None, "") if empty else _shape(row.shape.__geo_interface__)
            yield Feature(number, _code(row.record.as_dict(), code_field), geometry, fault)
