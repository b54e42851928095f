"""The closed vocabularies of a plan (docs/domain.md 2, 5 and 7): a word outside them is refused with its place."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from org.rules.hazard_types import hazard_type

WARNING_LEVELS = ("blue", "yellow", "orange", "red")
EMERGENCY_LEVELS = ("IV", "III", "II", "I")
LEVELS = (*WARNING_LEVELS, *EMERGENCY_LEVELS)
"""Both ladders, each from the lightest to the gravest: a warning response (预警响应) by its colour, an
emergency response (应急响应) by its numeral (docs/domain.md 2).
"""

LEVEL_WORDS = {
    "blue": _("blue warning response"),
    "yellow": _("yellow warning response"),
    "orange": _("orange warning response"),
    "red": _("red warning response"),
    "IV": _("level IV emergency response"),
    "III": _("level III emergency response"),
    "II": _("level II emergency response"),
    "I": _("level I emergency response"),
}
LEVEL_LABELS = {
    "blue": _("blue"), "yellow": _("yellow"), "orange": _("orange"), "red": _("red"),
    "IV": pgettext_lazy("level", "IV"), "III": pgettext_lazy("level", "III"), "II": pgettext_lazy("level", "II"),
    "I": pgettext_lazy("level", "I"),
}  # fmt: skip
"""Short, for tables and sheets."""


class Ladder(models.TextChoices):
    WARNING = "warning", _("warning response")
    EMERGENCY = "emergency", _("emergency response")


def ladder_of(level: str) -> Ladder:
    return Ladder.WARNING if level in WARNING_LEVELS else Ladder.EMERGENCY


def place_of_level(level: str) -> str:
    """Where a level stands in a document: "warning.red", "levels.IV"."""
    return f"{'warning' if level in WARNING_LEVELS else 'levels'}.{level}"


class Kind(models.TextChoices):
    OVERALL = "overall", _("overall plan")
    SPECIAL = "special", _("special plan")
    DEPARTMENT = "department", _("department plan")
    TOWNSHIP = "township", _("township plan")
    VILLAGE_CARD = "village_card", _("village card")
    UNIT = "unit", _("plan of one unit")


class HazardType(models.TextChoices):
    FLOOD = "flood", _("flash flood and typhoon")
    GEOLOGICAL = "geological", _("geological disaster")
    EARTHQUAKE = "earthquake", _("earthquake")
    FOREST_FIRE = "forest_fire", _("forest fire")
    VILLAGE_FIRE = "village_fire", _("fire in an old timber village")
    SNOW_ICE = "snow_ice", _("snow and ice")
    CHEMICALS = "chemicals", _("hazardous chemicals")
    PUBLIC_HEALTH = "public_health", _("public health")
    DROUGHT = "drought", _("drought")
    ACCIDENT = "accident", _("work-safety accident")
    SOCIAL = "social", _("social security incident")
    ANY = "any", _("any kind")


for _type in HazardType:
    hazard_type(_type.value, _type.label)


class Phase(models.TextChoices):
    PREVENTION = "prevention", _("prevention and early warning")
    RESPONSE = "response", pgettext_lazy("phase", "response")
    RESCUE = "rescue", _("rescue and relocation")
    RECOVERY = "recovery", pgettext_lazy("phase", "recovery")


class Verb(models.TextChoices):
    """What an action does; the list is what statistics and drills count by."""

    STAND_BY = "stand_by", _("stand by")
    NOTIFY = "notify", _("notify")
    CONFER = "confer", _("confer")
    MONITOR = "monitor", _("monitor")
    PATROL = "patrol", _("patrol")
    INSPECT = "inspect", _("inspect")
    WARN_RESIDENTS = "warn_residents", _("warn residents")
    ROLL_CALL = "roll_call", _("call the roll")
    RELOCATE = "relocate", _("relocate")
    OPEN_SHELTER = "open_shelter", _("open a shelter")
    CLOSE_ROAD = "close_road", _("close a road")
    CLOSE_SITE = "close_site", _("close a site")
    STOP_WORK = "stop_work", _("stop work")
    CORDON = "cordon", _("cordon off")
    DISPATCH_TEAM = "dispatch_team", _("send a team")
    RESCUE = "rescue", pgettext_lazy("verb", "rescue")
    TREAT = "treat", _("treat the injured")
    ISOLATE = "isolate", _("isolate")
    DISINFECT = "disinfect", _("disinfect")
    REGULATE_WATER = "regulate_water", _("regulate water")
    CLEAR = "clear", _("clear")
    RESTORE = "restore", _("restore services")
    SUPPLY = "supply", _("deliver supplies")
    SURVEY = "survey", _("survey damage")
    REPORT = "report", pgettext_lazy("verb", "report")
    PUBLICISE = "publicise", _("inform the public")
    WATCH_RUMOURS = "watch_rumours", _("watch for rumours")
    RESETTLE = "resettle", _("resettle")
    REBUILD = "rebuild", _("rebuild")
    REVIEW = "review", pgettext_lazy("verb", "review")


class Reach(models.TextChoices):
    """Which units of its kind an action speaks to."""

    OWNER = "owner", _("the plan's own unit")
    AREA = "area", _("units inside the incident's area")
    ALL = "all", _("all units under the plan's own")


class Evidence(models.TextChoices):
    """What must be there before an action counts as done."""

    NONE = "none", _("nothing")
    NOTE = "note", _("a note")
    PHOTO = "photo", _("a photo")
    COUNT = "count", _("a figure")


class Source(models.TextChoices):
    """Why a plan must be revised: the six triggers of docs/domain.md 7, and where a problem showed."""

    LAW = "law", _("a law or a superior plan changed")
    COMMAND = "command", _("the command or its duties changed")
    RISK = "risk", _("the risk changed")
    RESOURCES = "resources", _("key resources changed")
    FACTS = "facts", _("other key facts changed")
    PROBLEM = "problem", _("an incident or a drill showed a problem")


HAZARD_KINDS_OF: dict[str, tuple[str, ...]] = {
    HazardType.FLOOD: ("flash_flood_gully", "reservoir"),
    HazardType.GEOLOGICAL: ("geological_point", "cut_slope"),
    HazardType.EARTHQUAKE: ("geological_point", "self_built_house"),
    HazardType.FOREST_FIRE: ("forest_fire",),
    HazardType.VILLAGE_FIRE: ("timber_houses", "covered_bridge"),
    HazardType.SNOW_ICE: ("dangerous_bridge",),
    HazardType.CHEMICALS: ("hazardous_chemicals", "gas", "fireworks"),
    HazardType.ACCIDENT: ("mine", "construction_camp"),
}
"""Type of plan → the kinds of hazard of the responsibility register (org/rules/hazard_kinds.py) that it is about."""

RESERVED = ("calendar", "import", "items", "library", "new")
"""Codes that no plan may have: under /plans/ they are addresses of their own."""
