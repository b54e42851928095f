"""The form of a plan as a document: which keys there are, what each may hold, and its default.

A document is plain data, the same from YAML, Excel, the API and the editor (plans/files/yaml_format.py,
plans/files/sheets.py). Lengths and vocabularies are those of the models.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from org.models import Unit
from plans.models import Action, Level, Plan, Version
from plans.rules.approver import SEAT, SEATS
from plans.rules.words import LEVEL_LABELS, LEVELS, Evidence, HazardType, Kind, Phase, Reach, Verb
from plans.selectors.signals import SEPARATORS

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
POST = re.compile(r"[A-Za-z0-9_-]+")
BLANK_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
NO_CHARACTERS = "\ufffe\uffff"
"""Unicode noncharacters, which neither YAML nor a sheet can hold."""
LONGEST_MIN = 366 * 24 * 60
"""A year: nothing in a response is due later."""
ACTIONS_LIMIT, TRIGGERS_LIMIT, LIST_LIMIT = 300, 40, 60
"""Size limits: larger documents are refused before validation."""

Complaint = str
Check = Callable[[Any, "Key"], Complaint]


@dataclass(frozen=True)
class Key:
    """One key of a document. ``needed`` keys have no default; ``many`` is a list of such values."""

    check: Check
    default: Any = ""
    needed: bool = False
    many: bool = False
    limit: int = 0
    choices: Mapping[str, Any] = field(default_factory=dict)

    def complaint(self, value: Any) -> Complaint:
        """What is wrong with the value, or nothing."""
        if not self.many:
            return self.check(value, self)
        if not isinstance(value, (list, tuple)):
            return _("This is a list.")
        if len(value) > LIST_LIMIT:
            return _("This list has more than %(limit)s entries.") % {"limit": LIST_LIMIT}
        if twice := sorted({str(one) for one in value if list(value).count(one) > 1}):
            return _("“%(value)s” stands there twice.") % {"value": twice[0]}
        return next((complaint for one in value if (complaint := self.check(one, self))), "")


def tidy(text: str) -> str:
    """A text as it is kept: one kind of line end, no spaces around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _text(value: Any, key: Key) -> Complaint:
    if not isinstance(value, str):
        return _("This is not a text; put it in quotes.")
    if len(tidy(value)) > key.limit:
        return _("This text is longer than %(limit)s characters.") % {"limit": key.limit}
    if any(one in NO_CHARACTERS or unicodedata.category(one) in ("Cc", "Cs") for one in value if one not in "\n\t\r"):
        return _("This text holds a character that cannot be shown.")
    return ""


def _line(value: Any, key: Key) -> Complaint:
    complaint = _text(value, key)
    if not complaint and "\n" in tidy(value):
        return _("This is one line.")
    return complaint


def _word(value: Any, key: Key) -> Complaint:
    complaint = _line(value, key)
    if not complaint and (not tidy(value) or SEPARATORS & set(value)):
        return _("“%(value)s” may not be empty or contain a comma or semicolon.") % {"value": value}
    return complaint


def _slug(value: Any, key: Key) -> Complaint:
    if not isinstance(value, str) or not SLUG.fullmatch(value) or len(value) > key.limit:
        message = _("“%(value)s” is not a code: small letters, digits and single hyphens, at most %(limit)s.")
        return message % {"value": value, "limit": key.limit}
    return ""


def _post(value: Any, key: Key) -> Complaint:
    if value == "" and not key.needed:
        return ""
    if not isinstance(value, str) or not POST.fullmatch(value) or len(value) > key.limit:
        return _("“%(value)s” is not the code of a post.") % {"value": value}
    return ""


def _approver(value: Any, key: Key) -> Complaint:
    """A post, or a seat of the plan's headquarters."""
    if not isinstance(value, str) or not value.startswith(SEAT):
        return _post(value, key)
    if value in SEATS:
        return ""
    message = _("“%(value)s” is no seat of a headquarters; choose one of: %(choices)s.")
    return message % {"value": value, "choices": ", ".join(SEATS)}


def _choice(value: Any, key: Key) -> Complaint:
    if not isinstance(value, str) or value not in key.choices:
        return _("“%(value)s” is unknown; choose one of: %(choices)s.") % {
            "value": value,
            "choices": ", ".join(key.choices),
        }
    return ""


def _number(value: Any, key: Key) -> Complaint:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= key.limit:
        return _("This is a whole number from 0 to %(limit)s.") % {"limit": key.limit}
    return ""


