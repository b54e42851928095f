"""The county's own scale of events by their dead and missing, beside the national grades (docs/domain.md 2)."""

from __future__ import annotations

from norms.selectors.numbers import numbers
from org.models import Unit

CODES = {"I": "county_scale_i", "II": "county_scale_ii"}
"""The gravest first. The numbers are the county's own (norms); their source is empty until it fills it in."""


def county_scale(dead: int, missing: int, unit: Unit) -> str:
    """ "I", "II" or "" for an event with so many dead and missing in ``unit``."""
    bounds = numbers(*CODES.values(), unit=unit)
    return next((level for level, code in CODES.items() if dead + missing >= bounds[code]), "")


def bounds_of(unit: Unit) -> dict[str, int]:
    """Level → from how many dead and missing."""
    found = numbers(*CODES.values(), unit=unit)
    return {level: found[code] for level, code in CODES.items()}
