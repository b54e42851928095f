"""The triggers of a level as rows of small fields, and back: every kind of signal offers the conditions that it has.

Fields of row 2: ``trigger-2-signal``, ``trigger-2-warning-colour``, ``trigger-2-gauge-hours`` … Which of them count is
decided by the row's signal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict

from plans.selectors.signals import KINDS, Condition, check_rule

NAME = re.compile(r"trigger-(\d{1,3})-signal")
BLANKS = 1
"""Empty rows for whoever has no script."""


def rules_of(data: QueryDict) -> list[dict[str, Any]]:
    """The rules that were filled in, in their order; rows without a signal are left out."""
    numbers = sorted(int(found[1]) for name in data if (found := NAME.fullmatch(name)))
    return [rule for number in numbers if (rule := _rule(data, number))]


def _rule(data: QueryDict, number: int) -> dict[str, Any] | None:
    signal = data.get(f"trigger-{number}-signal", "")
    if not signal:
        return None
    rule: dict[str, Any] = {"signal": signal}
    for name, condition in KINDS[signal].conditions.items() if signal in KINDS else ():
        value = _value(condition, data.getlist(f"trigger-{number}-{signal}-{name}"))
        if value not in (None, "", []):
            rule[name] = value
    return rule


def _value(condition: Condition, typed: list[str]) -> Any:
    """What was typed, as a rule keeps it; what is no number stays as it is, for the check to name."""
    if condition.how == "one_of":
        return typed
    text = typed[0].strip() if typed else ""
    if condition.choices:
        return {"yes": True, "no": False}.get(text)
    try:
        return int(text) if re.fullmatch(r"\d+", text) else float(text) if text else None
    except ValueError:
        return text


def rows_of(rules: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows for the form, those of the rules first, then an empty one."""
    rules = [rule for rule in rules if isinstance(rule, Mapping)]
    rows = [_row(number, rule) for number, rule in enumerate(rules)]
    return rows + [_row(len(rules) + n, {}) for n in range(BLANKS)]


def template_row() -> dict[str, Any]:
    """The row that a script copies; ``__n__`` stands for its number."""
    return _row("__n__", {})


def _row(number: int | str, rule: Mapping[str, Any]) -> dict[str, Any]:
    signal = rule.get("signal", "")
    problems = check_rule(rule) if rule else []
    return {
        "number": number,
        "shown": number + 1 if isinstance(number, int) else "",
        "name": f"trigger-{number}-signal",
        "signal": signal,
        "blank": not rule,
        "signals": [(code, str(kind.label)) for code, kind in KINDS.items()],
        "kinds": [_kind(number, code, rule if code == signal else {}) for code in KINDS],
        "errors": [f"{_label(signal, one.place)}: {one.message}" if one.place else one.message for one in problems],
    }


def _label(signal: str, name: str) -> str:
    kind = KINDS.get(signal)
    return str(kind.conditions[name].label) if kind and name in kind.conditions else name


def _kind(number: int | str, code: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    fields = [_field(number, code, name, one, rule.get(name)) for name, one in KINDS[code].conditions.items()]
    return {"code": code, "label": str(KINDS[code].label), "on": bool(rule), "fields": fields}


def _field(number: int | str, code: str, name: str, condition: Condition, value: Any) -> dict[str, Any]:
    shown = value
    if condition.choices and condition.how == "is":
        shown = {True: "yes", False: "no"}.get(value, "")
    yes_no = {True: "yes", False: "no"}
    choices = [(yes_no.get(key, key), str(label)) for key, label in condition.choices.items()]
    return {
        "name": f"trigger-{number}-{code}-{name}",
        "label": str(condition.label),
        "how": condition.how,
        "choices": choices,
        "value": "" if shown is None else shown,
        "chosen": value if condition.how == "one_of" and isinstance(value, list) else [],
    }
