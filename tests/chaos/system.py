"""The system as the Procfile has it, without PostgreSQL, on a copy of the test database and with a Redis of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

from journal.actions import roles
from tests.support.processes import alive, eventually, send

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_S = 90.0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class System:
    """honcho with the Procfile's own lines. ``pid``: a process by its name there, for killing it."""

    def __init__(self, folder: Path) -> None:
        self.run_dir = folder / "run"
        self.run_dir.mkdir()
        self.log = folder / "system.log"
        self.port = free_port()
        redis = free_port()
        conf = folder / "redis.conf"
        conf.write_text(f'bind 127.0.0.1\nport {redis}\nsave ""\nappendonly no\ndaemonize no\nloglevel warning\n')
        (folder / "prepared").touch()
        parts = urlsplit(os.environ["DATABASE_URL"])
        name = connection.settings_dict["NAME"]
        roles.make("sanji_app")
        self.env = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DATABASE_URL": urlunsplit(
                parts._replace(netloc=f"sanji_app@{parts.netloc.rpartition('@')[2]}", path=f"/{name}")
            ),
            "JOURNAL_ANCHORS": str(folder / "anchors"),
            "REDIS_URL": f"redis://127.0.0.1:{redis}/0",
            "ALLOWED_HOSTS": "127.0.0.1",
            "REDIS_SERVER": shutil.which("redis-server") or "/usr/bin/redis-server",
            "REDIS_CONF": str(conf),
            "PREPARED": str(folder / "prepared"),
            "BEAT_SCHEDULE": str(folder / "beat-schedule"),
            "HOST": "127.0.0.1",
            "WEB_PORT": str(self.port),
            "SANJI_RUN_DIR": str(self.run_dir),
            "SANJI_SUPERVISOR": str(os.getpid()),
            "PYTHONUNBUFFERED": "1",
        }
        self._honcho: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "honcho", "--env", "/dev/null", "--procfile", "Procfile", "start"]
        names = ("redis", "web", "worker", "slow", "beat", "sentinel", "deliverer")
        with self.log.open("ab") as log:
            self._honcho = subprocess.Popen(
                [*command, *names], cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        eventually(self.ready, f"readiness; see {self.log}", START_LIMIT_S)

    @property
    def main(self) -> int | None:
        """The process above all others."""
        return self._honcho.pid if self._honcho else None

    def ready(self) -> bool:
        """/readyz says 200: web, Redis, beat, broker and worker are all at work."""
        import http.client

        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            asked.request("GET", "/readyz")
            return asked.getresponse().status == 200
        except OSError:
            return False
        finally:
            asked.close()

    def pid(self, name: str) -> int:
        return int((self.run_dir / f"{name}.pid").read_text())

    def kill(self, name: str) -> None:
        """SIGKILL: no chance to tidy up. Its keeper starts it again."""
        pid = self.pid(name)
        send(pid, signal.SIGKILL)
        eventually(lambda: not alive(pid), f"the end of {name}", 10)

    def end(self, name: str) -> None:
        """End it for good. honcho ends with any of its processes, so the keeper is frozen rather than ended."""
        send(self.pid(f"{name}.keep"), signal.SIGSTOP)
        self.kill(name)

    def freeze(self, name: str) -> None:
        """It stays and answers nothing, as one does whose disk or machine hangs."""
        send(self.pid(name), signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """After `end` or `freeze`: its keeper starts it again, or it goes on."""
        for part in (f"{name}.keep", name):
            with contextlib.suppress(ProcessLookupError):
                send(self.pid(part), signal.SIGCONT)

    def stop(self) -> None:
        if self._honcho is None:
            return
        for file in self.run_dir.glob("*.keep.pid"):
            send(int(file.read_text()), signal.SIGCONT)
        self._honcho.terminate()
        try:
            self._honcho.wait(30)
        except subprocess.TimeoutExpired:
            self._honcho.kill()
            self._honcho.wait()
        self._honcho = None
