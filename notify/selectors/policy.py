"""Which channels carry a message, in turn: the rules of reach, the accounts that are there, the person's addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from notify.gateways.contract import APP, BESIDE, EMAIL, PUSH, SMS, VOICE
from notify.models import Account, Contact, Delivery, PushSubscription, ReachRule
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
        if not settings.WEB_PUSH:
            self.open.discard(PUSH)
        self._rules = list(ReachRule.objects.all()) if self.open else []

    def ways(self, notice: Notice, person: Person, contact: Contact | None) -> list[Way]:
        """How this message goes out, the first way first; empty where it stays on the screens."""
        return [way for way in self._found(notice, person, contact) if way.channel not in BESIDE]

    def beside(self, notice: Notice, person: Person, contact: Contact | None) -> list[Way]:
        """What goes out at once beside these, in addition."""
        if self.open.isdisjoint(BESIDE):
            return []
        return [way for way in self._found(notice, person, contact) if way.channel in BESIDE]

    def _found(self, notice: Notice, person: Person, contact: Contact | None) -> list[Way]:
        channels = [channel for channel in self._channels(notice) if channel in self.open]
        return [Way(channel, address) for channel in channels for address in addresses_of(channel, person, contact)]

    def _channels(self, notice: Notice) -> list[str]:
        colour = str(notice.data.get("colour", ""))
        rule = best(self._rules, notice.code, colour, alarm=notice.alarm, asked=notice.asked)
        return rule.channels if rule else []


def contacts_of(people: Iterable[int]) -> Mapping[int, Contact]:
    """One query, the names of each person's push devices included (``devices``)."""
    devices = PushSubscription.objects.filter(person=OuterRef("person")).order_by("pk").values("device")
    rows = Contact.objects.filter(person__in=list(people)).annotate(devices=ArraySubquery(devices))
    return {row.person_id: row for row in rows}


ADDRESS = cast(int, Delivery._meta.get_field("address").max_length)


def addresses_of(channel: str, person: Person, contact: Contact | None) -> list[str]:
    """Where a channel reaches somebody, the first to be tried first: the second telephone follows when the first one
    fails. Empty where it cannot. ``contact`` is one of `contacts_of`. Of a push it is the names of the devices: what
    opens them is read when the message is handed over (`wording.outgoing`).
    """
    found = []
    if channel in (SMS, VOICE):
        found = [person.phone, contact.second_phone if contact else ""]
    elif channel == EMAIL:
        found = [person.email if contact is None or contact.by_email else ""]
    elif channel == APP and contact is not None:
        found = [contact.wecom or contact.dingtalk]
    elif channel == PUSH and contact is not None:
        found = [", ".join(vars(contact).get("devices", ()))[:ADDRESS]]
    return list(dict.fromkeys(address for address in found if address))
