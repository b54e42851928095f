"""Whose warning it is: the county's own, of one above it, or of a neighbour. Pure."""

from __future__ import annotations

import re

DIVISION = re.compile(r"(\d{6})(?:\d{8}(?:\d{0,2})?_|\d{0,8}$)")
"""At the head of a 12379 identifier (14 digits of the institution, then the time) or sender."""


def origin_of(identifier: str, sender: str, county: str) -> str:
    """ "own", "superior", "neighbour"; empty where the message does not say. ``county`` is the six-digit code."""
    found = DIVISION.match(identifier) or DIVISION.match(sender)
    if found is None:
        return ""
    issuer = found[1]
    if issuer == county:
        return "own"
    above = re.sub("(00)+$", "", issuer)
    return "superior" if above != issuer and county.startswith(above) else "neighbour"
