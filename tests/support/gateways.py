"""A gateway to nowhere, for tests: it keeps what it was given and fails as it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from notify.actions.deliver import Deliverer
from notify.gateways.contract import GATEWAYS, SMS, VOICE, Accepted, Access, Gateway, NotThere, Outgoing, Receipt
from notify.models import Account
from org.models import Unit
from org.rules.tokens import digest_of
from tests.support.processes import PATIENCE

TOKEN = "token-of-a-test"


class Nowhere(Gateway):
    """``error`` is raised by `send`, after the message was taken where ``takes_first``."""

    code = "nowhere"
    label = "nowhere"
    channels = (SMS, VOICE)

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.error: Exception | None = None
        self.fails_for: set[str] = set()
        self.takes_first = False
        self.waits_s = 0.0
        self.can_look_up = False  # type: ignore[misc]
        self.known: dict[str, str] = {}
        self.looked_up: list[str] = []
        self.look_up_error: Exception | None = None
        self._lock = threading.Lock()

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.sent]

    @property
    def addresses(self) -> list[str]:
        return [one.address for one in self.sent]

    def send(self, access: Access, message: Outgoing) -> Accepted:
        if self.waits_s:
            time.sleep(self.waits_s)
        fails = self.error is not None and (not self.fails_for or message.address in self.fails_for)
        if not fails or self.takes_first:
            with self._lock:
                self.sent.append(message)
        if fails and self.error is not None:
            raise self.error
        return Accepted(f"n-{message.reference}")

    def look_up(self, access: Access, reference: str, provider_id: str, address: str) -> Receipt | None:
        self.looked_up.append(reference)
        if self.look_up_error is not None:
            raise self.look_up_error
        if reference in self.known:
            return Receipt(self.known[reference], reference)
        if any(one.reference == reference for one in self.sent):
            return None
        raise NotThere(reference)


@contextmanager
def gateway(channels: tuple[str, ...] = (SMS,), code: str = "nowhere", **more: Any) -> Iterator[Nowhere]:
    """A `Nowhere` with an account that serves these channels, the only ones there are."""
    made = Nowhere()
    Account.objects.update(enabled=False)
    account(code, channels, **more)
    with GATEWAYS.lent({"nowhere": made}):
        yield made


def account(code: str = "nowhere", channels: tuple[str, ...] = (SMS,), **more: Any) -> Account:
    county = Unit.objects.filter(level=Unit.Level.COUNTY).defer("boundary").first()
    fields = {"gateway": "nowhere", "name": code, "unit": county, "rate_per_s": 1000, "lines": 60, **more}
    return Account.objects.create(code=code, channels=list(channels), inbound_digest=digest_of(TOKEN), **fields)


def deliver(deliverer: Deliverer | None = None, seconds: float = 10.0) -> int:
    """Turn until nothing is due and nothing is on its way; returns how many were handed over or settled."""
    at_work = deliverer or Deliverer()
    count, until = 0, time.monotonic() + seconds * PATIENCE
    while time.monotonic() < until:
        done = at_work.turn()
        count += done
        if not done and at_work.idle():
            break
        if not done:
            time.sleep(0.005)
    if deliverer is None:
        at_work.close()
    return count
