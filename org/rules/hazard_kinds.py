"""The kinds of hazard of a mountain county (docs/domain.md 6) and what they are called."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

HAZARD_KINDS: dict[str, Any] = {
    "geological_point": _("geological hazard point"),
    "flash_flood_gully": _("flash-flood gully"),
    "cut_slope": _("cut slope"),
    "reservoir": _("reservoir or pond"),
    "dangerous_bridge": _("dangerous bridge or cliff road"),
    "forest_fire": _("forest fire"),
    "timber_houses": _("contiguous old timber houses"),
    "covered_bridge": _("covered bridge or heritage"),
    "self_built_house": _("self-built house"),
    "small_hydropower": _("small hydropower"),
    "mine": _("mine or tailings"),
    "hazardous_chemicals": _("hazardous chemicals"),
    "fireworks": _("fireworks"),
    "gas": _("gas"),
    "public_place": _("school, hospital or care home"),
    "construction_camp": _("construction camp"),
    "scenic_spot": _("scenic spot"),
    "rafting": _("rafting"),
}
