"""Rules of reach: which one counts for a message, and which ones are refused because an alarm would be silent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar

from django.utils.translation import gettext_lazy as _

TO_A_PERSON = ("app", "sms", "voice", "email")
"""Channels that have an address of one person (notify/selectors/policy.py)."""
WAKING = ("sms", "voice")
"""The channels of which everybody with a telephone has an address; an alarm needs one of them."""


class Rule(Protocol):
    """A row of `notify.models.ReachRule`, or a default."""

    prefix: str
    colour: str
    alarm: bool
    asked: str
    channels: list[str]


R = TypeVar("R", bound=Rule)


def best(rules: Iterable[R], code: str, colour: str, *, alarm: bool, asked: str) -> R | None:
    """The rule that counts: the longest beginning of the code first, then the one that names the colour."""
    fitting = (
        rule for rule in rules
        if code.startswith(rule.prefix) and rule.colour in ("", colour) and rule.alarm == alarm and rule.asked == asked
    )  # fmt: skip
    return max(fitting, key=lambda rule: (len(rule.prefix), bool(rule.colour)), default=None)


def falls_back_on(rule: Rule) -> bool:
    """Whether it is one of the two on which every alarm falls back that no other rule fits."""
    return rule.alarm and not rule.prefix and not rule.colour


def fault_of(channels: Sequence[str], *, alarm: bool) -> Any:
    """What is wrong with the channels of a rule, in words; empty where nothing is. No channel at all is right for what
    is not urgent: it stays on the screens.
    """
    strange = [channel for channel in channels if channel not in TO_A_PERSON]
    if strange:
        return _("No channel to one person: %(channels)s.") % {"channels": ", ".join(strange)}
    if len(set(channels)) != len(channels):
        return _("Each channel once.")
    if alarm and not set(channels) & set(WAKING):
        return _("This alarm would be silent: it needs a text or a call, for not everybody has another channel.")
    return ""
