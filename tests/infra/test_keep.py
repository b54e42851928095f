"""The keeper of one process, alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import alive, eventually, send

KEEP = Path(__file__).resolve().parents[2] / "scripts" / "keep"


class Kept:
    """A keeper in a folder of its own, and what it says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *words: str, supervisor: int | None = None) -> subprocess.Popen[str]:
        env = {**os.environ, "SANJI_RUN_DIR": str(self.folder)}
        env.pop("SANJI_SUPERVISOR", None)
        if supervisor:
            env["SANJI_SUPERVISOR"] = str(supervisor)
        keeper = subprocess.Popen([sys.executable, str(KEEP), *words], env=env, stdout=subprocess.PIPE, text=True)
        self.started.append(keeper)
        return keeper

    def pid(self, name: str = "it") -> int:
        try:
            return int((self.folder / f"{name}.pid").read_text())
        except OSError:
            return 0


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    yield made
    for keeper in made.started:
        keeper.kill()
        keeper.wait()


def test_a_child_that_dies_is_started_again_with_a_new_id(kept: Kept) -> None:
    keeper = kept.start("it", "--", "sleep", "60")
    eventually(kept.pid, "the first child")
    first = kept.pid()
    send(first, signal.SIGKILL)
    eventually(lambda: kept.pid() != first and alive(kept.pid()), "the second child")
    keeper.terminate()
    assert "it ended (signal 9); starting it again in 0.2 s" in keeper.communicate()[0]


def test_what_a_dead_child_had_started_does_not_live_on(kept: Kept, tmp_path: Path) -> None:
    kept.start("it", "--", "sh", "-c", f"sleep 60 & echo $! > {tmp_path}/grandchild; wait")
    eventually(lambda: (tmp_path / "grandchild").exists() and (tmp_path / "grandchild").read_text(), "the grandchild")
    eventually(kept.pid, "the child's id")  # written after the child is born: it may be the last to speak
    grandchild = int((tmp_path / "grandchild").read_text())
    send(kept.pid(), signal.SIGKILL)
    eventually(lambda: not alive(grandchild), "the end of the grandchild")


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_told_to_end_it_ends_its_child_and_its_files(kept: Kept, told: signal.Signals) -> None:
    keeper = kept.start("it", "--", "sleep", "60")
    eventually(kept.pid, "the child")
    child = kept.pid()
    keeper.send_signal(told)
    assert keeper.wait(10) == 0
    assert not alive(child)
    assert list(kept.folder.iterdir()) == []


def test_the_child_is_asked_with_the_signal_that_was_wished(kept: Kept, tmp_path: Path) -> None:
    script = f"trap 'echo INT > {tmp_path}/heard; exit' INT; touch {tmp_path}/armed; while :; do sleep 0.05; done"
    keeper = kept.start("it", "--stop", "INT", "--", "sh", "-c", script)
    eventually((tmp_path / "armed").exists, "the child's trap")
    keeper.terminate()
    keeper.wait(10)
    assert (tmp_path / "heard").read_text() == "INT\n"


def test_no_child_outlives_a_keeper_that_is_killed(kept: Kept) -> None:
    keeper = kept.start("it", "--", "sleep", "60")
    eventually(kept.pid, "the child")
    child = kept.pid()
    keeper.kill()
    eventually(lambda: not alive(child), "the end of the child")


def test_it_ends_when_whoever_started_it_all_is_gone(kept: Kept) -> None:
    supervisor = subprocess.Popen(["sleep", "60"])
    keeper = kept.start("it", "--", "sleep", "60", supervisor=supervisor.pid)
    eventually(kept.pid, "the child")
    child = kept.pid()
    supervisor.kill()
    supervisor.wait()
    assert keeper.wait(10) == 0
    assert not alive(child)


def test_it_goes_on_after_it_was_stopped_for_a_while(kept: Kept) -> None:
    """As by Ctrl-Z, or on a machine that was suspended, for longer than it waits for a signal."""
    keeper = kept.start("it", "--", "sleep", "60")
    eventually(kept.pid, "the child")
    child = kept.pid()
    for _ in range(3):
        keeper.send_signal(signal.SIGSTOP)
        time.sleep(1.5)
        keeper.send_signal(signal.SIGCONT)
        time.sleep(0.2)
        assert keeper.poll() is None
        assert kept.pid() == child
        assert alive(child)


def test_it_waits_for_the_file_that_says_when(kept: Kept, tmp_path: Path) -> None:
    go = tmp_path / "go"
    kept.start("it", "--when", str(go), "--", "sleep", "60")
    eventually(lambda: kept.pid("it.keep"), "the keeper")
    time.sleep(0.3)  # nothing can be polled for: this shows that it does not start
    assert kept.pid() == 0
    go.touch()
    eventually(kept.pid, "the child")


def test_a_database_ends_after_its_users(kept: Kept, tmp_path: Path) -> None:
    ends = tmp_path / "ends"
    slow = f"trap 'sleep 0.5; echo user >> {ends}; exit' TERM; touch {tmp_path}/armed; while :; do sleep 0.05; done"
    quick = f"trap 'echo database >> {ends}; exit' TERM; touch {tmp_path}/ready; while :; do sleep 0.05; done"
    database = kept.start("database", "--after", "user other", "--", "sh", "-c", quick)
    user = kept.start("user", "--", "sh", "-c", slow)
    eventually(lambda: (tmp_path / "armed").exists() and (tmp_path / "ready").exists(), "both traps")
    database.terminate()
    user.terminate()
    assert (database.wait(15), user.wait(15)) == (0, 0)
    assert ends.read_text() == "user\ndatabase\n"


def test_a_program_that_is_not_there_is_tried_again_and_named(kept: Kept) -> None:
    keeper = kept.start("it", "--", "/no/such/program")
    eventually(lambda: kept.pid("it.keep"), "the keeper")
    assert "it cannot start" in (keeper.stdout.readline() if keeper.stdout else "")
    assert "it cannot start" in (keeper.stdout.readline() if keeper.stdout else "")
    keeper.terminate()
    assert keeper.wait(10) == 0
