"""The deliverer: a process of its own that hands queued deliveries to gateways (docs/adr/0046).

One loop owns the database; threads of a pool for each account speak with the gateways and know nothing of it. A turn
writes down what the threads have brought back, looks after what is unsure, claims as many deliveries as each account
has room for, commits, and gives them to its pool. A gateway that hangs holds its own threads only.
"""

from __future__ import annotations

import datetime as dt
import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import httpx

from database.clock import now
from notify.actions import outbox
from notify.actions.inbound import take_receipts
from notify.files.sealing import CannotOpen, unseal
from notify.gateways.contract import (
    GATEWAYS,
    PLACES,
    TIMEOUT_S,
    VOICE,
    Accepted,
    Access,
    NotThere,
    Outgoing,
    Receipt,
    Refused,
    Unsure,
)
from notify.models import Account, Delivery
from notify.selectors.wording import outgoing

HANDED_OVER = Delivery.State.HANDED_OVER
_log = logging.getLogger(__name__)

LOOK_UP_AFTER_S = 2 * TIMEOUT_S
LOOK_UP_EVERY_S = 5.0
PLAYED_EVERY_S = 20.0
"""How often a platform is asked whether its loudspeakers have spoken."""
ACCOUNTS_S = 1.0
"""How long the list of accounts is kept."""


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

    def resting(self) -> bool:
        until = self.account.resting_until
        return until is not None and until > now()

    def may_ask(self, key: int, every_s: float) -> bool:
        """Whether it is time to ask about a delivery (again): a gateway that is away is not asked all the time."""
        present = time.monotonic()
        if present - self.asked_at.get(key, float("-inf")) < every_s:
            return False
        recent = {old: at for old, at in self.asked_at.items() if present - at < PLAYED_EVERY_S}
        self.asked_at = recent | {key: present}
        return True

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
class Done:
    """What a thread brings back: `Accepted`, `Receipt`, or an exception such as `Refused`, `Unsure`, `NotThere`."""

    account: int
    key: int
    came: Accepted | Receipt | Exception | None


