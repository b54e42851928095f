"""What may suggest a level, and the rules that compare with it: "a red warning of rainstorm", "M ≥ 4.0 inside".

A kind of signal is data: its fields, each with how a rule compares it. A rule is one JSON object, such as
``{"signal": "warning", "colour": ["red"], "events": ["rainstorm"]}``; all of its conditions must hold. A signal
suggests a level and never starts one (docs/domain.md 2).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from database.registry import Registry
from journal.sentences import in_reader_language
from org.models import Unit
from plans.rules.events import EVENTS
from plans.rules.problems import Problem
from plans.rules.words import Ladder

SEPARATORS = frozenset(",;=\n、，；")
"""Not in a word of a rule: the sheets write rules with them."""


@dataclass(frozen=True)
class Signal:
    """Something that was measured or said. ``subject`` is "warning:5"; ``area`` holds unit codes.

    ``facts``: field of the kind → value (KINDS); a fact that is missing meets no condition. ``title`` is
    {"zh", "en"}, ``url`` the page that tells more. ``exercise``: of what it was measured or said in. ``told`` is what
    a request for approval says beside that (`command.selectors.grounds`): plain data.
    """

    kind: str
    subject: str
    unit: Unit
    facts: Mapping[str, Any]
    area: Sequence[str] = ()
    title: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    exercise: int | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Condition:
    """A field of a rule: which fact it looks at, and how. ``choices`` are code → label; ``said`` says what a rule asks,
    ``found`` what a signal says (as ``said``, where both read the same; None where another one says it too).
    """

    label: Any
    fact: str
    how: str
    said: Any
    choices: Mapping[Any, Any] = field(default_factory=dict)
    found: Any = ""


@dataclass(frozen=True)
class KindOfSignal:
    """``ladders``: on which ladders such a signal may suggest a level."""

    label: Any
    conditions: Mapping[str, Condition]
    ladders: tuple[str, ...] = tuple(Ladder.values)


COLOURS = {
    "red": gettext_lazy("red"), "orange": gettext_lazy("orange"), "yellow": gettext_lazy("yellow"),
    "blue": gettext_lazy("blue"),
}  # fmt: skip
YES_NO = {True: gettext_lazy("inside the unit"), False: gettext_lazy("outside the unit")}

REPORTED = {True: gettext_lazy("reported"), False: gettext_lazy("not reported")}
RIVER = {
    "above_warning": gettext_lazy("above warning level"), "above_guaranteed": gettext_lazy("above guaranteed level"),
}  # fmt: skip
RESERVOIR = {
    "above_flood_limit": gettext_lazy("above flood-limit level"),
    "above_design": gettext_lazy("above design flood level"),
    "above_check": gettext_lazy("above check flood level"),
}
COUNTY_SCALE = {"II": gettext_lazy("at least II"), "I": gettext_lazy("I, handed up")}

KINDS: Registry[KindOfSignal] = Registry(
    "signal kinds",
    "What may suggest a level, as triggers name it. `plans.selectors.signals.register_kind`: in plans what written"
    " plans name, whoever hears of such signals; another kind in the app that brings it.",
)


def register_kind(code: str, kind: KindOfSignal) -> None:
    KINDS.register(code, kind)


def _least(fact: str, label: Any, said: Any, found: Any) -> Condition:
    return Condition(label, fact, "at_least", said, found=found)


HOURS = Condition(gettext_lazy("over hours"), "hours", "is", gettext_lazy("over %(value)s h"))

# Plans are written, imported and checked before anything is connected that would send such signals.
_KNOWN = {
    "warning": KindOfSignal(
        pgettext_lazy("signal", "warning"),
        {
            "colour": Condition(gettext_lazy("colour"), "colour", "one_of", gettext_lazy("colour %(value)s"), COLOURS),
            "events": Condition(gettext_lazy("event"), "event", "one_of", gettext_lazy("event %(value)s"), EVENTS),
        },
        ladders=(Ladder.WARNING,),
    ),
    "quake": KindOfSignal(
        pgettext_lazy("signal", "earthquake"),
        {
            "magnitude_min": _least("magnitude", gettext_lazy("magnitude at least"),
                                    gettext_lazy("magnitude ≥ %(value)s"), gettext_lazy("magnitude %(value)s")),
            "depth_max_km": Condition(
                gettext_lazy("depth at most (km)"), "depth_km", "at_most", gettext_lazy("depth ≤ %(value)s km"),
                found=gettext_lazy("depth %(value)s km"),
            ),
            "inside": Condition(
                gettext_lazy("epicentre"), "inside", "is", gettext_lazy("epicentre %(value)s"), YES_NO
            ),
            "shocks_24h_min": _least("shocks_24h", gettext_lazy("earthquakes inside within 24 h, at least"),
                                     gettext_lazy("%(value)s earthquakes or more inside within 24 h"),
                                     gettext_lazy("%(value)s earthquakes inside within 24 h")),
            "damage": Condition(gettext_lazy("damage"), "damage", "is", gettext_lazy("damage %(value)s"), REPORTED),
            "intensity_min": _least("intensity", gettext_lazy("estimated intensity in the county, at least"),
                                    gettext_lazy("estimated intensity ≥ %(value)s"),
                                    gettext_lazy("estimated intensity %(value)s")),
            "distance_max_km": Condition(
                gettext_lazy("distance at most (km)"), "distance_km", "at_most",
                gettext_lazy("distance ≤ %(value)s km"),
                found=gettext_lazy("distance %(value)s km"),
            ),
        },
    ),
    "gauge": KindOfSignal(
        pgettext_lazy("signal", "rain gauge"),
        {
            "hours": HOURS,
            "mm_min": _least("mm", gettext_lazy("rain at least (mm)"), gettext_lazy("rain ≥ %(value)s mm"),
                             gettext_lazy("rain %(value)s mm")),
        },
    ),
    "area_rain": KindOfSignal(
        pgettext_lazy("signal", "mean rainfall"),
        {
            "hours": HOURS,
            "mean_mm_min": _least("mean_mm", gettext_lazy("mean over the area at least (mm)"),
                                  gettext_lazy("mean rainfall ≥ %(value)s mm"),
                                  gettext_lazy("mean rainfall %(value)s mm")),
            "station_mm": _least(
                "station_mm", gettext_lazy("stations above (mm)"), gettext_lazy("stations above %(value)s mm"), None
            ),
            "stations_min": _least(
                "stations", gettext_lazy("number of such stations at least"),
                gettext_lazy("%(value)s such stations or more"),
                gettext_lazy("%(value)s stations above %(station_mm)s mm"),
            ),
        },
    ),
    "river": KindOfSignal(
        pgettext_lazy("signal", "river level"),
        {"level": Condition(gettext_lazy("water level"), "level", "one_of", gettext_lazy("river %(value)s"), RIVER)},
    ),
    "reservoir": KindOfSignal(
        pgettext_lazy("signal", "reservoir level"),
        {
            "level": Condition(gettext_lazy("water level"), "level", "one_of", gettext_lazy("reservoir %(value)s"),
                               RESERVOIR),
            "above_m_min": _least("above_m", gettext_lazy("above it by at least (m)"),
                                  gettext_lazy("by %(value)s m or more"), gettext_lazy("by %(value)s m")),
        },
    ),
    "casualties": KindOfSignal(
        pgettext_lazy("signal", "dead and missing"),
        {
            "county_scale": Condition(gettext_lazy("county's own scale"), "county_scale", "one_of",
                                      gettext_lazy("county's own scale: %(value)s"), COUNTY_SCALE),
        },
        ladders=(Ladder.EMERGENCY,),
    ),
}  # fmt: skip
for _code, _kind in _KNOWN.items():
    register_kind(_code, _kind)


def explain_rule(rule: Mapping[str, Any]) -> str:
    """The rule as a sentence in the reader's language; what it does not understand it shows as it is written."""
    kind = KINDS.get(str(rule.get("signal")))
    if kind is None:
        return str(dict(rule))
    parts = [_said(kind.conditions[name], rule[name]) for name in kind.conditions if name in rule]
    comma = pgettext("between conditions", ", ")
    return _("%(kind)s: %(conditions)s") % {"kind": kind.label, "conditions": comma.join(parts)}