def _months(value: Any, key: Key) -> Complaint:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= key.limit:
        return _("This is a whole number from 1 to %(limit)s.") % {"limit": key.limit}
    return ""


def _truth(value: Any, key: Key) -> Complaint:
    return "" if isinstance(value, bool) else _("This is true or false.")


def _values(value: Any, key: Key) -> Complaint:
    if not isinstance(value, Mapping) or len(value) > LIST_LIMIT:
        return _("These are names with a text each.")
    for name, text in value.items():
        if not isinstance(name, str) or not BLANK_NAME.fullmatch(name):
            return _("“%(name)s” is not the name of a blank.") % {"name": name}
        if complaint := _line(text, key):
            return f"{name}: {complaint}"
    return ""


def _optional_slug(value: Any, key: Key) -> Complaint:
    return "" if value == "" else _slug(value, key)


def _longest(model: type, name: str) -> int:
    return model._meta.get_field(name).max_length  # type: ignore[attr-defined]


def _choices(vocabulary: Any) -> dict[str, Any]:
    return dict(vocabulary.choices)


PLAN_KEYS: dict[str, Key] = {
    "code": Key(_slug, needed=True, limit=_longest(Plan, "code")),
    "kind": Key(_choice, needed=True, choices=_choices(Kind)),
    "hazard_type": Key(_choice, needed=True, choices=_choices(HazardType)),
    "name": Key(_line, needed=True, limit=_longest(Plan, "name")),
    "name_en": Key(_line, limit=_longest(Plan, "name_en")),
    "review_months": Key(_months, default=36, limit=600),
    "drill_months": Key(_months, default=36, limit=600),
    "summary": Key(_line, limit=_longest(Version, "summary")),
    "basis": Key(_text, limit=4000),
    "template": Key(_optional_slug, limit=_longest(Plan, "code")),
    "values": Key(_values, default={}, limit=80),
}
"""Beside ``levels`` and ``actions``."""

LEVEL_KEYS: dict[str, Key] = {
    "approver": Key(_approver, limit=_longest(Level, "approver")),
    "note": Key(_line, limit=_longest(Level, "note")),
}
"""Beside ``triggers`` (plans/selectors/signals.py)."""

ACTION_KEYS: dict[str, Key] = {
    "code": Key(_slug, needed=True, limit=_longest(Action, "code")),
    "phase": Key(_choice, needed=True, choices=_choices(Phase)),
    "levels": Key(_choice, needed=True, many=True, choices=LEVEL_LABELS),
    "unit_kind": Key(_choice, needed=True, choices=dict(Unit.COMMANDED)),
    "reach": Key(_choice, default=Reach.AREA.value, choices=_choices(Reach)),
    "departments": Key(_word, default=[], many=True, limit=40),
    "post": Key(_post, needed=True, limit=_longest(Action, "post")),
    "by_register": Key(_truth, default=False),
    "verb": Key(_choice, needed=True, choices=_choices(Verb)),
    "text": Key(_text, needed=True, limit=_longest(Action, "text")),
    "text_en": Key(_text, limit=_longest(Action, "text_en")),
    "due_min": Key(_number, needed=True, limit=LONGEST_MIN),
    "after": Key(_slug, default=[], many=True, limit=40),
    "evidence": Key(_choice, default=Evidence.NONE.value, choices=_choices(Evidence)),
    "counted": Key(_line, limit=_longest(Action, "counted")),
}


_JSON: dict[Any, str] = {_number: "integer", _months: "integer", _truth: "boolean", _values: "object"}


def json_type(key: Key) -> str:
    """What a single value of it is in JSON."""
    return _JSON.get(key.check, "string")


def kept(value: Any) -> Any:
    """A value as it is kept: texts tidied, lists copied."""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, (list, tuple)):
        return [kept(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): kept(one) for name, one in value.items()}
    return value


def whole(row: Mapping[str, Any], keys: Mapping[str, Key]) -> dict[str, Any]:
    """The row with every key, in order, defaults filled in."""
    return {name: kept(row[name] if row.get(name) is not None else key.default) for name, key in keys.items()}


def terse(row: Mapping[str, Any], keys: Mapping[str, Key]) -> dict[str, Any]:
    """The row without what is the default anyway."""
    return {name: row[name] for name, key in keys.items() if key.needed or row[name] != key.default}


def in_order(levels: Iterable[str]) -> list[str]:
    """The warning ladder, then the emergency ladder, each from the lightest to the gravest."""
    return sorted(levels, key=LEVELS.index)