class Deliverer:
    """Not safe for threads: one loop calls `turn`."""

    def __init__(self) -> None:
        self._lines: dict[int, Line] = {}
        self._done: queue.SimpleQueue[Done] = queue.SimpleQueue()
        self._read_at = float("-inf")
        self._came = threading.Event()

    def turn(self) -> int:
        """One turn; returns how many deliveries it handed over or settled."""
        settled = self._settle()
        self._read_accounts()
        return settled + self._look_after() + self._hand_over()

    def wait(self, seconds: float) -> None:
        """Until a thread brings something back, or so long."""
        self._came.wait(seconds)
        self._came.clear()

    def idle(self) -> bool:
        return not any(line.in_hand for line in self._lines.values()) and self._done.empty()

    def close(self) -> None:
        """Wait for what is on its way, at most for one request, and write down what came of it."""
        for line in self._lines.values():
            line.pool.shutdown(wait=True)
        self._settle()
        for line in self._lines.values():
            line.access.http.close()

    # Accounts

    def _read_accounts(self) -> None:
        if time.monotonic() - self._read_at < ACCOUNTS_S:
            return
        self._read_at = time.monotonic()
        rows = Account.objects.filter(enabled=True, gateway__in=list(GATEWAYS)).prefetch_related("templates")
        rows = rows.select_related("unit").defer("unit__boundary")
        known = {row.pk: row for row in rows}
        for key in self._lines.keys() - known.keys():
            if not self._lines[key].in_hand:
                self._close(key)
        for key, row in known.items():
            line = self._lines.get(key)
            if line is not None and _same(line.account, row):
                line.account = row
            elif line is None or not line.in_hand:
                self._close(key)
                self._open(row)

    def _open(self, row: Account) -> None:
        access = access_to(row)
        if access is not None:
            pool = ThreadPoolExecutor(_threads(row), thread_name_prefix=f"gateway-{row.code}")
            self._lines[row.pk] = Line(row, access, pool)

    def _close(self, key: int) -> None:
        line = self._lines.pop(key, None)
        if line is not None:
            line.pool.shutdown(wait=False, cancel_futures=True)
            line.access.http.close()

    # Handing over

    def _hand_over(self) -> int:
        offers = self._offers()
        claimed = outbox.claim(offers) if offers else []
        for row in claimed:
            line = self._lines[row.account_id or 0]
            line.in_hand.add(row.pk)
            line.allowance -= 1
            message = outgoing(row)
            self._submit(line, row.pk, partial(_send, line, message))
        return len(claimed)

    def _offers(self) -> list[outbox.Capacity]:
        """What each account that is not resting takes now, the one with the lowest priority number first."""
        busy = outbox.calls_out() if any(VOICE in line.account.channels for line in self._lines.values()) else {}
        offers = []
        for line in sorted(self._lines.values(), key=lambda line: (line.account.priority, line.account.pk)):
            account = line.account
            line.refill()
            if line.resting():
                continue
            room = min(int(line.allowance), _threads(account) - len(line.in_hand))
            if account.failures >= outbox.TRIPS_AFTER:
                room = min(room, 1 - len(line.in_hand))  # after a rest one message tries, not all of them
            for channel in account.channels:
                lines = account.lines - busy.get(account.pk, 0) if channel == VOICE else room
                if (free := min(room, lines)) > 0:
                    offers.append(line.offer(channel, free))
        return offers

    def _submit(self, line: Line, key: int, ask: Callable[[], Accepted | Receipt | None]) -> None:
        account = line.account.pk

        def work() -> None:
            try:
                came: Accepted | Receipt | Exception | None = ask()
            except Exception as error:  # a gateway may fail in any way it likes
                came = error
            self._done.put(Done(account, key, came))
            self._came.set()

        line.pool.submit(work)

    # What came back

    def _settle(self) -> int:
        done = self._drain()
        if not done:
            return 0
        fees = {key: line.account.fee_fen for key, line in self._lines.items()}
        taken = [
            outbox.Taken(one.key, one.came.provider_id, one.came.parts, one.came.parts * fees.get(one.account, 0))
            for one in done if isinstance(one.came, Accepted)
        ]  # fmt: skip
        declined = [
            outbox.Declined(one.key, str(one.came), one.came.permanent, one.came.outcome)
            for one in done if isinstance(one.came, Refused)
        ]  # fmt: skip
        outbox.write_taken(taken)
        outbox.write_declined(declined)
        take_receipts([(self._lines[one.account].account, one.came) for one in done if isinstance(one.came, Receipt)])
        outbox.send_again([one.key for one in done if isinstance(one.came, NotThere)], repeated=False)
        self._note_health(done)
        return len(done)

    def _drain(self) -> list[Done]:
        done = []
        while not self._done.empty():
            one = self._done.get()
            if (line := self._lines.get(one.account)) is not None:
                line.in_hand.discard(one.key)
            done.append(one)
        return done

    def _note_health(self, done: Sequence[Done]) -> None:
        """An account of which something came back well is at work, whatever else failed."""
        good, bad = set[int](), defaultdict[int, list[Exception]](list)
        for one in done:
            if isinstance(one.came, Exception) and not _its_own_fault(one.came):
                bad[one.account].append(one.came)
            else:
                good.add(one.account)
        counts = {}
        for key, errors in bad.items():
            if (line := self._lines.get(key)) is None:
                continue
            _log.warning("account %s failed %s times: %r", line.account.code, len(errors), errors[-1])
            counted = outbox.failures_in_a_row(line.account.failures, len(errors), resting=line.resting())
            if key not in good and counted != line.account.failures:
                counts[key] = counted
        outbox.write_health(good, {key: said_of(errors[-1]) for key, errors in bad.items()}, counts)
        if bad:
            self._read_at = float("-inf")  # whoever rests now is asked no more

    # What nobody knows

    def _look_after(self) -> int:
        """Ask gateways about what was handed over without an answer. Where one cannot be asked, a receipt may come for
        a minute; then it is sent again, and marked.
        """
        waiting = [row for row in outbox.unsure(LOOK_UP_AFTER_S) if not self._in_hand(row)]
        lost = []
        for row in waiting:
            line = self._lines.get(row.account_id or 0)
            if line is not None and GATEWAYS[line.account.gateway].looks_up(line.access):
                if line.may_ask(row.pk, LOOK_UP_EVERY_S if row.state == HANDED_OVER else PLAYED_EVERY_S):
                    line.in_hand.add(row.pk)
                    self._submit(line, row.pk, partial(_look_up, line, row))
            elif row.state == HANDED_OVER and row.handed_over_at is not None and _is_over(row.handed_over_at):
                lost.append(row.pk)
        return outbox.send_again(lost, repeated=True) if lost else 0

    def _in_hand(self, row: Delivery) -> bool:
        line = self._lines.get(row.account_id or 0)
        return line is not None and row.pk in line.in_hand


def _is_over(handed_over_at: dt.datetime) -> bool:
    """Whether a receipt is not waited for any more."""
    return (now() - handed_over_at).total_seconds() > outbox.UNSURE_S


def _send(line: Line, message: Outgoing) -> Accepted:
    return GATEWAYS[line.account.gateway].send(line.access, message)


def _look_up(line: Line, row: Delivery) -> Receipt | Accepted | None:
    """What became of it; None where that is no news. A look-up that is refused says nothing of the message, which may
    well have been taken.
    """
    try:
        found = GATEWAYS[line.account.gateway].look_up(line.access, row.reference, row.provider_id, row.address)
    except Refused as error:
        raise Unsure(f"look-up: {error}") from error
    if found is None and row.state == HANDED_OVER:
        return Accepted(row.provider_id, parts=0)
    return found


def said_of(error: Exception) -> str:
    """What an account's page says of a failure: a gateway's own words, or what kind of failure it was."""
    return str(error) if isinstance(error, (Refused, Unsure)) else f"{type(error).__name__}: {error}"


def _its_own_fault(error: Exception) -> bool:
    """A refusal of one address says nothing of the gateway."""
    return isinstance(error, NotThere) or (isinstance(error, Refused) and error.permanent)


def _threads(account: Account) -> int:
    """A call is placed within a second and then holds a line, not a thread."""
    return max(1, min(account.lines, 64))


def _same(one: Account, other: Account) -> bool:
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
        limits = httpx.Limits(max_connections=_threads(row), max_keepalive_connections=_threads(row))
        client = httpx.Client(timeout=TIMEOUT_S, limits=limits, trust_env=False, follow_redirects=False)
    templates = {one.key: (one.vendor_code, tuple(one.params)) for one in row.templates.all()}
    return Access(row.code, {**row.settings, **secrets}, client, templates)
