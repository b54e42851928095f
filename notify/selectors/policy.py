"""Which channels carry a message, in turn: the rules of reach, the accounts that are there, the person's addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from notify.gateways.contract import APP, EMAIL, SMS, VOICE
from notify.models import Account, Contact, ReachRule
from notify.rules.notices import Notice
from notify.rules.reach import best
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
        found = [Way(channel, address_of(channel, person, contact)) for channel in self._channels(notice)]
        return [way for way in found if way.address and way.channel in self.open]

    def _channels(self, notice: Notice) -> list[str]:
        colour = str(notice.data.get("colour", ""))
        rule = best(self._rules, notice.code, colour, alarm=notice.alarm, asked=notice.asked)
        return rule.channels if rule else []


def contacts_of(people: Iterable[int]) -> Mapping[int, Contact]:
    return {row.person_id: row for row in Contact.objects.filter(person__in=list(people))}


def address_of(channel: str, person: Person, contact: Contact | None) -> str:
    """Where a channel reaches somebody; empty where it cannot."""
    if channel in (SMS, VOICE):
        return person.phone
    if channel == EMAIL:
        return person.email if contact is None or contact.by_email else ""
    if channel == APP and contact is not None:
        return contact.wecom or contact.dingtalk
    return ""
