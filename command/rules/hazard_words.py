"""What words speak of which type of hazard, for a first guess that a person may correct."""

from __future__ import annotations

from plans.rules.words import HazardType

SPOKEN = {
    HazardType.FLOOD: ("暴雨", "强降雨", "洪", "台风", "漫水", "内涝", "溃坝"),
    HazardType.GEOLOGICAL: ("滑坡", "泥石流", "崩塌", "塌方", "地质"),
    HazardType.EARTHQUAKE: ("地震", "震感"),
    HazardType.FOREST_FIRE: ("森林", "山火", "林火"),
    HazardType.VILLAGE_FIRE: ("村火", "木屋", "木结构", "民房火", "古村", "廊桥"),
    HazardType.SNOW_ICE: ("雪", "冰", "冻", "寒潮"),
    HazardType.CHEMICALS: ("危化", "化学", "泄漏", "油罐", "燃气"),
    HazardType.PUBLIC_HEALTH: ("疫", "传染", "中毒", "病例"),
    HazardType.DROUGHT: ("旱",),
}
"""Keywords by which an incident's title suggests a type of hazard, beside the words of the plan's own triggers."""

OF_CATEGORY = {
    "accident": HazardType.ACCIDENT, "public_health": HazardType.PUBLIC_HEALTH, "social_security": HazardType.SOCIAL,
}  # fmt: skip
"""Category of an incident whose title says nothing → type of hazard; a natural disaster may be any."""


def hazard_type_of(text: str, category: str = "") -> str:
    """The first type that the text speaks of, else that of the category; empty where neither says."""
    spoken = (code for code, words in SPOKEN.items() if any(word in text for word in words))
    return str(next(spoken, OF_CATEGORY.get(category, "")))
