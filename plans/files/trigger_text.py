"""A trigger as one line of a sheet: ``warning; colour=red, orange; events=暴雨, 台风``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from plans.selectors.signals import KINDS, check_rule

_WORDS = re.compile(r"[,，、]")
_FIELDS = re.compile(r"[;；\n]")


def rule_text(rule: Mapping[str, Any]) -> str:
    """The rule as `read_rule` reads it."""
    parts = [str(rule.get("signal", ""))]
    for name, value in rule.items():
        if name != "signal":
            parts.append(f"{name}={_shown(value)}")
    return "; ".join(parts)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(str(one) for one in value) if isinstance(value, list) else repr(value)


def read_rule(text: str) -> tuple[dict[str, Any], str]:
    """The rule and what is wrong with it (empty when nothing is)."""
    head, *parts = [part.strip() for part in _FIELDS.split(text)]
    kind = KINDS.get(head)
    rule: dict[str, Any] = {"signal": head}
    for part in parts:
        name, equals, value = (one.strip() for one in part.partition("="))
        if not equals:
            return rule, _("“%(part)s” is not field=value.") % {"part": part}
        if name in rule:
            return rule, _("The field “%(name)s” stands there twice.") % {"name": name}
        condition = kind.conditions.get(name) if kind else None
        rule[name] = _read(value, condition.how if condition else "", bool(condition and condition.choices))
    problems = check_rule(rule)
    return rule, f"{problems[0].place}: {problems[0].message}" if problems else ""


def _read(value: str, how: str, choices: bool) -> Any:
    if how in ("one_of", "contains"):
        return [word.strip() for word in _WORDS.split(value) if word.strip()]
    if how == "is" and choices:
        return {"yes": True, "是": True, "true": True, "no": False, "否": False, "false": False}.get(
            value.lower(), value
        )
    try:
        return int(value) if re.fullmatch(r"\d+", value) else float(value)
    except ValueError:
        return value
