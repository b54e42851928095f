"""One 600-byte event to thousands of sockets on one core: the hub from commit to arrival, beside a bare broadcaster."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import resource
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.request import Request, urlopen

from django.db import connection, transaction

from bench.report import beside
from journal.actions.recording import SYSTEM, Fact, record_all
from journal.rules.subjects import subject_kinds
from org.models import Person

subject_kinds(bench="")

SIZES = [int(word) for word in os.environ.get("SIZES", "1000 3000 5000").split()]
ROUNDS = 7
FRAME_BYTES = 600
FLAGS = ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--no-access-log", "--lifespan", "off"]
FLAGS += ["--ws-ping-interval", "3600"]  # the listeners read only
PORT = 8907


def run() -> None:
    sizes = [size for size in SIZES if size + 100 < resource.getrlimit(resource.RLIMIT_NOFILE)[0]]
    if sizes != SIZES:
        print(f"too few open files allowed for {SIZES[-1]} sockets: raise ulimit -n")
    bare = _measure("bench.bare:application", "/", "", _push_bare, sizes)
    token = _token()
    ours = _measure("bench.unbounded:application", "/ws/live/", token, _push_event, sizes)
    for size in sizes:
        for place, name in enumerate(("p50", "p95")):
            beside(f"one event to {size:,} sockets, {name}", ours[size][place], "bare ASGI", bare[size][place], "ms")


def _token() -> str:
    from knox.models import AuthToken

    return AuthToken.objects.create(Person.objects.get(username="officer"))[1]


def _measure(
    application: str, path: str, token: str, push: Callable[[str], float], sizes: list[int]
) -> dict[int, tuple[float, float]]:
    """Size → medians over the rounds of each round's p50 and p95, ms."""
    found, opened = {}, 0
    with _server(application), _crowd(path, token) as ask:
        for size in sizes:
            began = time.monotonic()
            ask(f"open {size - opened}")
            rate = (size - opened) / (time.monotonic() - began)
            opened = size
            rounds = [_round(ask, push, size) for _ in range(ROUNDS)]
            found[size] = (statistics.median(r[0] for r in rounds), statistics.median(r[1] for r in rounds))
            print(f"  {application}: {size} sockets, {rate:.0f} joined a second", flush=True)
    return found


def _round(ask: Callable[[str], str], push: Callable[[str], float], size: int) -> tuple[float, float]:
    word = secrets.token_hex(8)
    ask(f"expect {word}")
    began = push(word)
    answer = json.loads(ask("wait"))
    times = sorted((at - began) * 1000 for at in answer["arrived"])
    if len(times) != size:
        raise SystemExit(f"{len(times)} of {size} got the frame, {answer['lost']} sockets were lost")
    return times[size // 2], times[size * 95 // 100]


def _push_event(word: str) -> float:
    """Record and commit; the time starts before the transaction."""
    began = time.monotonic()
    with transaction.atomic():
        fact = Fact("bench.happened", "bench:1", "33.11.26.206", card={"word": word, "text": "x" * (FRAME_BYTES - 190)})
        record_all([fact], by=SYSTEM)
    return began


def _push_bare(word: str) -> float:
    body = json.dumps({"word": word, "text": "x" * (FRAME_BYTES - 45)}).encode()
    began = time.monotonic()
    urlopen(Request(f"http://127.0.0.1:{PORT}/", data=body, method="POST"), timeout=60).close()
    return began


@contextlib.contextmanager
def _server(application: str) -> Iterator[None]:
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(PORT), "--log-level", "error", *FLAGS]
    process = subprocess.Popen(command, preexec_fn=_on_the_first_core)
    try:
        _wait_for(process)
        yield
    finally:
        connection.close()
        process.kill()
        process.wait()


def _on_the_first_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _wait_for(process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        link = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException):
            link.request("GET", "/healthz")
            link.getresponse()
            return
        time.sleep(0.1)
    raise SystemExit("the server did not start")


@contextlib.contextmanager
def _crowd(path: str, token: str) -> Iterator[Callable[[str], str]]:
    command = [sys.executable, "-m", "bench.listeners", str(PORT), path, token]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def ask(line: str) -> str:
        process.stdin.write(line + "\n")  # type: ignore[union-attr]
        answer = process.stdout.readline()  # type: ignore[union-attr]
        if not answer:
            raise SystemExit("the listeners are gone")
        return answer

    try:
        yield ask
    finally:
        process.kill()
        process.wait()
