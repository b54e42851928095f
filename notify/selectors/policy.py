"""Which channels carry a message, in turn: the rules of reach, the accounts that are there, the person's addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from notify.gateways.contract import APP, EMAIL, SMS, VOICE
from notify.models import Account, Contact, ReachRule
from notify.rules.notices import Notice
from org.models import Person


@dataclass(frozen=True)
class Way:
    """A channel and the address there."""

    channel: str
    address: str


class Policy:
    """The rules and accounts of this moment: two queries, and one for the contacts of the people asked about."""

    def __init__(self) -> None:
        rows = Account.objects.filter(enabled=True).values_list("channels", flat=True)
        self.open = {channel for channels in rows for channel in channels}
        self._rules = list(ReachRule.objects.all()) if self.open else []

    def ways(self, notice: Notice, person: Person, contact: Contact | None) -> list[Way]:
        """How this message goes out, the first way first; empty where it stays on the screens."""
        channels = [channel for channel in self._channels(notice) if channel in self.open]
        return [Way(channel, address) for channel in channels for address in addresses_of(channel, person, contact)]

    def _channels(self, notice: Notice) -> list[str]:
        colour = str(notice.data.get("colour", ""))
        fitting = (
            rule for rule in self._rules
            if notice.code.startswith(rule.prefix) and rule.colour in ("", colour)
            and rule.alarm == notice.alarm and rule.asked == notice.asked
        )  # fmt: skip
        best = max(fitting, key=lambda rule: (len(rule.prefix), bool(rule.colour)), default=None)
        return best.channels if best else []


def contacts_of(people: Iterable[int]) -> Mapping[int, Contact]:
    return {row.person_id: row for row in Contact.objects.filter(person__in=list(people))}


def addresses_of(channel: str, person: Person, contact: Contact | None) -> list[str]:
    """Where a channel reaches somebody, the first to be tried first: the second telephone follows when the first one
    fails. Empty where it cannot.
    """
    found = []
    if channel in (SMS, VOICE):
        found = [person.phone, contact.second_phone if contact else ""]
    elif channel == EMAIL:
        found = [person.email if contact is None or contact.by_email else ""]
    elif channel == APP and contact is not None:
        found = [contact.wecom or contact.dingtalk]
    return list(dict.fromkeys(address for address in found if address))
