"""The web server as the Procfile starts it: two processes on one port, sockets in both, and no process left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from knox.models import AuthToken

from org.models import Person
from tests.chaos.system import free_port
from tests.infra.test_containers import procfile
from tests.support.live import LiveClient, happen
from tests.support.processes import alive, eventually, send

pytestmark = pytest.mark.django_db(transaction=True)
SOCKETS = 12


def children(pid: int) -> set[int]:
    """The web processes under uvicorn's first one, without multiprocessing's own helper."""
    found = {int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    return {one for one in found if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()}


@pytest.fixture
def web(transactional_db: None, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    command = procfile()["web"]
    command[command.index("--port") + 1] = str(port)
    command[command.index("--host") + 1] = "127.0.0.1"
    parts = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", *command], env={**os.environ, "DATABASE_URL": url}, stdout=log, stderr=log
        )
    try:
        eventually(lambda: len(children(running.pid)) == 2, "two processes", 60)
        eventually(lambda: answers(port), "an answer", 60)
        yield running, port
    finally:
        running.kill() if running.poll() is None else None
        running.wait()


def answers(port: int) -> bool:
    link = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        link.request("GET", "/healthz")
        return link.getresponse().status == 200
    except OSError:
        return False
    finally:
        link.close()


def test_sockets_in_both_hear_and_one_that_dies_comes_back_and_all_end(
    web: tuple[subprocess.Popen[bytes], int], officer: Person
) -> None:
    running, port = web
    token = AuthToken.objects.create(officer)[1]
    headers = {"Authorization": f"Token {token}"}
    sockets = [LiveClient(f"ws://127.0.0.1:{port}/ws/live/", headers).joined() for _ in range(SOCKETS)]
    try:
        seqs = happen("33.11.26")
        for one in sockets:
            one.gets(seqs, 20)
    finally:
        for one in sockets:
            one.close()
    before = children(running.pid)
    dead = min(before)
    send(dead, signal.SIGKILL)
    eventually(lambda: len(children(running.pid) - {dead}) == 2, "another in its place", 60)
    eventually(lambda: all(answers(port) for _ in range(6)), "answers again", 60)
    last = children(running.pid)
    running.send_signal(signal.SIGTERM)
    running.wait(30)
    eventually(lambda: not any(map(alive, last)), "the end of both", 10)
