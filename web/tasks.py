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
    """One job a message, so that the limits of time are each job's own; the next is asked for when there is one."""
    if run_one() and Job.objects.filter(state=Job.State.QUEUED).exists():
        wake()
