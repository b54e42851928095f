"""An account at work: its pool, its rate, what it has in hand; and what its threads ask its gateway."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from database.clock import now
from notify.actions import outbox
from notify.files.sealing import CannotOpen, unseal
from notify.gateways.contract import (
    GATEWAYS,
    PLACES,
    TIMEOUT_S,
    Accepted,
    Access,
    NotThere,
    Outgoing,
    Receipt,
    Refused,
    Reply,
    Unsure,
)  # fmt: skip
from notify.models import Account, Delivery

LOOK_UP_EVERY_S = 5.0
NO_RECEIPT_EVERY_S = 60.0


@dataclass
class Line:
    """One account at work: its pool, its rate, what it has in hand."""

    account: Account
    access: Access
    pool: ThreadPoolExecutor
    in_hand: set[int] = field(default_factory=set)
    allowance: float = 0.0
    filled_at: float = field(default_factory=time.monotonic)
    asked_at: dict[int, float] = field(default_factory=dict)
    """When each delivery without an outcome was last asked about."""
    polled_at: float = float("-inf")
    balance_at: float = float("-inf")

    def resting(self) -> bool:
        until = self.account.resting_until
        return until is not None and until > now()

    def may_ask(self, key: int, every_s: float = LOOK_UP_EVERY_S) -> bool:
        """Whether it is time to ask about a delivery (again): a gateway that is away is not asked all the time."""
        present = time.monotonic()
        if present - self.asked_at.get(key, float("-inf")) < every_s:
            return False
        self.asked_at[key] = present
        return True

    def forget(self) -> None:
        """Forget what was asked so long ago that it may be asked again anyway."""
        present = time.monotonic()
        self.asked_at = {key: at for key, at in self.asked_at.items() if present - at < NO_RECEIPT_EVERY_S}

    def offer(self, channel: str, free: int) -> outbox.Capacity:
        if channel not in PLACES:
            return outbox.Capacity(self.account.pk, channel, free)
        made = GATEWAYS[self.account.gateway]
        units = made.serves(self.access.values)
        named = tuple(sorted(units)) if units is not None else None
        return outbox.Capacity(self.account.pk, channel, free, self.account.unit.path, named, made.a_minute)

    def refill(self) -> None:
        """Token bucket: at most a second's worth is saved up."""
        present = time.monotonic()
        rate = self.account.rate_per_s
        self.allowance = min(float(rate), self.allowance + (present - self.filled_at) * rate)
        self.filled_at = present


@dataclass(frozen=True)
class Polled:
    """What a gateway had for us when it was asked."""

    receipts: Sequence[Receipt]
    replies: Sequence[Reply]


@dataclass(frozen=True)
class Balance:
    """What is left on the account, in the gateway's words."""

    text: str


Came = Accepted | Receipt | Polled | Balance | Exception | None


@dataclass(frozen=True)
class Done:
    """What a thread brings back about a delivery, or (key 0) about the account itself. None: nothing new is known."""

    account: int
    key: int
    came: Came


def send(line: Line, message: Outgoing) -> Accepted:
    return GATEWAYS[line.account.gateway].send(line.access, message)


def look_up(line: Line, row: Delivery) -> Receipt | Accepted:
    """What became of it. A look-up that is refused says nothing of the message, which may well have been taken."""
    try:
        found = GATEWAYS[line.account.gateway].look_up(line.access, row.reference, row.provider_id, row.address)
    except Refused as error:
        raise Unsure(f"look-up: {error}") from error
    return found if found is not None else Accepted(row.provider_id, parts=0)


def look_back(line: Line, row: Delivery) -> Receipt | None:
    """What became of what was taken. That the gateway knows nothing of it any more is no news either, and a refused
    look-up must not count as a refused message.
    """
    try:
        return GATEWAYS[line.account.gateway].look_up(line.access, row.reference, row.provider_id, row.address)
    except NotThere:
        return None
    except Refused as error:
        raise Unsure(f"look-up: {error}") from error


def poll(line: Line) -> Polled:
    return Polled(*GATEWAYS[line.account.gateway].poll(line.access))


def balance(line: Line) -> Balance:
    return Balance(GATEWAYS[line.account.gateway].balance(line.access))


def can_ask(line: Line) -> bool:
    return GATEWAYS[line.account.gateway].looks_up(line.access)


def said_of(error: Exception) -> str:
    """What an account's page says of a failure: a gateway's own words, or what kind of failure it was."""
    return str(error) if isinstance(error, (Refused, Unsure)) else f"{type(error).__name__}: {error}"


def threads(account: Account) -> int:
    """A call is placed within a second and then holds a line, not a thread."""
    return max(1, min(account.lines, 64))


def same(one: Account, other: Account) -> bool:
    names = ("gateway", "settings", "lines")
    return all(getattr(one, name) == getattr(other, name) for name in names) and bytes(one.sealed) == bytes(
        other.sealed
    )


def access_to(row: Account, client: httpx.Client | None = None) -> Access | None:
    """The account as its gateway sees it; None where its credentials cannot be opened, which is written down. Without
    ``client`` it gets one of its own, which takes tens of milliseconds to make.
    """
    try:
        secrets = unseal(row.sealed)
    except CannotOpen:
        outbox.write_health(set(), {row.pk: "SECRET_KEY has changed: enter the credentials again"}, {row.pk: 1})
        return None
    if client is None:
        limits = httpx.Limits(max_connections=threads(row), max_keepalive_connections=threads(row))
        client = httpx.Client(timeout=TIMEOUT_S, limits=limits, trust_env=False, follow_redirects=False)
    templates = {one.key: (one.vendor_code, tuple(one.params)) for one in row.templates.all()}
    return Access(row.code, {**row.settings, **secrets}, client, templates)
