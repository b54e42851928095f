"""How much a place is to be worried about tonight: one figure out of what is known of it (docs/domain.md)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from plans.rules.events import EVENTS

SLOPES_AND_WATER = frozenset(
    ("geological_point", "flash_flood_gully", "cut_slope", "reservoir", "small_hydropower", "mine")
)
HOUSES = frozenset(("timber_houses", "self_built_house", "construction_camp", "crowded_place"))
GRAVITY = ("blue", "yellow", "orange", "red")
CODES = (
    *("worry_people_pct", "worry_warning_pct", "worry_rain_pct", "worry_slope_pct", "worry_house_pct"),
    *("worry_major_pct", "worry_silent_pct", "worry_dark_pct", "worry_dusk_h", "worry_vacant_pct"),
)
"""The numbers that weigh the factors."""


@dataclass(frozen=True)
class Facts:
    """``people``: None where nobody has recorded how many. ``dark_in_h``: 0 while it is dark; None where
    nobody has recorded the place."""

    people: int | None
    colour: str
    rain: bool
    kind: str
    major: bool
    silent: bool
    keeper: bool
    dark_in_h: float | None


def is_rain(event_kind: str) -> bool:
    """Whether a kind of the catalogue is rain or what rain brings; what is unclassified is neither."""
    return event_kind in EVENTS and EVENTS[event_kind].wet


def score(facts: Facts, weights: Mapping[str, int], most: int) -> float:
    """The sum of the factors' weights. ``most``: the people of the most peopled place among those compared.

    People count by their logarithm, so that a village of a thousand does not hide a slope above three houses. A road
    that is about to close is no factor: nothing that reaches the system says so.
    """
    people = math.log1p(facts.people or 0) / math.log1p(max(most, 1))
    total = weights["worry_people_pct"] * people
    if facts.colour in GRAVITY:
        total += weights["worry_warning_pct"] * (GRAVITY.index(facts.colour) + 1) / len(GRAVITY)
        total += weights["worry_rain_pct"] * facts.rain
    total += weights["worry_slope_pct"] * (facts.kind in SLOPES_AND_WATER)
    total += weights["worry_house_pct"] * (facts.kind in HOUSES)
    total += weights["worry_major_pct"] * facts.major + weights["worry_silent_pct"] * facts.silent
    total += weights["worry_vacant_pct"] * (not facts.keeper)
    if facts.dark_in_h is not None:
        total += weights["worry_dark_pct"] * max(0.0, 1 - facts.dark_in_h / max(weights["worry_dusk_h"], 1))
    return total
