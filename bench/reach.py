"""The call-out of a county by one deliverer: 506 people by voice over 130 lines, and 5,000 texts, through a box in a
process of its own that verifies each signature (tests/support/box.py), beside a bare client that only posts the same.

``HOLD_S``: how long a call holds its line (45 s in operation; the limit of 180 s is scaled with it).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from django.db import connection, connections

from bench.report import beside
from database import rows
from journal.actions.recording import SYSTEM
from notify.actions.lines import access_to
from notify.actions.messages import send_all
from notify.files.sealing import seal
from notify.gateways.contract import GATEWAYS, Outgoing
from notify.models import Account, Delivery, Message
from notify.rules.notices import Notice
from notify.rules.references import reference
from org.models import Person, Unit
from org.rules.tokens import digest_of

HOLD_S = float(os.environ.get("HOLD_S", "45"))
ANSWER_S = 0.5
BY_LEVEL = {"county": 38, "township": 72, "village": 396}
PEOPLE, TEXTS, LINES, THREADS = sum(BY_LEVEL.values()), 5000, 130, 64
LIMIT_CALLS_S, LIMIT_TEXTS_S, WHOLE_HOLD_S = 180.0, 60.0, 45.0
BOX_PORT, WEB_PORT = 8921, 8922
RUN = f"{int(time.time()):x}"
TOKEN, SECRET = "token-of-the-bench", "secret-of-the-box"
FLAGS = ["--ws", "none", "--no-access-log", "--lifespan", "off", "--log-level", "error"]


def run() -> None:
    with _server("tests.support.box:application", BOX_PORT), _server("bench.unbounded:application", WEB_PORT):
        _calls()
        _texts()


def _calls() -> None:
    _control(answer_s=ANSWER_S, hold_s=HOLD_S, lines=LINES, receipts=_door(), token=TOKEN)
    account = _account(f"bench-voice-{RUN}", "voice", lines=LINES)
    phones = _phones(PEOPLE)
    _queue("voice", phones)
    with _deliverer():
        began = time.time()
        _until(lambda: _handed_over(account) >= PEOPLE, 400)
        taken = _first_calls(began)
        took = max(taken) if taken else 0.0
    limit = LIMIT_CALLS_S * HOLD_S / WHOLE_HOLD_S
    beside(f"{PEOPLE} first calls, {LINES} lines, held {HOLD_S:.0f} s", took, "limit", limit, "s")
    state = _state()
    print(f"  lines busy at most {state['most_busy']}, refused for want of a line {state['over']},"
          f" wrong signatures {state['wrong']}, calls taken {len(taken)}", flush=True)  # fmt: skip


def _texts() -> None:
    account = _account(f"bench-sms-{RUN}", "sms", lines=THREADS)
    _control(receipts="")
    phones = _phones(TEXTS)
    bare = _bare(account, phones)
    before = len(_state()["taken"])
    _queue("sms", phones)
    with _deliverer():
        began = time.time()
        _until(lambda: _handed_over(account, answered=True) >= TEXTS, 400)
        taken = [row for row in _state()["taken"][before:] if row[2] == "sms"]
        took = max(row[3] for row in taken) - began
    beside(f"{TEXTS:,} texts handed over", took, "limit", LIMIT_TEXTS_S, "s")
    beside(f"{TEXTS:,} texts handed over", took, "bare client", bare, "s")
    print(f"  texts taken {len(taken)}, of them different {len({row[0] for row in taken})}", flush=True)


def _bare(account: Account, phones: list[str]) -> float:
    """The floor: as many threads post the same signed requests, and write nothing down."""
    access = access_to(account)
    made = GATEWAYS[account.gateway]

    def post(number: int) -> None:
        made.send(access, Outgoing(reference(10**9 + number, 1), "sms", phones[number], "演练"))  # type: ignore[arg-type]

    began = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(post, range(len(phones))))
    return time.monotonic() - began


def _account(code: str, channel: str, lines: int) -> Account:
    Account.objects.update(enabled=False)
    county = Unit.objects.filter(level=Unit.Level.COUNTY).defer("boundary").first()
    fields: dict[str, Any] = {
        "gateway": "generic", "name": code, "unit": county, "channels": [channel], "lines": lines, "rate_per_s": 500,
        "settings": {
            "url": f"http://127.0.0.1:{BOX_PORT}/send", "look_up_url": f"http://127.0.0.1:{BOX_PORT}/look/",
        },
        "sealed": seal({"secret": SECRET}), "inbound_digest": digest_of(TOKEN), "enabled": True,
    }  # fmt: skip
    return Account.objects.update_or_create(code=code, defaults=fields)[0]


def _door() -> str:
    return f"http://127.0.0.1:{WEB_PORT}/api/v1/inbound/receipt/bench-voice-{RUN}/"


def _phones(count: int) -> list[str]:
    return [f"139{number:08d}" for number in range(count)]


def _queue(channel: str, phones: list[str]) -> None:
    """One message each, as an alarm queues them, to the people of the register in turn."""
    Delivery.objects.filter(state="queued").update(state="cancelled")
    people = _people()
    held = list(Account.objects.filter(enabled=True).values_list("pk", flat=True))
    Account.objects.filter(pk__in=held).update(enabled=False)  # the queue is filled by hand, to as many as are wanted
    notices = [
        Notice(people[n % len(people)], "duty.gap", f"gap:{10**6 + n}", "33.11.26", data={}, alarm=True)
        for n in range(len(phones))
    ]
    messages: list[Message] = send_all(notices, by=SYSTEM)
    columns = ("message_id", "channel", "address", "state", "then", "urgent", "attempts", "error")
    lines: list[tuple[Any, ...]] = [
        (message.pk, channel, phone, "queued", [], True, 0, "") for message, phone in zip(messages, phones, strict=True)
    ]
    rows.insert(Delivery, columns, lines)
    Account.objects.filter(pk__in=held).update(enabled=True)


def _people() -> list[int]:
    """Of each level as many as the call-out of the case asks for; a level that has fewer is begun again."""
    found: list[int] = []
    for level, wanted in BY_LEVEL.items():
        able = Person.objects.filter(is_active=True, appointments__unit__level=level, appointments__valid_to=None)
        keys = list(able.exclude(pk__in=found).order_by("pk").distinct().values_list("pk", flat=True))
        found += [keys[n % len(keys)] for n in range(wanted)]
    return found


def _handed_over(account: Account, *, answered: bool = False) -> int:
    found = Delivery.objects.filter(account=account).exclude(state="queued")
    return (found.exclude(state="handed_over") if answered else found).count()


def _first_calls(began: float) -> list[float]:
    """Seconds until the box took the first call to each number."""
    first: dict[str, float] = {}
    for _reference, to, channel, at in _state()["taken"]:
        if channel == "voice":
            first.setdefault(to, at - began)
    return list(first.values())


@contextlib.contextmanager
def _deliverer() -> Iterator[None]:
    connections.close_all()
    process = subprocess.Popen([sys.executable, "manage.py", "deliverer"])
    try:
        _until(_pulsed, 60)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _pulsed() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM journal_pulse WHERE name = 'deliverer' AND at > sanji_now() - interval '2 s'")
        return cursor.fetchone() is not None


def _until(holds: Any, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise SystemExit("it did not come to an end")
        time.sleep(0.1)


@contextlib.contextmanager
def _server(application: str, port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port), *FLAGS]
    process = subprocess.Popen(command, env={**os.environ, "BOX_SECRET": SECRET})
    try:
        _until(lambda: _answers(port), 60)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2, trust_env=False).status_code < 500
    return False


def _control(**settings: Any) -> None:
    httpx.post(f"http://127.0.0.1:{BOX_PORT}/control", json=settings, trust_env=False)


def _state() -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"http://127.0.0.1:{BOX_PORT}/state", timeout=30, trust_env=False).json()
    return found
