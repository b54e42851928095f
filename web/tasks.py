"""Celery's part: the queue ``slow`` has a worker of its own, so that timers are never behind a PDF."""

from __future__ import annotations

from celery import shared_task

from web.actions import wake
from web.models import Job
from web.runner import run_one

SOFT_LIMIT_S, HARD_LIMIT_S = 240, 270
"""Seconds of one job: longer than any that is bounded by its rows, short enough that a stuck one frees its worker."""


@shared_task(name="web.work", soft_time_limit=SOFT_LIMIT_S, time_limit=HARD_LIMIT_S)
def work() -> None:
    """Celery task that runs one job, so that the time limits are each job's own, and queues itself again if there is
    another.
    """
    if run_one() and Job.objects.filter(state=Job.State.QUEUED).exists():
        wake()
