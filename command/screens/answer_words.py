"""The text for an assignment's answer or silence: who said it, who logged it and how, whom the ladder has called.

Calling somebody is never told as if they had answered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from command.rules.words import HOW_BY_PHONE, HOW_WORDS
from journal.sentences import fill
from plans.rules.words import LEVEL_WORDS

Values = dict[str, Any]


def answered(values: Values) -> Any:
    """One's own; another's by whoever stands in; or logged, with who logged it and how it came."""
    how = values.get("how") or "self"
    if how in HOW_WORDS:
        values["how_word"] = str(HOW_WORDS[how])
        if _holder(values):
            return _("%(by)s logged (%(how_word)s): %(holder)s, %(post_name)s of %(unit_name)s, has received the order")
        return _("%(by)s logged (%(how_word)s): %(unit_name)s (%(post_name)s) has received the order")
    if how in HOW_BY_PHONE:
        values["how_word"] = str(HOW_BY_PHONE[how])
        return _("%(by)s received the order for %(unit_name)s (%(post_name)s) %(how_word)s")
    if how == "self":
        return _("%(unit_name)s (%(post_name)s) received the order")
    return _("%(by)s received the order for %(unit_name)s (%(post_name)s)")


def stepped(template: Any) -> Callable[[Values], Any]:
    """A later step, by those called or logged by somebody else."""

    def told(values: Values) -> Any:
        if not values.get("logged"):
            return template
        values["told"] = fill(str(template), values)
        values["holder"] = values["holder"] if _holder(values) else "–"
        return _("%(by)s logged for %(holder)s: %(told)s")

    return told


def climbed(values: Values) -> Any:
    """What the rung did: a reminder, somebody above, or nobody where there is nobody to call."""
    if not _named(values, "called_names"):
        return _("%(unit_name)s (%(post_name)s) is silent; there is nobody to call at this step")
    if values.get("do") == "remind":
        return _("%(unit_name)s (%(post_name)s) is silent; %(by)s reminded %(called_names)s")
    return _("%(unit_name)s (%(post_name)s) is silent; %(by)s called %(called_names)s")


def undecided(values: Values) -> Any:
    _say_levels(values)
    if not _named(values, "called_names"):
        return _("Nobody has decided on the %(level)s of “%(plan_name)s”; there is nobody else to call")
    return _("Nobody has decided on the %(level)s of “%(plan_name)s”; %(by)s called %(called_names)s")


def levelled(template: Any, without: Any = None) -> Callable[[Values], Any]:
    """With levels in words: "red warning response", "level II emergency response". ``without``: where there is none."""

    def told(values: Values) -> Any:
        if without is not None and not values.get("level"):
            return without
        _say_levels(values)
        return template

    return told


def _say_levels(values: Values) -> None:
    for name in ("level", "from_level"):
        if values.get(name) in LEVEL_WORDS:
            values[name] = str(LEVEL_WORDS[values[name]])


def _holder(values: Values) -> bool:
    """Puts the name of the person who was asked among the values, where there is one."""
    person = values.get("person")
    values["holder"] = person.get("name") if isinstance(person, dict) else None
    return bool(values["holder"])


def _named(values: Values, name: str) -> bool:
    value = values.get(name)
    return any(value.values()) if isinstance(value, dict) else bool(value)
