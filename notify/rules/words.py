"""Channels, failures and fees of messages in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NO_CONNECTION, NO_ANSWER = "no connection", "no answer"
"""What is written down of a gateway that said nothing itself."""

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
ERRORS: dict[str, Any] = {NO_CONNECTION: _("no connection"), NO_ANSWER: _("no answer within the time")}
"""What the system says of a gateway; a gateway's own words stand as they are."""


def channel_word(code: str) -> str:
    return str(CHANNELS.get(code, code))


def error_word(error: str) -> str:
    return str(ERRORS.get(error, error))


def yuan(fen: int) -> str:
    """``12.05``"""
    return f"{fen // 100}.{fen % 100:02d}"
