"""A county's own box as a process of its own (``uvicorn tests.support.box:application``), for chaos tests
and the bench.

It verifies each signature, answers after a while, holds calls, and fails as ``POST /control`` says. It knows nothing of
Django. ``GET /state``: what it took.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import time
from typing import Any

import httpx

SECRET = os.environ.get("BOX_SECRET", "secret-of-the-box").encode()


class Box:
    """``fault``: "" works, "hangs" takes the message and never answers, "away" answers 503. ``hang_share``: of so many
    in a hundred the first attempt hangs. ``no_receipt``: so many in a hundred get none. ``doubled``: each receipt comes
    twice, and before the next one's. ``receipts``: where calls and texts are reported, empty for nowhere.
    """

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {
            "answer_s": 0.5, "hold_s": 0.0, "lines": 10_000, "fault": "", "hang_share": 0, "no_receipt": 0,
            "doubled": False, "receipts": "", "token": "",
        }  # fmt: skip
        self.taken: list[tuple[str, str, str, float]] = []
        self.known: dict[str, str] = {}
        self.busy = self.most_busy = self.over = self.wrong = 0
        self.reports: set[asyncio.Task[None]] = set()
        self.http: httpx.AsyncClient | None = None

    def __getitem__(self, name: str) -> Any:
        return self.settings[name]

    def state(self) -> dict[str, Any]:
        return {
            "taken": self.taken, "most_busy": self.most_busy, "over": self.over, "wrong": self.wrong,
            "reports": len(self.reports),
        }  # fmt: skip


BOX = Box()


async def application(scope: Any, receive: Any, send: Any) -> None:
    body = b""
    while True:
        part = await receive()
        if part["type"] != "http.request":
            return
        body += part.get("body", b"")
        if not part.get("more_body"):
            break
    status, told = await _answer(scope, body)
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(told).encode()})


async def _answer(scope: Any, body: bytes) -> tuple[int, dict[str, Any]]:
    path = scope["path"]
    if path == "/state":
        return 200, BOX.state()
    if path == "/control":
        BOX.settings |= json.loads(body)
        return 200, {}
    signature = dict(scope["headers"]).get(b"x-signature", b"").decode()
    if not hmac.compare_digest(signature, hmac.new(SECRET, body, hashlib.sha256).hexdigest()):
        BOX.wrong += 1
        return 401, {"error": "signature"}
    if BOX["fault"] == "away":
        return 503, {}
    if path.startswith("/look/"):
        reference = path.removeprefix("/look/")
        return (200, {"outcome": BOX.known[reference]}) if reference in BOX.known else (404, {})
    return await _take(json.loads(body))


async def _take(message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    reference, to, channel = message["reference"], message["to"], message["channel"]
    call = channel == "voice"
    if call and BOX.busy >= BOX["lines"]:
        BOX.over += 1
        return 429, {"error": "all lines are busy"}
    BOX.taken.append((reference, to, channel, time.time()))
    BOX.known.setdefault(reference, "")
    if call:
        BOX.busy += 1
        BOX.most_busy = max(BOX.most_busy, BOX.busy)
    report = asyncio.create_task(_report(reference, to, call))
    BOX.reports.add(report)
    report.add_done_callback(BOX.reports.discard)
    if BOX["fault"] == "hangs" or _share(reference) < BOX["hang_share"]:
        await asyncio.sleep(20)
    await asyncio.sleep(BOX["answer_s"])
    return 200, {"id": f"box-{reference}"}


def _share(reference: str) -> int:
    """0 to 99, the same for a reference each time."""
    return int(hashlib.sha256(reference.encode()).hexdigest(), 16) % 100


async def _report(reference: str, to: str, call: bool) -> None:
    await asyncio.sleep(BOX["answer_s"] + (BOX["hold_s"] if call else 0))
    if call:
        BOX.busy -= 1
    outcome = "heard" if call else "delivered"
    BOX.known[reference] = outcome
    if not BOX["receipts"] or _share(reference + "r") < BOX["no_receipt"]:
        return
    if BOX["doubled"]:
        await asyncio.sleep(_share(reference + "o") / 100)  # out of order
    BOX.http = BOX.http or httpx.AsyncClient(trust_env=False, timeout=10)
    for _ in range(2 if BOX["doubled"] else 1):
        for _attempt in range(5):
            try:
                answer = await BOX.http.post(
                    BOX["receipts"], json={"reference": reference, "outcome": outcome, "phone": to},
                    headers={"Authorization": f"Token {BOX['token']}"},
                )  # fmt: skip
                if answer.status_code < 400:
                    break
            except httpx.HTTPError:
                pass
            await asyncio.sleep(1)
