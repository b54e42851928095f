"""The demo's responsibility register: sites of each village by its code, so that they never change."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from org.actions.founding import Duty, UnitRow

_SITES = (
    ("geological_point", "{name}后山滑坡隐患点", 3, "geological_watch"),
    ("flash_flood_gully", "{name}溪沟", 3, "flood_warner"),
    ("timber_houses", "{name}连片木结构房屋", 4, "grid_worker"),
    ("cut_slope", "{name}切坡建房点", 4, "geological_watch"),
    ("reservoir", "{name}山塘", 6, "flood_warner"),
    ("forest_fire", "{name}林区", 5, "grid_worker"),
)


def duties_of(village: UnitRow, holder: Callable[[str, str], str]) -> Iterator[Duty]:
    """One entry a site: whoever watches it leads, the village deputy stands in, the township's station head
    oversees.
    """
    for kind, site, every, post in _SITES:
        if zlib.crc32(f"{village.code}:{kind}".encode()) % every:
            continue
        lead = holder(village.code, post) or holder(village.code, "village_head")
        deputy = holder(village.code, "village_deputy")
        superior = holder(village.code[:9], "township_station")
        yield Duty(village.code, kind, site.format(name=village.name), lead, deputy, superior)
