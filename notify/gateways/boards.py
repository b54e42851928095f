"""Robots of group chats: one message for all of a township, which mentions those that it concerns.

A robot's address is a credential, so that deliveries name the robot only (the code of its unit); addresses and secrets
stand in the account's sealed settings. ``mobiles`` among the parameters of a message: telephones to mention.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from notify.gateways.contract import BOARD, EXERCISES, Access, Gateway, Outgoing, Refused, Setting

ROBOTS = Setting("robots", _("robots, one a line: code of the unit, address, secret"), secret=True, long=True)


class Robot(Gateway):
    """What all robots share: which units have one, and how much one may say."""

    channels = (BOARD,)
    settings = (ROBOTS, EXERCISES)
    a_minute = 20
    limits = _("20 messages a minute for each robot, which is kept to")

    def serves(self, values: Mapping[str, str]) -> frozenset[str]:
        lines = (line.split() for line in values.get(ROBOTS.name, "").splitlines())
        return frozenset(words[0] for words in lines if len(words) >= 2)


def robot(access: Access, name: str) -> tuple[str, str]:
    """Address and secret of a unit's robot. Refused for good where the unit has none."""
    for line in access["robots"].splitlines():
        words = line.split(maxsplit=2)
        if len(words) >= 2 and words[0] == name:
            return words[1], words[2] if len(words) > 2 else ""
    raise Refused(f"no robot for {name}", permanent=True)


def mobiles(message: Outgoing) -> list[str]:
    """Telephones that a message mentions."""
    return [one for one in message.params.get("mobiles", "").split(",") if one]


def within(text: str, limit: int) -> str:
    """At most so many bytes of UTF-8, cut between characters."""
    raw = text.encode()
    return text if len(raw) <= limit else raw[: limit - 3].decode(errors="ignore") + "…"
