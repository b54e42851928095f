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
