"""The deliverer: a process of its own that hands queued deliveries to gateways (docs/adr/0046).

One loop owns the database; threads of a pool for each account speak with the gateways and know nothing of it. A turn
writes down what the threads have brought back, looks after what is unsure, claims as many deliveries as each account
has room for, commits, and gives them to its pool. A gateway that hangs holds its own threads only.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import InterfaceError, OperationalError

from database.clock import now
from notify.actions import outbox
from notify.actions.inbound import take_receipts, take_reply
from notify.actions.lines import (
    NO_RECEIPT_EVERY_S,
    Balance,
    Came,
    Done,
    Line,
    Polled,
    access_to,
    balance,
    can_ask,
    look_back,
    look_up,
    poll,
    said_of,
    same,
    send,
    threads,
)  # fmt: skip
from notify.actions.push import note_used
from notify.gateways.contract import (
    GATEWAYS,
    LOUDSPEAKER,
    PUSH,
    TIMEOUT_S,
    VOICE,
    Accepted,
    NotThere,
    Receipt,
    Refused,
)
from notify.models import Account, Delivery
from notify.selectors.push import subscriptions_of
from notify.selectors.wording import outgoing

_log = logging.getLogger(__name__)

LOOK_UP_AFTER_S = 2 * TIMEOUT_S
NO_RECEIPT_S = 120.0
"""What was taken and has no receipt after so long is asked about, where the gateway can be asked."""
PLAYED_EVERY_S = 20.0
"""How often a platform is asked whether its loudspeakers have spoken."""
LOOK_BACK_S = 10.0
"""Between two searches for what has no receipt."""
POLL_S = 30.0
BALANCE_S = 600.0
ACCOUNTS_S = 1.0
"""How long the list of accounts is kept."""
ACCOUNT = 0
"""In place of a delivery's key: a question about the account itself."""


class Deliverer:
    """Not safe for threads: one loop calls `turn`."""

    def __init__(self) -> None:
        self._lines: dict[int, Line] = {}
        self._done: queue.SimpleQueue[Done] = queue.SimpleQueue()
        self._read_at = float("-inf")
        self._looked_back_at = float("-inf")
        self._came = threading.Event()

    def turn(self) -> int:
        """One turn; returns how many deliveries it handed over or settled."""
        settled = self._settle()
        self._read_accounts()
        self._ask_accounts()
        self._look_back()
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
            if line is not None and same(line.account, row):
                line.account = row
            elif line is None or not line.in_hand:
                self._close(key)
                self._open(row)

    def _open(self, row: Account) -> None:
        access = access_to(row)
        if access is not None:
            pool = ThreadPoolExecutor(threads(row), thread_name_prefix=f"gateway-{row.code}")
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
        browsers = subscriptions_of({row.message.person_id or 0 for row in claimed if row.channel == PUSH})
        for row in claimed:
            line = self._lines[row.account_id or 0]
            line.in_hand.add(row.pk)
            line.allowance -= 1
            message = outgoing(row, browsers)
            self._submit(line, row.pk, partial(send, line, message))
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
            room = min(int(line.allowance), threads(account) - len(line.in_hand))
            if account.failures >= outbox.TRIPS_AFTER:
                room = min(room, 1 - len(line.in_hand))  # after a rest one message tries, not all of them
            for channel in account.channels:
                lines = account.lines - busy.get(account.pk, 0) if channel == VOICE else room
                if (free := min(room, lines)) > 0:
                    offers.append(line.offer(channel, free))
        return offers

    def _submit(self, line: Line, key: int, ask: Callable[[], Came]) -> None:
        account = line.account.pk

        def work() -> None:
            try:
                came: Came = ask()
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
        try:
            self._write(done)
        except (InterfaceError, OperationalError):  # the database restarts: what a poll brought is not given out again
            for one in done:
                if isinstance(one.came, Polled):
                    self._done.put(one)
            raise
        return len(done)

    def _write(self, done: Sequence[Done]) -> None:
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
        accepted = [one.came for one in done if isinstance(one.came, Accepted)]
        lost = [one.came for one in done if isinstance(one.came, Refused)]
        gone = [place for came in accepted for place in came.gone] + [place for came in lost for place in came.gone]
        note_used([place for came in accepted for place in came.reached], gone)
        take_receipts([(self._lines[one.account].account, one.came) for one in done if isinstance(one.came, Receipt)])
        for one in done:
            self._take_of_account(one)
        outbox.send_again([one.key for one in done if isinstance(one.came, NotThere)], repeated=False)
        self._note_health(done)

    def _take_of_account(self, one: Done) -> None:
        account = self._lines[one.account].account if one.account in self._lines else None
        if account is None:
            return
        if isinstance(one.came, Balance):
            outbox.write_balance(account.pk, one.came.text)
        elif isinstance(one.came, Polled):
            take_receipts([(account, receipt) for receipt in one.came.receipts])
            for reply in one.came.replies:
                take_reply(account, reply)

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
            if line is not None and can_ask(line):
                if line.may_ask(row.pk):
                    line.in_hand.add(row.pk)
                    self._submit(line, row.pk, partial(look_up, line, row))
            elif row.handed_over_at is not None and (now() - row.handed_over_at).total_seconds() > outbox.UNSURE_S:
                lost.append(row.pk)
        return outbox.send_again(lost, repeated=True) if lost else 0

    def _look_back(self) -> None:
        """Ask about what was taken long ago and has no receipt: pushes get lost."""
        if time.monotonic() - self._looked_back_at < LOOK_BACK_S:
            return
        self._looked_back_at = time.monotonic()
        able = {key: line for key, line in self._lines.items() if can_ask(line)}
        if not able:
            return
        for line in able.values():
            line.forget()
        for row in outbox.without_receipt(list(able), NO_RECEIPT_S):
            line = able[row.account_id or 0]
            room = threads(line.account) - len(line.in_hand)
            every_s = PLAYED_EVERY_S if row.channel == LOUDSPEAKER else NO_RECEIPT_EVERY_S
            if room > 1 and row.pk not in line.in_hand and line.may_ask(row.pk, every_s):
                line.in_hand.add(row.pk)
                self._submit(line, row.pk, partial(look_back, line, row))

    def _ask_accounts(self) -> None:
        """Receipts and replies of gateways that are asked for them, and what is left on an account: in the pool of the
        account, one question of it at a time.
        """
        present = time.monotonic()
        for line in self._lines.values():
            if ACCOUNT in line.in_hand or line.resting():
                continue
            kind = GATEWAYS[line.account.gateway]
            if kind.can_poll and present - line.polled_at >= POLL_S:
                line.polled_at = present
                self._ask(line, partial(poll, line))
            elif kind.tells_balance(line.access) and present - line.balance_at >= BALANCE_S:
                line.balance_at = present
                self._ask(line, partial(balance, line))

    def _ask(self, line: Line, ask: Callable[[], Came]) -> None:
        line.in_hand.add(ACCOUNT)
        self._submit(line, ACCOUNT, ask)

    def _in_hand(self, row: Delivery) -> bool:
        line = self._lines.get(row.account_id or 0)
        return line is not None and row.pk in line.in_hand


def _its_own_fault(error: Exception) -> bool:
    """A refusal of one address, or of one service behind the gateway, says nothing of the gateway."""
    return isinstance(error, NotThere) or (isinstance(error, Refused) and (error.permanent or error.elsewhere))
