"""Invented people, places and figures for /design/; nothing here is of a real county's records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from board.rules import words

LONG = (
    "立即组织转移滑坡隐患点下方、溪边低洼处和老旧土木房屋内的全部群众，逐户敲门核实，老人、儿童、孕妇和行动不便者由专人一对一护送"
    "至村文化礼堂避灾安置场所，登记造册后于十五分钟内回电报告应转移、已转移、拒绝转移和失联人数；同时封闭桥头与漫水路段，安排两人值守，"
    "禁止任何人员折返取物，雨量每小时上报一次，情况突变先转移后报告，直至县应急指挥部通知解除。收到请立即签收并传达到每一名网格员。"
)


@dataclass(frozen=True)
class SamplePerson:
    name: str
    phone: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class SampleIncident:
    title: str
    ref: str
    response_level: str
    exercise: int | None = None


def _cards(now: Any) -> list[dict[str, Any]]:
    head = SamplePerson("吴建明", "138 0000 2061")
    base = {
        "from_unit": _("Qingyuan County Emergency Command"),
        "from_person": head,
        "issued_at": now - timedelta(minutes=4),
    }
    act = {"url": "/design/", "label": pgettext("act", "Received"), "step": "received"}
    return [
        {
            **base,
            "id": 1,
            "text": _("Move everyone below the slide at Houkeng to the village hall."),
            "state": "called",
            "due": now + timedelta(minutes=6),
            "since": now - timedelta(minutes=4),
            "act": act,
            "more_url": "/design/",
        },
        {
            **base,
            "id": 2,
            "text": LONG,
            "state": "silent",
            "due": now - timedelta(minutes=2),
            "since": now - timedelta(minutes=12),
            "act": act,
        },
        {
            **base,
            "id": 3,
            "text": _("Close the ford at the bridge."),
            "state": "passed_on",
            "more_url": "/design/",
            "act": {**act, "label": pgettext("act", "In place"), "step": "in_place"},
        },
        {**base, "id": 4, "text": _("Check the three houses above the road cut."), "state": "verified"},
    ]


COUNTS = {
    "silent": 7,
    "climbed": 2,
    "called": 11,
    "received": 40,
    "passed_on": 22,
    "in_place": 61,
    "done": 48,
    "verified": 32,
}


def samples() -> dict[str, Any]:
    """The context of templates/board/design.html."""
    now = timezone.now()
    return {
        "now": now,
        "levels": words.LEVELS,
        "states": list(words.STATES),
        "incident": SampleIncident(_("Rainstorm on the upper Songyuan"), "QY-2026-0017", "II"),
        "incident_long": SampleIncident(
            "举水乡月山村后坑自然村山体滑坡并阻断县道、威胁下游十一户三十六人", "QY-2026-0018", "I"
        ),
        "incident_plain": SampleIncident(_("Forest fire near Baishanzu"), "QY-2026-0019", "", exercise=3),
        "village_head": SamplePerson("吴建明", "138 0000 2061"),
        "no_phone": SamplePerson("季小兰", ""),
        "long_village": "百山祖镇黄皮垟坑底自然村与石磨下联合村民委员会",
        "minutes_ago": now - timedelta(minutes=4, seconds=7),
        "hours_ago": now - timedelta(hours=1, minutes=4, seconds=7),
        "days_ago": now - timedelta(days=2, hours=3),
        "in_long": now + timedelta(minutes=26),
        "in_soon": now + timedelta(seconds=42),
        "past": now - timedelta(minutes=2),
        "start": now - timedelta(minutes=10),
        "recent": now - timedelta(seconds=14),
        "recent_iso": (now - timedelta(seconds=14)).isoformat(),
        "counts": COUNTS,
        "tabs": [
            {"key": "orders", "label": _("Orders"), "href": "#tabs", "count": 3},
            {"key": "timeline", "label": _("Timeline"), "href": "#tabs", "count": None},
            {"key": "people", "label": _("People"), "href": "#tabs", "count": 212},
        ],
        "cards": _cards(now),
        "icons": ICONS,
    }


ICONS = (
    "map", "incident", "orders", "warning", "wall", "admin", "search", "language", "sun", "moon", "system", "user",
    "logout", "phone", "clock", "overdue", "alarm", "report", "alert", "alert-circle", "info-circle",
    "circle-check", "check", "checks", "x", "chevron-down", "chevron-left", "chevron-right", "arrow-up",
    "arrow-left", "next", "plus", "filter", "layers", "locate", "measure", "maximize", "printer", "wifi",
    "wifi-off", "refresh", "send", "camera", "message", "users", "vacant", "building", "home", "flag", "history",
    "tree", "map-pin", "external-link", "dots", "keyboard", "volume", "volume-off", "download", "trash", "pencil",
    "door", "speakerphone", "menu", "lock", "file-text", "inbox",
)  # fmt: skip
