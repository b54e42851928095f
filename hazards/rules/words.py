"""The closed vocabularies of hazards (docs/domain.md 6)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    """Types in a mountain county [default]."""

    GEOLOGICAL_POINT = "geological_point", _("geological hazard point")
    FLASH_FLOOD_GULLY = "flash_flood_gully", _("flash-flood gully")
    CUT_SLOPE = "cut_slope", _("cut slope")
    RESERVOIR = "reservoir", _("reservoir or pond")
    BRIDGE_ROAD = "bridge_road", _("dangerous bridge or cliff road")
    FOREST_FIRE = "forest_fire", _("forest fire hazard")
    TIMBER_HOUSES = "timber_houses", _("contiguous old timber houses")
    HERITAGE = "heritage", _("covered bridge or heritage")
    SELF_BUILT_HOUSE = "self_built_house", _("self-built house")
    SMALL_HYDROPOWER = "small_hydropower", _("small hydropower")
    MINE = "mine", _("mine or tailings")
    CHEMICALS = "chemicals", _("hazardous chemicals site")
    FIREWORKS = "fireworks", _("fireworks")
    GAS = "gas", _("gas")
    CROWDED_PLACE = "crowded_place", _("school, hospital or care home")
    CONSTRUCTION_CAMP = "construction_camp", _("construction camp")
    SCENIC_SPOT = "scenic_spot", _("scenic spot")
    RAFTING = "rafting", _("rafting")
    DUST_EXPLOSION = "dust_explosion", _("bamboo, wood or pencil dust")
    DRYING_HOUSE = "drying_house", _("mushroom drying house")
    CONFINED_SPACE = "confined_space", _("confined space")
    E_BIKE = "e_bike", _("electric bicycles")
    MIXED_PREMISES = "mixed_premises", _("“three in one” premises or street shop")
    RURAL_ROAD = "rural_road", _("rural road traffic")
    POWER_LINE = "power_line", _("power line among trees")
    DYKE = "dyke", _("dyke or sluice")
    WATERLOGGING = "waterlogging", _("waterlogging point")
    WATER_TRAFFIC = "water_traffic", _("water traffic")
    OLD_TREE = "old_tree", _("old or dangerous tree")
    BANQUET = "banquet", _("banquet or food safety")
    SPECIAL_EQUIPMENT = "special_equipment", _("special equipment")
    OTHER = "other", pgettext_lazy("hazard", "other")


class Grade(models.TextChoices):
    GENERAL = "general", pgettext_lazy("hazard", "general")
    MAJOR = "major", pgettext_lazy("hazard", "major")


class MajorReason(models.TextChoices):
    """Why a hazard is major; any one will do. [rule]"""

    SERIOUS_HARM = "serious_harm", _("it can do serious harm")
    HARD_TO_FIX = "hard_to_fix", _("it is hard or takes long to fix")
    NEEDS_STOP = "needs_stop", _("it needs a full or partial stop of work")
    NOT_ALONE = "not_alone", _("the unit cannot remove it alone")


class Closure(models.TextChoices):
    """How a ticket ended; the two are counted apart."""

    RECTIFIED = "rectified", _("rectified")
    OTHERWISE = "otherwise", _("closed otherwise")


class Door(models.TextChoices):
    """How it was filed."""

    PHONE = "phone", _("by phone")
    DESK = "desk", _("at the desk")
    PUBLIC = "public", _("by the public")
    IMPORT = "import", _("from a table")
    API = "api", _("through the API")


class Role(models.TextChoices):
    """The three sides of a hazard: whose it is to rectify, on whose ground it lies, who watches over the trade."""

    OWNER = "owner", _("rectifying unit")
    TERRITORY = "territory", _("territory")
    REGULATOR = "regulator", _("industry department")


class FundSource(models.TextChoices):
    """Where the money of a rectification comes from."""

    OWNER = "owner", _("the owner itself")
    VILLAGE = "village", _("the village collective")
    TOWNSHIP = "township", _("township budget")
    COUNTY = "county", _("county budget")
    SPECIAL = "special", _("special funds from above")
    INSURANCE = "insurance", _("insurance")
    OTHER = "other", pgettext_lazy("funds", "other")
