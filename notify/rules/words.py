"""Channels, failures and fees of messages in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PHONE = "phone"
"""What a step of a ladder asks for that is a call (`notify.models.ReachRule.Asked`)."""
NO_CONNECTION, NO_ANSWER = "no connection", "no answer"
"""What is written down of a gateway that said nothing itself."""
UNKNOWN, NEVER_TAKEN = "outcome unknown", "the gateway never took it"
TAKEN_BEFORE = "the last attempt was never taken, the outcome of an earlier one is unknown"
"""What is written down of a message that is given up after its last attempt."""

CHANNELS: dict[str, Any] = {
    "in_app": pgettext_lazy("channel", "screen"),
    "sms": pgettext_lazy("channel", "text"),
    "voice": pgettext_lazy("channel", "call"),
    "app": pgettext_lazy("channel", "app"),
    "email": pgettext_lazy("channel", "e-mail"),
    "push": pgettext_lazy("channel", "push"),
    "loudspeaker": pgettext_lazy("channel", "loudspeaker"),
    "board": pgettext_lazy("channel", "group"),
}
ERRORS: dict[str, Any] = {
    NO_CONNECTION: _("no connection"),
    NO_ANSWER: _("no answer within the time"),
    UNKNOWN: _("outcome unknown"),
    NEVER_TAKEN: _("the gateway never took it"),
    TAKEN_BEFORE: _("the last attempt was never taken, the outcome of an earlier one is unknown"),
}
"""What the system says of a gateway; a gateway's own words stand as they are."""

MESSAGES: dict[str, Any] = {
    "": _("all messages"),
    "order.": _("orders"),
    "warning.": _("warnings"),
    "proposal.": _("proposals of a response level"),
    "response.": _("responses"),
    "command.": _("villages presumed cut off, help offered"),
    "duty.": _("duty"),
    "duty.comm_test": _("communication tests"),
    "spot_check.": _("spot checks"),
    "handover.": _("handovers"),
    "call.": _("replies to superiors"),
    "swap.": _("swaps"),
    "leave.": _("leave"),
    "leader.": _("leaders on duty"),
    "leaders.": _("leaders who are all out"),
    "hazard.": _("hazards"),
    "paper.": _("papers to be signed"),
    "plan.": _("plans"),
    "question.": _("questions about warnings"),
    "feed.": _("messages of a platform that nobody could read"),
}
"""What a rule of reach is about, by how the code of the message begins."""
COLOURS: dict[str, Any] = {"red": _("red"), "orange": _("orange"), "yellow": _("yellow"), "blue": _("blue")}


def messages_words(prefix: str, colour: str, *, alarm: bool, asked: str) -> str:
    """``orders · red · alarm · after a call was asked for``"""
    parts = [str(MESSAGES.get(prefix, prefix)), str(COLOURS.get(colour, colour)) if colour else ""]
    parts += [
        str(_("alarms") if alarm else _("not urgent")),
        str(_("calls of the escalation")) if asked == PHONE else "",
    ]
    return " · ".join(part for part in parts if part)


def channels_words(channels: Sequence[str]) -> str:
    """The channels in turn, each following where the one before it fails: ``text → call``."""
    return " → ".join(channel_word(code) for code in channels) or str(_("screens only"))


def channel_word(code: str) -> str:
    return str(CHANNELS.get(code, code))


def error_word(error: str) -> str:
    return str(ERRORS.get(error, error))


def yuan(fen: int) -> str:
    """``12.05``"""
    return f"{fen // 100}.{fen % 100:02d}"
