"""The name of a plan that a unit inherits: its own name in place of the template's owner."""

from __future__ import annotations

import re

TEMPLATE = re.compile(r"\s*[（(](?:范本|模板|template)[）)]\s*$", re.IGNORECASE)
GENERIC = ("乡镇（街道）", "乡镇(街道)", "乡镇", "村（社区）", "村(社区)", "村级")
GENERIC_EN = ("Township ", "Village ")


def inherited_name(template: str, owner: str, unit: str) -> str:
    """举水乡防汛防台抗旱应急预案, from 庆元县防汛防台抗旱应急预案 or from 乡镇（街道）…（范本）."""
    core = TEMPLATE.sub("", template)
    _before, _found, after = core.partition(owner)
    core = after or core
    for word in GENERIC:
        core = core.removeprefix(word) or core
    return unit + core


def inherited_name_en(template: str, owner: str, unit: str) -> str:
    """Empty where one of the names is."""
    if not template or not unit:
        return ""
    core = TEMPLATE.sub("", template)
    for word in (f"{owner} " if owner else "", *GENERIC_EN):
        if word and core.startswith(word):
            return f"{unit} {core.removeprefix(word)}"
    return f"{core}, {unit}"
