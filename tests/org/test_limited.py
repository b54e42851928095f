"""Files from outside are read in worker processes: bounded in memory and time, one at a time for each sender."""

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.processes import eventually, send
from web import limited
from web.limited import Busy, Limits, Pool, Unfit

LIMITS = Limits(memory=64 << 20, seconds=5)
TASKS = "tests.org.limited_tasks"


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool()
    yield made
    made.end()


def echo(pool: Pool) -> int:
    data, back = pool.run(f"{TASKS}:echo", b"abc", LIMITS, said="x")
    assert (data["said"], back) == ("x", b"cba")
    return data["pid"]


def test_a_task_runs_in_another_process_which_is_kept_for_the_next(pool: Pool) -> None:
    first = echo(pool)
    assert first != os.getpid()
    assert echo(pool) == first


def test_a_process_is_replaced_after_its_share_of_tasks(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "TASKS", 2)
    pids = [echo(pool) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_too_much_memory_is_told_and_the_next_task_runs(pool: Pool) -> None:
    with pytest.raises(Unfit) as unfit:
        pool.run(f"{TASKS}:hungry", b"", LIMITS, bytes=200 << 20)
    assert unfit.value.code == "memory"
    assert pool.run(f"{TASKS}:hungry", b"", LIMITS, bytes=20 << 20)[0] == 20 << 20
    echo(pool)


def test_endless_work_ends_by_its_processor_time_and_the_next_task_runs(pool: Pool) -> None:
    with pytest.raises(Unfit) as unfit:
        pool.run(f"{TASKS}:endless", b"", Limits(memory=64 << 20, seconds=0))
    assert unfit.value.code == "time"
    echo(pool)


def test_a_process_that_stands_still_is_ended_by_the_clock_and_the_sender_may_try_again(pool: Pool) -> None:
    with pytest.raises(Busy):
        pool.run(f"{TASKS}:waiting", b"", Limits(64 << 20, 5, wall=0.5), file="/nowhere")
    echo(pool)


def test_a_decoder_that_crashes_is_the_files_fault(pool: Pool) -> None:
    with pytest.raises(Unfit) as unfit:
        pool.run(f"{TASKS}:dying", b"", LIMITS, by="SIGSEGV")
    assert unfit.value.code == "unreadable"
    echo(pool)


def test_a_process_that_was_killed_while_idle_is_replaced_unnoticed(pool: Pool) -> None:
    send(echo(pool), signal.SIGKILL)
    echo(pool)


def test_a_process_that_is_killed_again_and_again_is_a_try_later(pool: Pool) -> None:
    with pytest.raises(Busy):
        pool.run(f"{TASKS}:dying", b"", LIMITS, by="SIGKILL")
    echo(pool)


def test_whatever_a_decoder_raises_is_an_unreadable_file_and_what_it_prints_is_no_answer(pool: Pool) -> None:
    with pytest.raises(Unfit) as unfit:
        pool.run(f"{TASKS}:odd", b"", LIMITS)
    assert unfit.value.code == "unreadable"
    with pytest.raises(Unfit) as unfit:
        pool.run(f"{TASKS}:unfit", b"", LIMITS)
    assert (unfit.value.code, unfit.value.params) == ("too_red", {"limit": 3})


def test_the_process_knows_no_secret_and_writes_no_file(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "of-the-county")
    assert not {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"} & set(pool.run(f"{TASKS}:secrets", b"", LIMITS)[0])
    with pytest.raises(Unfit):
        pool.run(f"{TASKS}:writing", b"", LIMITS, file=str(tmp_path / "x"))


class Crowd:
    """Turns that are held until `let_go`."""

    def __init__(self, pool: Pool) -> None:
        self.pool, self.gate = pool, threading.Event()
        self.inside: list[str] = []
        self.threads = ThreadPoolExecutor(20)

    def comes(self, sender: str) -> "object":
        return self.threads.submit(self._hold, sender)

    def _hold(self, sender: str) -> str:
        with self.pool.turn(sender):
            self.inside.append(sender)
            self.gate.wait(20)
        return sender

    def let_go(self) -> None:
        self.gate.set()
        self.threads.shutdown()


@pytest.fixture
def crowd(pool: Pool) -> Iterator[Crowd]:
    made = Crowd(pool)
    yield made
    made.let_go()


def test_one_sender_has_one_file_at_work_and_leaves_the_other_process_to_others(pool: Pool, crowd: Crowd) -> None:
    own = [crowd.comes("one") for _ in range(4)]
    eventually(lambda: len(pool._queue) == 3, "three of them waiting", 5)
    with pytest.raises(Busy):
        crowd.comes("one").result(5)
    crowd.comes("another")
    eventually(lambda: "another" in crowd.inside, "the other's turn", 5)
    assert crowd.inside == ["one", "another"]
    crowd.gate.set()
    assert [each.result(5) for each in own] == ["one"] * 4


def test_few_wait_and_the_rest_is_told_to_come_back(pool: Pool, crowd: Crowd) -> None:
    for number in range(limited.PROCESSES + limited.WAITING):
        crowd.comes(f"sender {number}")
    eventually(lambda: len(pool._queue) == limited.WAITING, "a full queue", 5)
    with pytest.raises(Busy) as busy:
        crowd.comes("late").result(5)
    assert busy.value.status == 503
    assert busy.value.retry_after


def test_who_waits_too_long_is_told_to_come_back(pool: Pool, crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd.comes("one")
    eventually(lambda: crowd.inside == ["one"], "the first", 5)
    monkeypatch.setattr(limited, "WAIT_S", 0.05)
    with pytest.raises(Busy):
        crowd.comes("one").result(5)


def test_a_forked_process_has_a_pool_of_its_own(pool: Pool) -> None:
    limited.pool.idle.append(held := limited.Worker())
    try:
        child = os.fork()
        if child == 0:
            os._exit(0 if not limited.pool.idle else 1)
        assert os.waitpid(child, 0)[1] == 0
    finally:
        limited.pool.idle.remove(held)
        held.end()
