"""A copy of the clone in another place, and the system that scripts/run starts in it."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from tests.support.processes import alive, eventually

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("postgres", "redis", "web", "worker", "slow", "beat", "sentinel", "deliverer")
START_LIMIT_S = 300.0  # a busy machine with two cores; it takes 10 to 20 s on one that is not


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Clone:
    """A copy of the tracked files, and what runs in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.local = root / ".local"
        self.port = free_port()
        self.log = root.parent / "run.log"
        # Nothing of the test run's own settings may leak in; the packages are taken from there to be quick.
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "LANG": "C.UTF-8",
            "SANJI_VENV": os.environ.get("SANJI_VENV", str(ROOT / ".venv")),
        }

    def start(self, *words: str, port: int | None = None, **settings: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(self.root / "scripts/run"), *words],
                cwd="/",
                env={**self.env, "PORT": str(port or self.port), **settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start_until_ready(self, *words: str, **settings: str) -> subprocess.Popen[bytes]:
        self.log.write_bytes(b"")
        run = self.start(*words, **settings)
        try:
            eventually(lambda: run.poll() is not None or self.said("Ready: "), "Ready", START_LIMIT_S)
            assert self.said(f"Ready: http://127.0.0.1:{self.port}\n")
        except AssertionError:
            self.stop(run)
            sys.stdout.write(self.log.read_text(errors="replace"))
            raise
        return run

    @staticmethod
    def stop(run: subprocess.Popen[bytes]) -> int:
        """Its status, after it was asked to end (128 more than the signal's number)."""
        run.terminate()
        return run.wait(120)

    def said(self, words: str) -> bool:
        return words in self.log.read_text(errors="replace")

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.root / "scripts/manage"), *words],
            cwd="/",
            env=self.env,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def count_people(self) -> int:
        done = self.manage(
            "shell", "--no-imports", "--command", "from org.models import Person; print(Person.objects.count())"
        )
        assert done.returncode == 0, done.stderr
        return int(done.stdout.split()[-1])

    def pid(self, name: str) -> int:
        return int((self.local / "run" / f"{name}.pid").read_text())

    def pids(self) -> dict[str, int]:
        return {name: self.pid(name) for name in KEPT}

    def status(self, path: str) -> int:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            asked.request("GET", path)
            return asked.getresponse().status
        except OSError:
            return 0
        finally:
            asked.close()

    def processes(self) -> list[str]:
        """The command lines of all that still runs for this clone: it names the path, or stands in it."""
        homes = {str(self.root), os.path.realpath(self.local / "postgres")}
        return [line for line in map(command_line, Path("/proc").glob("[0-9]*")) if any(home in line for home in homes)]


def command_line(process: Path) -> str:
    """The words of a process, its folder and its environment; empty for one that has ended."""
    if not alive(int(process.name)):
        return ""
    try:
        words = process.joinpath("cmdline").read_bytes() + b" " + process.joinpath("environ").read_bytes()
        return f"{process.name} {os.readlink(process / 'cwd')} {words.replace(bytes(1), b' ').decode(errors='replace')}"
    except OSError:
        return ""


def copied(root: Path) -> Clone:
    """The tracked files, and what is new beside them, in a folder of their own."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    return Clone(root)


def removed(clone: Clone) -> None:
    """A clone that root keeps closed has its database elsewhere."""
    shutil.rmtree(os.path.realpath(clone.local / "postgres"), ignore_errors=True)
