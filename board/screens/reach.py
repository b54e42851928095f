"""The rules of reach in words: what silence costs an order of each colour, step by step and over which channels; and
each rule, with whether it reaches anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from command.models import Colour
from command.selectors.ladder_words import CLIMBED_WORDS, length
from command.selectors.ladders import Rung, Snapshot, in_force
from command.timers import CODES
from notify.gateways.contract import BESIDE
from notify.models import Account, ReachRule
from notify.rules.default_reach import default_channels
from notify.rules.reach import best, falls_back_on
from notify.rules.words import COLOURS, MESSAGES, PHONE, channel_word
from web.errors import Invalid

FIRST = "order.called"


@dataclass(frozen=True)
class Step:
    """A moment of an order: ``after`` it went out, whom it reaches, over which channels in turn. ``silent``: no account
    in use has any of them, so that nothing but screens shows it.
    """

    after: str
    who: str
    how: str
    silent: bool


@dataclass(frozen=True)
class Chain:
    colour: str
    label: str
    steps: list[Step]
    repeat: str


@dataclass(frozen=True)
class Line:
    """A rule. ``default``: as the county began; ``kept``: every alarm falls back on it, so that it cannot go."""

    rule: ReachRule
    messages: str
    colour: str
    kind: str
    how: str
    silent: bool
    default: bool
    kept: bool


def open_channels() -> set[str]:
    """The channels that an account in use serves."""
    rows = Account.objects.filter(enabled=True).values_list("channels", flat=True)
    return {channel for channels in rows for channel in channels}


def in_words(channels: Sequence[str], served: set[str]) -> str:
    """``text, if it fails call (no account); push besides``; the screens show every message at once besides. What goes
    beside the others is named only where an account serves it: a closed network has none and misses none.
    """
    said = ""
    for channel in in_turn(channels):
        word = channel_word(channel)
        if channel not in served:
            word = _("%(channel)s (no account)") % {"channel": word}
        said = _("%(before)s, if it fails %(next)s") % {"before": said, "next": word} if said else word
    said = said or _("screens only")
    beside = ", ".join(channel_word(channel) for channel in channels if channel in BESIDE and channel in served)
    return _("%(channels)s; %(beside)s besides") % {"channels": said, "beside": beside} if beside else said


def in_turn(channels: Sequence[str]) -> list[str]:
    return [channel for channel in channels if channel not in BESIDE]


def lines(rules: Sequence[ReachRule], served: set[str]) -> list[Line]:
    return [_line(rule, served) for rule in rules]


def _line(rule: ReachRule, served: set[str]) -> Line:
    kind = _("alarms") if rule.alarm else _("not urgent")
    if rule.asked == PHONE:
        kind = _("%(kind)s, a step that asks for a call") % {"kind": kind}
    known = default_channels(rule.prefix, rule.colour, alarm=rule.alarm, asked=rule.asked)
    return Line(
        rule, str(MESSAGES.get(rule.prefix, rule.prefix)), str(COLOURS.get(rule.colour, "")), kind,
        in_words(rule.channels, served), rule.alarm and not served & set(in_turn(rule.channels)),
        known == rule.channels, falls_back_on(rule),
    )  # fmt: skip


def chains(rules: Sequence[ReachRule], served: set[str]) -> list[Chain]:
    """Each colour's order, by the ladder in force and these rules; a colour without a ladder is left out."""
    found = []
    for colour in Colour:
        try:
            ladder = in_force(colour)
        except Invalid:
            continue
        found.append(_chain(colour, ladder, rules, served))
    return found


def _chain(colour: Colour, ladder: Snapshot, rules: Sequence[ReachRule], served: set[str]) -> Chain:
    first = Rung(0, "", "message")
    steps = [_step(rung, colour.value, rules, served) for rung in (first, *ladder.rungs)]
    last = ladder.rungs[-1]
    return Chain(colour.value, str(colour.label), steps, length(last.repeat_s) if last.repeat_s else "")


def _step(rung: Rung, colour: str, rules: Sequence[ReachRule], served: set[str]) -> Step:
    rule = best(rules, CODES.get(rung.do, FIRST), colour, alarm=True, asked=rung.channel)
    channels = rule.channels if rule else []
    after = _("after %(time)s") % {"time": length(rung.after_s)} if rung.after_s else _("at once")
    who = str(CLIMBED_WORDS.get(rung.do, rung.do)) if rung.do else _("called")
    return Step(after, who, in_words(channels, served), not served & set(in_turn(channels)))


def lacks_a_fall_back(rules: Sequence[ReachRule]) -> bool:
    """Whether one of the two rules is missing on which every alarm falls back."""
    return {rule.asked for rule in rules if falls_back_on(rule)} != set(ReachRule.Asked.values)
