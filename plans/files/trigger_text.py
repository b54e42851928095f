"""A trigger as one line of a sheet: ``warning; colour=red, orange; events=rainstorm, typhoon``, or with the labels of
either language in place of codes (``events=暴雨、台风``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from plans.rules.events import EVENTS, event_kind
from plans.selectors.signals import KINDS, SEPARATORS, Condition, check_rule
from web.languages import LANGUAGES

_WORDS = re.compile(r"[,，、]")
_FIELDS = re.compile(r"[;；\n]")


def rule_text(rule: Mapping[str, Any]) -> str:
    """The rule as `read_rule` reads it."""
    parts = [str(rule.get("signal", ""))]
    for name, value in rule.items():
        if name != "signal":
            kind = KINDS.get(str(rule.get("signal")))
            parts.append(f"{name}={_shown(value, kind.conditions.get(name) if kind else None)}")
    return "; ".join(parts)


def _shown(value: Any, condition: Condition | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, list):
        return repr(value)
    return ", ".join(_label(str(one), condition) for one in value)


def _label(code: str, condition: Condition | None) -> str:
    """In the reader's language, where the label leads back to the code and can stand in a sheet."""
    label = str(condition.choices.get(code, code)) if condition else code
    fits = condition and not SEPARATORS & set(label) and _code(label, condition) == code
    return label if fits else code


def _code(word: str, condition: Condition) -> str:
    """The code that a code or a label of either language means; any other word as it is, for the check to refuse."""
    if word in condition.choices:
        return word
    for language in LANGUAGES.values():
        with override(language):
            for code, label in condition.choices.items():
                if str(label).casefold() == word.casefold():
                    return str(code)
    return event_kind([word]) or word if condition.choices is EVENTS else word


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
        rule[name] = _read(value, condition)
    problems = check_rule(rule)
    return rule, f"{problems[0].place}: {problems[0].message}" if problems else ""


def _read(value: str, condition: Condition | None) -> Any:
    if condition and condition.how == "one_of":
        return list(dict.fromkeys(_code(word.strip(), condition) for word in _WORDS.split(value) if word.strip()))
    if condition and condition.how == "is" and condition.choices:
        return {"yes": True, "是": True, "true": True, "no": False, "否": False, "false": False}.get(
            value.lower(), value
        )
    try:
        return int(value) if re.fullmatch(r"\d+", value) else float(value)
    except ValueError:
        return value