def _said(condition: Condition, value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    shown = [str(condition.choices.get(one, one)) for one in values if isinstance(one, (str, int, float))]
    return str(condition.said) % {"value": _(" or ").join(shown)}


# Checking ------------------------------------------------------------------------------------------------------------


def check_rule(rule: Any) -> list[Problem]:
    """What is wrong with a rule; the place is the field, or empty for the rule as a whole."""
    if not isinstance(rule, Mapping):
        return [Problem("", _("A trigger is a set of fields, of which “signal” is one."))]
    code = rule.get("signal")
    kind = KINDS.get(code) if isinstance(code, str) else None
    if kind is None:
        message = _("“%(value)s” is no kind of signal; choose one of: %(choices)s.")
        return [Problem("signal", message % {"value": code, "choices": ", ".join(KINDS)})]
    problems = []
    for name, value in rule.items():
        condition = kind.conditions.get(name)
        if name == "signal":
            continue
        if condition is None:
            message = _("A trigger of this kind has no field “%(name)s”; it has: %(names)s.")
            values = {"name": name, "names": ", ".join(kind.conditions)}
            problems.append(Problem(str(name), message % values))
        elif complaint := _CHECKS[condition.how](condition, value):
            problems.append(Problem(name, complaint))
    if not problems and not set(rule) - {"signal"}:
        problems.append(Problem("", _("A trigger needs at least one condition.")))
    return problems


def _check_choices(condition: Condition, value: Any) -> str:
    if not isinstance(value, list) or not value:
        return _("This is a list of one or more.")
    wrong = [one for one in value if not isinstance(one, str) or one not in condition.choices]
    if wrong:
        message = _("“%(value)s” is unknown; choose from: %(choices)s.")
        return message % {"value": wrong[0], "choices": ", ".join(condition.choices)}
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _check_number(condition: Condition, value: Any) -> str:
    return "" if _is_number(value) and 0 <= value <= 100_000 else _("This is a number, zero or more.")


def _check_value(condition: Condition, value: Any) -> str:
    if condition.choices:
        return "" if isinstance(value, bool) else _("This is true or false.")
    return _check_number(condition, value)


_CHECKS: dict[str, Callable[[Condition, Any], str]] = {
    "one_of": _check_choices, "at_least": _check_number, "at_most": _check_number,
    "is": _check_value,
}  # fmt: skip


# Matching ------------------------------------------------------------------------------------------------------------


def matches(rule: Mapping[str, Any], signal: Signal) -> list[dict[str, Any]] | None:
    """The grounds, one a condition, if every condition of the rule holds; None if one does not, or cannot be told.

    A ground is plain data to be kept (`say_grounds` puts it into words): {"signal", "field", "found", "asked"}.
    """
    kind = KINDS.get(str(rule.get("signal")))
    if kind is None or rule.get("signal") != signal.kind or check_rule(rule):
        return None
    grounds = []
    for name, condition in kind.conditions.items():
        if name not in rule:
            continue
        asked = rule[name]
        found = signal.facts.get(condition.fact)
        if found is None or not _HOLDS[condition.how](found, asked):
            return None
        grounds.append({"signal": signal.kind, "field": name, "found": found, "asked": asked})
    return grounds


_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "one_of": lambda found, asked: any(one in asked for one in (found if isinstance(found, list) else [found])),
    "at_least": lambda found, asked: _is_number(found) and found >= asked,
    "at_most": lambda found, asked: _is_number(found) and found <= asked,
    "is": lambda found, asked: found == asked,
}


def say_grounds(grounds: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each ground in the reader's language: what was found. What the plan asks stands beside it in the sentence of
    `command.selectors.grounds`.
    """
    beside = {str(ground.get("field")): ground.get("found") for ground in grounds}
    return [said for ground in grounds if (said := _say_found(ground, beside))]


def _say_found(ground: Mapping[str, Any], beside: Mapping[str, Any]) -> str:
    """Empty for what another one of them says with its own."""
    kind = KINDS.get(str(ground.get("signal")))
    condition = kind.conditions.get(str(ground.get("field"))) if kind else None
    if condition is None:
        return str(dict(ground))
    found = ground["found"]
    values = found if isinstance(found, list) else [found]
    shown = [str(condition.choices.get(one, in_reader_language(one))) for one in values]
    template = condition.said if condition.found == "" else condition.found
    return str(template) % {"station_mm": "–", **beside, "value": _(" or ").join(shown)} if template else ""
