"""Slow work does not stand in anybody's way: 32 PDFs at once, and a worker of theirs that is killed.

Real processes from the Procfile. The village's tap is compared with its own time on the same system at rest.
"""

from __future__ import annotations

import datetime as dt
import signal
import statistics
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from database.clock import now
from duty.actions import log_call
from journal.models import Timer
from org.models import Person
from tests.chaos.system import System
from tests.chaos.village import Village
from tests.chaos.visitors import Visitor
from tests.support.own_database import OwnDatabase
from tests.support.pages_open import session_of
from tests.support.processes import alive, eventually, send
from web.models import Job

pytestmark = [
    pytest.mark.chaos, pytest.mark.quiet, pytest.mark.slow_process, pytest.mark.django_db, pytest.mark.timeout(900),
]  # fmt: skip

PDFS = 32
TIMES_IDLE = 2
FLOOR_S = 0.1
"""Below this nobody notices anything, whatever the ratio."""
ENTRIES, WORDS = 6, "山洪来袭，立即转移危险区人员，清点人数并报告。" * 20


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """In place of pytest-django's own, which would open a transaction: this database is shared with processes."""


@pytest.fixture(scope="module")
def system(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with django_db_blocker.unblock():
        OwnDatabase.take()
        running = System(tmp_path_factory.mktemp("system"))
        running.env["MEDIA_ROOT"] = str(tmp_path_factory.mktemp("media"))
        try:
            officer = Person.objects.get(username="officer")
            for number in range(ENTRIES):
                log_call(by=officer, unit="331126", content=f"{number} {WORDS}")
            running.start()
            yield running
        finally:
            running.stop()
            OwnDatabase.drop()


def addresses() -> list[str]:
    """A PDF each of the whole book, of other days each."""
    today = timezone.localtime(now()).date()
    days = [today - dt.timedelta(days=number) for number in range(PDFS)]
    return [f"/duty/units/331126/log/call-log.pdf?day={day}&until={today}" for day in days]


def unfinished() -> int:
    return Job.objects.filter(state__in=("queued", "running")).count()


def test_thirty_two_slow_pdfs_at_once_are_not_noticed_by_a_village(system: System) -> None:
    village, officer = Village(system.port), Visitor(system.port, session_of("officer"))
    [village.tap() for _ in range(5)]  # whatever is looked up once only
    idle = [village.tap() for _ in range(20)]
    with ThreadPoolExecutor(PDFS) as crowd:
        asked = [crowd.submit(officer.get, address) for address in addresses()]
        loaded = [village.tap()]
        while (unfinished() or not all(one.done() for one in asked)) and len(village.waiting) > 5:
            loaded.append(village.tap())
        answers = [one.result(60) for one in asked]
    said = f"{statistics.median(idle):.3f} s idle, {statistics.median(loaded):.3f} s while {PDFS} PDFs are made"
    said += f" (longest {max(loaded):.3f}, {len(loaded)} taps)"
    print(said)  # noqa: T201
    assert [status for status, _content, _seconds in answers] == [303] * PDFS
    assert statistics.median(loaded) <= max(TIMES_IDLE * statistics.median(idle), FLOOR_S), said
    assert len(loaded) >= 10, said
    eventually(lambda: not unfinished(), "all PDFs", 600)
    jobs = list(Job.objects.all())
    assert [job.state for job in jobs] == ["done"] * PDFS
    assert all(officer.get(f"/me/files/{job.pk}/file/")[1].startswith(b"%PDF") for job in jobs)
    late = Timer.objects.filter(state="pending", due_at__lt=now() - dt.timedelta(seconds=15)).count()
    assert late == 0, "timers are never behind a PDF"


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family(int(child)))]


def test_a_job_whose_worker_is_killed_is_made_by_the_next_one(system: System) -> None:
    officer = Visitor(system.port, session_of("officer"))
    assert officer.get(addresses()[0] + "&text=0")[0] == 303
    job = Job.objects.latest("created_at")

    def is_in_work() -> bool:
        job.refresh_from_db()
        return job.state == "running"

    eventually(is_in_work, "the job's turn", 60)
    killed = family(system.pid("slow"))
    for pid in killed:
        send(pid, signal.SIGKILL)
    assert is_in_work(), "it was killed in the middle of it"
    eventually(lambda: not any(alive(pid) for pid in killed), "the end of the worker", 10)
    eventually(lambda: not unfinished(), "the next worker", 120)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert officer.get(f"/me/files/{job.pk}/file/")[1].startswith(b"%PDF")
    connection.close()
