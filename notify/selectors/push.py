"""Web Push: whether it is offered here, a person's devices, and what the gateway gets as their address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import orjson
from django.conf import settings

from notify.files.sealing import CannotOpen, unseal
from notify.gateways import webpush
from notify.models import Account, PushSubscription
from org.models import Person
from org.rules.tokens import digest_of


@dataclass(frozen=True)
class Offered:
    """The account that carries pushes. ``server_key``: its public VAPID key, base64url. ``hosts``: the push services
    that it may ask.
    """

    server_key: str
    hosts: str


@dataclass(frozen=True)
class Device:
    """``mark`` tells a browser which row is its own: no page shows an endpoint. ``stale``: made for another key."""

    row: PushSubscription
    mark: str
    stale: bool


def offered() -> Offered | None:
    """None where nothing is promised: on a closed network, or without an account that is switched on. One query."""
    if not settings.WEB_PUSH:
        return None
    row = Account.objects.filter(enabled=True, gateway=webpush.WebPush.code).order_by("priority", "id").first()
    if row is None:
        return None
    try:
        key = webpush.public_key(unseal(row.sealed).get("private_key", ""))
    except (CannotOpen, ValueError):
        return None
    return Offered(key, row.settings.get("hosts") or webpush.HOSTS)


def devices_of(person: Person, offer: Offered) -> list[Device]:
    rows = PushSubscription.objects.filter(person=person)
    return [Device(row, mark_of(row.endpoint), row.server_key != offer.server_key) for row in rows]


def mark_of(endpoint: str) -> str:
    """The same in the browser: static/js/desk/push.js."""
    return digest_of(endpoint)[:32]


def subscriptions_of(people: Collection[int]) -> dict[int, str]:
    """Person → what the gateway takes as the address (notify/gateways/webpush). One query; none for nobody."""
    found: defaultdict[int, list[dict[str, object]]] = defaultdict(list)
    for row in PushSubscription.objects.filter(person__in=people) if people else ():
        keys = {"p256dh": row.p256dh, "auth": row.auth}
        found[row.person_id].append({"endpoint": row.endpoint, "keys": keys, "server_key": row.server_key})
    return {person: orjson.dumps(rows).decode() for person, rows in found.items()}
