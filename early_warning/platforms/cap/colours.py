"""The colour of a warning (DOMAIN section 2): the platform's own word for it, else CAP's severity, else none, always
with its source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from early_warning.platforms.cap.message import Info

COLOURS = ("red", "orange", "yellow", "blue")
"""From worst to mildest."""
PLATFORM, SEVERITY, NONE = "platform", "severity", "none"

_BY_SEVERITY = {"Extreme": "red", "Severe": "orange", "Moderate": "yellow", "Minor": "blue"}
_PARAMETERS = {
    "color",
    "colour",
    "alertcolor",
    "alertcolour",
    "warningcolor",
    "warningcolour",
    "alertlevel",
    "warninglevel",
    "awarenesslevel",
    "颜色",
    "预警颜色",
    "预警级别",
    "预警等级",
    "信号颜色",
}
_WORDS = {
    "red": "red",
    "orange": "orange",
    "yellow": "yellow",
    "blue": "blue",
    "红": "red",
    "橙": "orange",
    "黄": "yellow",
    "蓝": "blue",
    "红色": "red",
    "橙色": "orange",
    "黄色": "yellow",
    "蓝色": "blue",
}
_NUMERALS = {
    "i": "red",
    "ii": "orange",
    "iii": "yellow",
    "iv": "blue",
    "ⅰ": "red",
    "ⅱ": "orange",
    "ⅲ": "yellow",
    "ⅳ": "blue",
    "一": "red",
    "二": "orange",
    "三": "yellow",
    "四": "blue",
}
_SPLIT = re.compile(r"[\s;,/|，；、（）()\[\]【】]+")
# 暴雨红色预警 · 【红色】 · 升级为红色: a colour counts where it speaks of a warning, not in “红色旅游”.
_IN_HEADLINE = re.compile(
    r"(?:(?P<a>[红橙黄蓝])色(?=.{0,4}(?:预警|警报|信号))|[\[【（(](?P<b>[红橙黄蓝])色[\]】）)]|[为至](?P<c>[红橙黄蓝])色)"
)


@dataclass(frozen=True)
class Colour:
    name: str
    source: str


def colour_of(infos: list[Info]) -> Colour:
    """The worst colour that the platform states in any block; only where it states none, the worst severity's."""
    stated = [name for info in infos if (name := _stated(info))]
    if stated:
        return Colour(worst(stated), PLATFORM)
    mapped = [_BY_SEVERITY[info.severity] for info in infos if info.severity in _BY_SEVERITY]
    return Colour(worst(mapped), SEVERITY) if mapped else Colour("", NONE)


def worst(colours: list[str]) -> str:
    return min(colours, key=COLOURS.index)


def _stated(info: Info) -> str:
    return _in_parameters(info) or _in_words(info.headline) or _in_words(info.event)


def _in_parameters(info: Info) -> str:
    for name, value in info.parameters:
        if re.sub(r"[\s_-]", "", name).lower() not in _PARAMETERS:
            continue
        for word in _SPLIT.split(value.lower()):
            found = _WORDS.get(word) or _NUMERALS.get(word.removesuffix("级"))
            if found:
                return found
    return ""


def _in_words(text: str) -> str:
    """The last colour named: “由橙色预警升级为红色预警” is red."""
    found = [match.group("a") or match.group("b") or match.group("c") for match in _IN_HEADLINE.finditer(text)]
    return _WORDS[found[-1]] if found else ""
