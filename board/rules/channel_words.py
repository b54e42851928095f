"""Channels of messages in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

CHANNELS: dict[str, Any] = {
    "in_app": _("on the screen"),
    "sms": _("text message"),
    "voice": _("call"),
    "app": _("app message"),
    "email": _("e-mail"),
    "push": _("notification"),
    "loudspeaker": _("loudspeaker"),
    "board": _("group"),
}


def channel_word(code: str) -> str:
    return str(CHANNELS.get(code, code))


def yuan(fen: int) -> str:
    """``12.05``"""
    return f"{fen // 100}.{fen % 100:02d}"
