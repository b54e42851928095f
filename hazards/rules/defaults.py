"""The default numbers and routes of hazards (docs/domain.md 6); a county edits them, later versions count."""

from __future__ import annotations

from typing import Any

RULE_CITY = "rule of one city on listed supervision"
DEFAULT = "default; set by the county"

RULES: dict[str, tuple[int, str, str]] = {
    "take_up": (1, "working_days", DEFAULT),
    "register": (1, "working_days", DEFAULT),
    "grade": (3, "working_days", DEFAULT),
    "plan": (5, "working_days", DEFAULT),
    "general": (15, "days", DEFAULT),
    "major": (90, "days", DEFAULT),
    "redo": (5, "working_days", DEFAULT),
    "inspect": (10, "working_days", DEFAULT),
    "close": (5, "working_days", DEFAULT),
    "reinspection": (1, "days", DEFAULT),
    "extension_ahead": (20, "working_days", RULE_CITY),
    "extension_decided": (10, "working_days", RULE_CITY),
    "longest": (365, "days", RULE_CITY),
    "delisting_published": (5, "working_days", RULE_CITY),
    "remind_first": (7, "days", DEFAULT),
    "remind_second": (3, "days", DEFAULT),
    "climb_township": (3, "days", DEFAULT),
    "climb_county": (7, "days", DEFAULT),
    "letter_answer": (7, "days", DEFAULT),
    "duplicate_within": (90, "days", DEFAULT),
    "duplicate_near": (100, "metres", DEFAULT),
}
"""Code → value, measure, source. ``climb_*``: days overdue before the township, then the county, steps in; the county's
letter gives ``letter_answer`` days, after which it becomes a circular.
"""

DEPARTMENTS = {
    "geological_point": "D02",
    "flash_flood_gully": "D03",
    "reservoir": "D03",
    "small_hydropower": "D03",
    "bridge_road": "D07",
    "self_built_house": "D11",
    "construction_camp": "D11",
    "gas": "D11",
    "mine": "D01",
    "chemicals": "D01",
    "fireworks": "D01",
}
"""Kind → the end of the department's code (board/demo/data/departments.csv)."""
TOWNSHIP = ("cut_slope", "forest_fire", "heritage", "crowded_place", "scenic_spot", "rafting")
VILLAGE = ("timber_houses", "other")


def rules() -> list[dict[str, Any]]:
    return [{"code": c, "value": n, "measure": measure, "source": s} for c, (n, measure, s) in RULES.items()]


def routes() -> list[dict[str, Any]]:
    """A kind's own rule first; whatever finds none, such as a department that a county does not have, stays with the
    township.
    """
    named = [{"kind": kind, "to": "department", "department": end} for kind, end in DEPARTMENTS.items()]
    named += [{"kind": kind, "to": "township"} for kind in TOWNSHIP]
    named += [{"kind": kind, "to": "village"} for kind in VILLAGE]
    return [*named, {"kind": "", "to": "township", "position": 100}]
