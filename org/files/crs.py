"""Coordinate transformation: the reference systems of the files that counties have, to EPSG:4326.

- EPSG:4490 (CGCS2000, degrees) and 4491–4554 (CGCS2000 Gauss-Krüger zones, metres): by PROJ. The two datums differ by
  less than a metre in China, which PROJ leaves as it is ("ballpark").
- GCJ-02 (the offset of Chinese map services): the published approximation, inverted by iteration. It comes back to
  itself within 1e-7 degrees and agrees with the services to about two metres; it does nothing outside China.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pyproj
from django.utils.translation import gettext as _

from database.text import clean
from web.problems import Unreadable

Transform = Callable[[np.ndarray], np.ndarray]
"""An (n, 2) array of x, y → an (n, 2) array of lon, lat."""

WGS84 = "EPSG:4326"
GCJ02 = "GCJ-02"
_EARTH = 6378245.0
_ECCENTRICITY = 0.00669342162296594323
_NAMES = re.compile(r"(?:EPSG|urn:ogc:def:crs:EPSG:[\d.]*:|http\S*/EPSG/0/)?:?\s*(\d{4,5})", re.IGNORECASE)
_SUPPORTED = (4326, 4490, *range(4491, 4555))


def named(text: str) -> str:
    """One spelling for a coordinate system's name: ``EPSG:4549`` or ``GCJ-02``. Unreadable for one that is not
    supported, with the way out.
    """
    plain = clean(text)
    if re.fullmatch(r"gcj[-_ ]?0?2", plain, re.IGNORECASE):
        return GCJ02
    if re.search(r"CRS:?84$", plain, re.IGNORECASE) or re.fullmatch(r"wgs[-_ ]?(19)?84", plain, re.IGNORECASE):
        return WGS84
    if re.fullmatch(r"cgcs[-_ ]?2000", plain, re.IGNORECASE):
        return "EPSG:4490"
    found = _NAMES.fullmatch(plain)
    if found and int(found[1]) in _SUPPORTED:
        return f"EPSG:{found[1]}"
    with suppress(pyproj.exceptions.CRSError):
        if found:
            raise Unreadable(_way_out(pyproj.CRS.from_epsg(int(found[1]))))
    raise Unreadable(
        _("The coordinate system “%(name)s” is not one of EPSG:4326, 4490, 4491 to 4554 and GCJ-02.")
        % {"name": plain[:80]}
    )


def from_wkt(text: str) -> str:
    """The name of a shapefile's .prj. Unreadable when PROJ does not know it or it is not supported."""
    try:
        crs = pyproj.CRS.from_wkt(text)
    except pyproj.exceptions.CRSError:
        raise Unreadable(_("The .prj file holds no coordinate system that can be read.")) from None
    code = crs.to_epsg(min_confidence=60)
    if code in _SUPPORTED:
        return f"EPSG:{code}"
    raise Unreadable(_way_out(crs))


def name_of_wkt(text: str) -> str:
    """As the file itself names it; empty when it does not."""
    with suppress(pyproj.exceptions.CRSError):
        return str(pyproj.CRS.from_wkt(text).name)
    return ""


def is_same(wkt: str, name: str) -> bool:
    """Whether a .prj says what ``name`` says."""
    with suppress(Unreadable):
        return from_wkt(wkt) == name
    return False


