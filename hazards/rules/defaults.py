"""The default routes of hazards (docs/domain.md 6); a county edits them."""

from __future__ import annotations

from typing import Any

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


def routes() -> list[dict[str, Any]]:
    """A kind's own rule first; whatever finds none, such as a department that a county does not have, stays with the
    township.
    """
    named = [{"kind": kind, "to": "department", "department": end} for kind, end in DEPARTMENTS.items()]
    named += [{"kind": kind, "to": "township"} for kind in TOWNSHIP]
    named += [{"kind": kind, "to": "village"} for kind in VILLAGE]
    return [*named, {"kind": "", "to": "township", "position": 100}]


REGULATORS = {
    "geological_point": "D02", "cut_slope": "D02", "flash_flood_gully": "D03", "reservoir": "D03", "dyke": "D03",
    "small_hydropower": "D03", "timber_houses": "D04", "e_bike": "D04", "mixed_premises": "D04",
    "rural_road": "D05", "bridge_road": "D07", "water_traffic": "D07", "power_line": "D08", "mine": "D01",
    "chemicals": "D01", "fireworks": "D01", "dust_explosion": "D01", "confined_space": "D01", "gas": "D11",
    "self_built_house": "D11", "construction_camp": "D11", "waterlogging": "D11", "drying_house": "D12",
    "crowded_place": "D14", "heritage": "D16", "scenic_spot": "D16", "rafting": "D16", "banquet": "D17",
    "special_equipment": "D17", "forest_fire": "D20", "old_tree": "D20",
}  # fmt: skip
"""Kind → the department that watches over the trade (监管责任)."""
OWNED_BELOW = {"reservoir": "village"}
"""Kinds whose rectifier is not the department: a pond belongs to its village. [default]"""


def regulators() -> list[dict[str, Any]]:
    return [
        {"kind": kind, "to": "department", "department": end, "role": "regulator"} for kind, end in REGULATORS.items()
    ]
