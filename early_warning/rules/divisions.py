"""Reading the geocodes of a message as divisions (GB/T 2260 and the statistical codes): pure, without the database.

Senders write several codes into one value, survey codes of 15 or 19 digits, the two or four digits of a province or
city, full-width digits, and postcodes; only what is surely a division is taken for one, and the rest is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from early_warning.platforms.cap import Area
from org.rules.codes import normalise, path_of

PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
    ]
)
"""The first two digits of every division code (GB/T 2260)."""
LONGEST_VALUE, MOST_CODES = 20_000, 2_000
"""Characters read of one value, and codes read of one area: more than any county has units."""

_BETWEEN = re.compile(r"[\s,;|/、，；]+")
_CODE = re.compile(r"\d{6}|\d{9}|\d{12,20}", re.ASCII)
_SHORT = re.compile(r"\d{2}|\d{4}", re.ASCII)
_DIVISION_NAME = re.compile(r"区划|區劃|政区|division|adcode|gb/?t ?2260", re.IGNORECASE)
_POSTCODE_NAME = re.compile(r"邮编|邮政|郵遞|郵政|郵編|post|zip", re.IGNORECASE)
# Six digits as well, and somebody else's: US county codes, European zones.
_FOREIGN = {"same", "fips", "fips6", "ugc", "emma_id", "nuts2", "nuts3", "warncellid", "profile:cap-cp:location:0.3"}


@dataclass
class Divisions:
    """``paths`` of the divisions named, in the order of the message; ``unread`` (code of a note, value) of the rest."""

    paths: list[str] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)


def divisions_of(areas: Iterable[Area]) -> Divisions:
    found = Divisions()
    for area in areas:
        for name, value in area.geocodes:
            _read(name, value, found)
    found.paths = list(dict.fromkeys(found.paths))[:MOST_CODES]
    found.unread = list(dict.fromkeys(found.unread))
    return found


def _read(name: str, value: str, found: Divisions) -> None:
    name = unicodedata.normalize("NFKC", name).strip().lower()
    value = unicodedata.normalize("NFKC", value[:LONGEST_VALUE])
    if name in _FOREIGN:
        found.unread.append(("foreign_code", f"{name} {value.strip()[:40]}"))
    elif _POSTCODE_NAME.search(name):
        found.unread.append(("postcode", value.strip()[:40]))
    else:
        for code in filter(None, _BETWEEN.split(value)):
            path = _path(name, code)
            found.paths.append(path) if path else found.unread.append(("unread_code", code[:40]))


def _path(name: str, code: str) -> str:
    """The path of a code, cut to the division's twelve digits; empty when it is none."""
    if code[:2] not in PROVINCES:
        return ""
    if _DIVISION_NAME.search(name) and _SHORT.fullmatch(code):
        code = code.ljust(6, "0")
    if not _CODE.fullmatch(code):
        return ""
    path = path_of(normalise(code[:12]))
    while path.endswith(".00"):  # 330000 and 331100 are the province and the city
        path = path[:-3]
    return path