def _way_out(crs: pyproj.CRS) -> str:
    """Why a known coordinate system is not taken, and which to export to instead: a mistake of the datum is a mistake
    of some hundred metres, and the parameters that undo it are the survey office's.
    """
    datum = str(crs.datum.name if crs.datum else crs.name)
    code = crs.to_epsg()
    name = f"{crs.name}, EPSG:{code}" if code else crs.name
    values = {"name": name, "way": _exports(_meridian(crs))}
    if re.search("xian|西安", datum, re.IGNORECASE):
        return (
            _("The file is in Xi'an 1980 (%(name)s), which only the survey office can convert exactly. %(way)s")
            % values
        )
    if re.search("beijing|北京", datum, re.IGNORECASE):
        return (
            _("The file is in Beijing 1954 (%(name)s), which only the survey office can convert exactly. %(way)s")
            % values
        )
    if _meridian(crs) is not None and re.search("china.?2000|cgcs", datum, re.IGNORECASE):
        values["meridian"] = f"{_meridian(crs):g}"
        return _("The file is in a local system (%(name)s, central meridian %(meridian)s°). %(way)s") % values
    return _("The file is in a coordinate system that is not supported (%(name)s). %(way)s") % values


def _meridian(crs: pyproj.CRS) -> float | None:
    """The central meridian of a transverse Mercator projection, in degrees."""
    operation = crs.coordinate_operation
    if operation is None or "Transverse Mercator" not in operation.method_name:
        return None
    return next((float(p.value) for p in operation.params if p.name == "Longitude of natural origin"), None)


def _exports(meridian: float | None) -> str:
    """What to export to: degrees, and the national 3-degree zone nearest to where the file's own one lies."""
    if meridian is None or not 75 <= meridian <= 135:
        return _("Export it again in CGCS2000 degrees (EPSG:4490) or WGS 84 (EPSG:4326).")
    centre = 3 * round(meridian / 3)
    zone = {"zone": 4534 + (centre - 75) // 3, "centre": centre}
    return (
        _(
            "Export it again in CGCS2000 degrees (EPSG:4490), or in CGCS2000's 3-degree zone with the central meridian"
            " %(centre)s° (EPSG:%(zone)s)."
        )
        % zone
    )


def to_wgs84(name: str) -> Transform:
    if name == WGS84:
        return lambda xy: xy
    if name == GCJ02:
        return from_gcj02
    transformer = pyproj.Transformer.from_crs(name, WGS84, always_xy=True)

    def transform(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    return transform


def from_gcj02(xy: np.ndarray) -> np.ndarray:
    """Undo the offset: the fixed point of ``wgs = gcj - offset(wgs)``, which ten rounds reach far below a
    millimetre.
    """
    guess = xy.astype(float)
    for _round in range(10):
        guess = xy - _offset(guess)
    return guess


def to_gcj02(lonlat: np.ndarray) -> np.ndarray:
    return lonlat + _offset(lonlat)


def _offset(lonlat: np.ndarray) -> np.ndarray:
    """(dlon, dlat) in degrees at WGS-84 points; zero outside a rectangle about China."""
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    x, y = lon - 105.0, lat - 35.0
    common = (20 * np.sin(6 * x * math.pi) + 20 * np.sin(2 * x * math.pi)) * 2 / 3
    dlat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + common
    dlat += _waves(y, ((20, 1), (40, 3))) + (160 * np.sin(y / 12 * math.pi) + 320 * np.sin(y * math.pi / 30)) * 2 / 3
    dlon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + common
    dlon += _waves(x, ((20, 1), (40, 3))) + (150 * np.sin(x / 12 * math.pi) + 300 * np.sin(x / 30 * math.pi)) * 2 / 3
    radians = lat / 180 * math.pi
    magic = 1 - _ECCENTRICITY * np.sin(radians) ** 2
    dlat = dlat * 180 / (_EARTH * (1 - _ECCENTRICITY) / (magic * np.sqrt(magic)) * math.pi)
    dlon = dlon * 180 / (_EARTH / np.sqrt(magic) * np.cos(radians) * math.pi)
    inside = (lon > 72.004) & (lon < 137.8347) & (lat > 0.8293) & (lat < 55.8271)
    return np.where(inside[:, None], np.column_stack([dlon, dlat]), 0.0)


def _waves(v: np.ndarray, terms: tuple[tuple[int, int], ...]) -> np.ndarray:
    return sum(height * np.sin(v * math.pi / divisor) for height, divisor in terms) * 2 / 3
