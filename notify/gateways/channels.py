"""The ways to reach a person. A channel is a small object; registering one is all that a new way needs.

In-app is not sent anywhere: the person's screens are woken by the live push and fetch what is open. Channels that hand
a message to somebody else's gateway register themselves here and are worked off by `notify.actions.rounds`.
"""

from __future__ import annotations

from typing import Protocol

from database.registry import Registry
from org.models import Person

IN_APP = "in_app"


class Undeliverable(Exception):
    """This address will never work: no retry."""


class Channel(Protocol):
    """A gateway. ``code`` names it in rows and is never changed."""

    code: str

    def address_of(self, person: Person) -> str:
        """Where the person is reached, or empty where this channel cannot reach them."""

    def send(self, address: str, text: str, reference: str) -> None:
        """Hand the text over. ``reference`` ("delivery:17") comes back in receipts and makes a repeat recognisable.

        Raises Undeliverable, or anything else to be tried again. Must bound its own waiting (10 s).
        """


CHANNELS: Registry[Channel] = Registry(
    "channels", "Gateways by which a message reaches a person, beside the screens. `notify.gateways.channels.register`."
)


def register(channel: Channel) -> None:
    CHANNELS.register(channel.code, channel)


def outside() -> list[Channel]:
    """The registered channels, in-app aside."""
    return list(CHANNELS.values())


def by_code(code: str) -> Channel | None:
    return CHANNELS.get(code)
