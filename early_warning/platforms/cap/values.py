"""Readers of single values. Each takes the trimmed text of an element and returns a value, or raises
ValueError(complaint).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from early_warning.platforms.cap.message import Reference

LONGEST_NAME = 200
MOST_REFERENCES = 200
_DATE_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$", re.ASCII)
_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)$", re.ASCII)
_FORBIDDEN_IN_NAMES = re.compile(r"[\s,<&]")
_YEARS = range(1970, 2200)
_WIDEST_OFFSET = dt.timedelta(hours=14)


def text(value: str) -> str:
    return value


def name(value: str) -> str:
    """identifier and sender: no spaces, commas, ``<`` or ``&`` (CAP 1.2 section 3.2.1)."""
    if _FORBIDDEN_IN_NAMES.search(value):
        raise ValueError(_("It must not contain spaces, commas, “<” or “&”."))
    if len(value) > LONGEST_NAME:
        raise ValueError(_("It must not be longer than %(limit)s characters.") % {"limit": LONGEST_NAME})
    return value


def one_of(*allowed: str, formerly: dict[str, str] | None = None) -> Callable[[str], str]:
    """``formerly`` maps deprecated words that the standard asks readers to accept."""

    def read(value: str) -> str:
        value = (formerly or {}).get(value, value)
        if value not in allowed:
            raise ValueError(
                _("“%(value)s” is not one of %(allowed)s.") % {"value": value[:60], "allowed": ", ".join(allowed)}
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


def number(value: str) -> float:
    if not _NUMBER.match(value) or len(value) > 40:
        raise ValueError(_("“%(value)s” is not a number.") % {"value": value[:40]})
    return float(value)


def size(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 15:
        raise ValueError(_("“%(value)s” is not a number of bytes.") % {"value": value[:40]})
    return int(value)


def embedded(value: str) -> bool:
    """A resource's content in base64 is not read: it stays in the verbatim copy."""
    return bool(value)


def references(value: str) -> list[Reference]:
    """``sender,identifier,sent`` triples, separated by white space."""
    triples = value.split()
    if len(triples) > MOST_REFERENCES:
        raise ValueError(_("It must not name more than %(limit)s messages.") % {"limit": MOST_REFERENCES})
    found = []
    for triple in triples:
        parts = triple.split(",")
        if len(parts) != 3 or not parts[0] or not parts[1]:
            raise ValueError(_("Each reference is “sender,identifier,sent”."))
        found.append(Reference(name(parts[0]), name(parts[1]), date_time(parts[2])))
    return list(dict.fromkeys(found))


def complaint_of(error: ValueError) -> Any:
    return error.args[0]
