"""What response notices and five-stops orders say, in Chinese."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

LEVEL = {
    "I": "Ⅰ级应急响应", "II": "Ⅱ级应急响应", "III": "Ⅲ级应急响应", "IV": "Ⅳ级应急响应",
    "red": "红色预警响应", "orange": "橙色预警响应", "yellow": "黄色预警响应", "blue": "蓝色预警响应",
}  # fmt: skip
STOPS = {"classes": "停课", "work": "停工", "production": "停产", "transport": "停运", "business": "停业"}
"""The five stops (五停), in the order in which an order names them."""
LIFTS = {"classes": "复课", "work": "复工", "production": "复产", "transport": "复运", "business": "复业"}
USUAL = {
    "classes": "各中小学、幼儿园、校外培训机构",
    "work": "各在建工程、工地",
    "production": "各工矿企业、危险化学品单位",
    "transport": "各客运班线、渡口和危险路段",
    "business": "各景区、民宿农家乐、漂流和露营点、集贸市场",
}
"""Who is told of each stop where the register names nobody."""


def moment(at: dt.datetime) -> str:
    return f"{at:%Y年%-m月%-d日%-H时%-M分}"


def notice_title(kind: str, level: str, event: str) -> str:
    if kind in ("raised", "lowered"):
        verb = {"raised": "提升", "lowered": "降低"}[kind]
        return f"关于将{event}响应等级{verb}至{LEVEL[level]}的通知"
    verb = {"started": "启动", "changed": "调整", "ended": "结束"}[kind]
    return f"关于{verb}{event}{LEVEL[level]}的通知"


def notice_text(kind: str, level: str, before: str, plan: str, area: str, grounds: str, at: dt.datetime) -> list[str]:
    """``kind``: started, raised, lowered, changed or ended. ``before``: the level that held."""
    head, clause = f"{grounds.rstrip('。；;')}。", f"根据《{plan}》，"
    if kind == "ended":
        return [head, f"{clause}决定自{moment(at)}起结束{LEVEL[level]}。",
                "请各有关单位做好隐患排查、灾情核查和恢复工作，转移人员经核查确认安全后方可返回。"]  # fmt: skip
    done = {"started": f"启动{LEVEL[level]}", "changed": f"调整{LEVEL[level]}范围"}.get(
        kind, f"将{LEVEL.get(before, '响应')}调整为{LEVEL[level]}"
    )
    return [head, f"{clause}决定自{moment(at)}起{done}，范围为{area}。",
            "请各有关单位按预案职责立即到岗到位，落实各项应急措施，并按规定报送信息。"]  # fmt: skip


def stops_words(stops: Sequence[str], words: dict[str, str] | None = None) -> str:
    known = STOPS if words is None else words
    return "、".join(known[code] for code in STOPS if code in stops)


def stops_title(stops: Sequence[str], area: str) -> str:
    return f"关于{area}实行{stops_words(stops)}的命令"


def stops_text(stops: Sequence[str], area: str, since: dt.datetime, until: dt.datetime, grounds: str) -> list[str]:
    return [
        f"{grounds.rstrip('。；;')}。为保障人民群众生命财产安全，现发布命令如下：",
        f"自{moment(since)}至{moment(until)}，在{area}范围内实行{stops_words(stops)}。提前恢复或延长的，另行通知。",
        "各有关部门、乡镇（街道）和单位接令后立即组织实施，逐一通知到下列单位，落实人员撤离、值守和安全防范措施，并报告执行情况。",
        "抢险救灾、医疗、供水、供电、通信、基本生活保障等单位和人员不在此限。",
    ]


def lift_title(stops: Sequence[str], area: str) -> str:
    return f"关于{area}解除{stops_words(stops)}命令的通知"


def lift_text(stops: Sequence[str], number: str, at: dt.datetime, note: str) -> list[str]:
    return [
        f"{note.rstrip('。；;')}。",
        f"决定自{moment(at)}起解除{number}命令，有序{stops_words(stops, LIFTS)}。",
        "恢复前须逐一排查安全隐患，确认安全后方可恢复；存在险情的继续停止，并报告原因。",
    ]


def order_text(stops: Sequence[str], area: str, since: dt.datetime, until: dt.datetime, number: str) -> str:
    return (
        f"{number}：自{moment(since)}至{moment(until)}，{area}实行{stops_words(stops)}。"
        "请立即逐一通知到名单所列单位，督促落实，并报告执行情况。"
    )
