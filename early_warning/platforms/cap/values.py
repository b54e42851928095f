"""Parsers of single values. Each takes the trimmed text of an element and returns a value, or raises
ValueError(complaint)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from early_warning.platforms.cap.message import Reference

LONGEST_NAME = 10_000
"""Characters; the standard sets no limit."""
MOST_REFERENCES = 200
_DATE_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$", re.ASCII)
_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)$", re.ASCII)
_FORBIDDEN_IN_NAMES = re.compile(r"[\s,<&]")
_YEARS = range(1970, 2200)
_WIDEST_OFFSET = dt.timedelta(hours=14)


def _filled(message: Any, parameters: dict[str, Any]) -> str:
    return str(message) % parameters


_lazily_filled = lazy(_filled, str)


def said(message: Any, **parameters: Any) -> Any:
    """A lazy translation with its places filled, itself lazy: what is kept is rendered in both languages."""
    return _lazily_filled(message, parameters)


def text(value: str) -> str:
    return value


def name(value: str) -> str:
    """identifier and sender: no spaces, commas, ``<`` or ``&`` (CAP 1.2 section 3.2.1)."""
    if _FORBIDDEN_IN_NAMES.search(value):
        raise ValueError(_("It must not contain spaces, commas, “<” or “&”."))
    if len(value) > LONGEST_NAME:
        raise ValueError(said(_("It must not be longer than %(limit)s characters."), limit=LONGEST_NAME))
    return value


def one_of(*allowed: str, formerly: dict[str, str] | None = None) -> Callable[[str], str]:
    """``formerly`` maps deprecated words that the standard asks readers to accept."""

    def read(value: str) -> str:
        value = (formerly or {}).get(value, value)
        if value not in allowed:
            raise ValueError(
                said(_("“%(value)s” is not one of %(allowed)s."), value=value[:60], allowed=", ".join(allowed))
            )
        return value

    return read


def date_time(value: str) -> dt.datetime:
    """``2026-07-09T10:15:00+08:00``, in UTC. Section 3.3.2 forbids “Z”; UTC itself is written ``-00:00``."""
    if not _DATE_TIME.match(value):
        raise ValueError(_("Write the time as 2026-07-09T10:15:00+08:00; “Z” and fractions are not part of CAP."))
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(_("There is no such date or time.")) from error
    if moment.year not in _YEARS or abs(moment.utcoffset() or dt.timedelta()) > _WIDEST_OFFSET:
        raise ValueError(_("There is no such date or time."))
    return moment.astimezone(dt.UTC)


_XML_DATE_TIME = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)$", re.ASCII)


def xml_date_time(value: str) -> dt.datetime:
    """As CAP 1.0 and 1.1 have it: “Z” and fractions of a second too (the fractions are dropped)."""
    match = _XML_DATE_TIME.match(value)
    if not match:
        raise ValueError(_("Write the time as 2026-07-09T10:15:00+08:00."))
    return date_time(match[1] + ("-00:00" if match[2] == "Z" else match[2]))


def pair(value: str) -> dict[str, str]:
    """CAP 1.0: “name=value”."""
    name, equals, text = value.partition("=")
    if not equals or not name.strip():
        raise ValueError(_("It is written “name=value”."))
    return {"valueName": name.strip(), "value": text.strip()}


def number(value: str) -> float:
    if not _NUMBER.match(value) or len(value) > 40:
        raise ValueError(said(_("“%(value)s” is not a number."), value=value[:40]))
    return float(value)


def size(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 15:
        raise ValueError(said(_("“%(value)s” is not a number of bytes."), value=value[:40]))
    return int(value)


def embedded(value: str) -> bool:
    """A resource's content in base64 is not read: it stays in the verbatim copy."""
    return bool(value)


def references(value: str, moment: Callable[[str], dt.datetime] = date_time) -> list[Reference]:
    """``sender,identifier,sent`` triples, separated by white space."""
    triples = value.split()
    if len(triples) > MOST_REFERENCES:
        raise ValueError(said(_("It must not name more than %(limit)s messages."), limit=MOST_REFERENCES))
    found = []
    for triple in triples:
        parts = triple.split(",")
        if len(parts) != 3 or not parts[0] or not parts[1]:
            raise ValueError(_("Each reference is “sender,identifier,sent”."))
        found.append(Reference(name(parts[0]), name(parts[1]), moment(parts[2])))
    return list(dict.fromkeys(found))


def xml_references(value: str) -> list[Reference]:
    return references(value, xml_date_time)


def complaint_of(error: ValueError) -> Any:
    return error.args[0]
