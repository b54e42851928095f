"""Risk grades of the kinds that have some, and the size of a geological point by its people (docs/domain.md 2, 6)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_HIGH_TO_LOW = {
    "high": pgettext_lazy("risk", "high"),
    "medium": pgettext_lazy("risk", "medium"),
    "low": pgettext_lazy("risk", "low"),
}
_HOUSES = {
    "A": _("house of class A"),
    "B": _("house of class B"),
    "C": _("house of class C"),
    "D": _("house of class D"),
}
_DAMS = {"1": _("dam of class one"), "2": _("dam of class two"), "3": _("dam of class three")}
_BRIDGES = {"4": _("bridge of class four"), "5": _("bridge of class five")}

RISKS: dict[str, dict[str, Any]] = {
    "geological_point": _HIGH_TO_LOW,
    "flash_flood_gully": _HIGH_TO_LOW,
    "cut_slope": _HIGH_TO_LOW,
    "self_built_house": _HOUSES,
    "timber_houses": _HOUSES,
    "reservoir": _DAMS,
    "small_hydropower": _DAMS,
    "bridge_road": _BRIDGES,
}
"""Kind → code of the grade → its name, the gravest as the trade counts."""

SIZES = (
    (1000, _("extra large")),
    (500, pgettext_lazy("size", "large")),
    (100, pgettext_lazy("size", "medium")),
    (0, pgettext_lazy("size", "small")),
)
"""A geological point by the people whom it threatens, lower bound inclusive. [rule]"""


def risk_word(kind: str, code: str) -> str:
    return str(RISKS.get(kind, {}).get(code, code))


def size_word(kind: str, people: int) -> str:
    """Of a geological point; of every other kind nothing."""
    return str(next(word for least, word in SIZES if people >= least)) if kind == "geological_point" else ""
