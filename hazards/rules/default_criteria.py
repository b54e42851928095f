"""Standards by which hazards of a kind are judged major. Only their names: the wording, number and year of each clause
are the county's to fill in from the text in force.
"""

from __future__ import annotations

FIRE = ("重大火灾隐患判定规则", "Rules for judging major fire hazards")
WATER = ("水利工程生产安全重大事故隐患判定标准", "Criteria of major accident hazards in water works")
TRADE = ("工贸企业重大事故隐患判定标准", "Criteria of major accident hazards in industry and trade")
BUILDING = ("房屋市政工程生产安全重大事故隐患判定标准", "Criteria of major hazards in building and municipal works")
STANDARDS: dict[str, tuple[str, str]] = {
    "mine": ("金属非金属矿山重大事故隐患判定标准", "Criteria of major accident hazards in metal and non-metal mines"),
    "chemicals": (
        "化工和危险化学品生产经营单位重大生产安全事故隐患判定标准",
        "Criteria of major accident hazards in chemical industry and hazardous chemicals",
    ),
    "fireworks": (
        "烟花爆竹生产经营单位重大生产安全事故隐患判定标准", "Criteria of major accident hazards in the fireworks trade",
    ),
    "gas": ("城镇燃气经营安全重大隐患判定标准", "Criteria of major hazards in the town gas trade"),
    "construction_camp": BUILDING,
    "reservoir": WATER,
    "dyke": WATER,
    "small_hydropower": WATER,
    "dust_explosion": TRADE,
    "confined_space": TRADE,
    "timber_houses": FIRE,
    "crowded_place": FIRE,
    "mixed_premises": FIRE,
    "e_bike": FIRE,
    "drying_house": FIRE,
    "self_built_house": ("危险房屋鉴定标准", "Standard for dangerous building appraisal"),
    "power_line": ("重大电力安全隐患判定标准", "Criteria of major electrical safety hazards"),
    "special_equipment": ("特种设备重大事故隐患判定准则", "Criteria of major accident hazards of special equipment"),
    "bridge_road": ("公路运营领域重大事故隐患判定标准", "Criteria of major accident hazards in road operation"),
    "heritage": ("文物建筑火灾风险检查指引", "Guide to checking fire risks of heritage buildings"),
}  # fmt: skip
"""Kind → the standard that is named for it."""


def criteria() -> list[dict[str, str]]:
    return [{"kind": kind, "source": zh, "source_en": en} for kind, (zh, en) in STANDARDS.items()]
