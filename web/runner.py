"""Running jobs, one after the other: what a worker of the queue ``slow`` does (web/tasks.py).

A job is taken by marking its row and holding an advisory lock of its id on this connection. The lock ends with the
process, so that a running job without one is stale: it is run once more, and fails when that does not end either.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils.translation import override
from structlog.contextvars import bound_contextvars, unbind_contextvars

from web.errors import ActionError
from web.kinds import File, Outcome, Upload, Work, kind_of
from web.models import Job
from web.selectors import upload_of

_log = logging.getLogger(__name__)
ATTEMPTS = 2
"""Runs of one job: a worker may be stopped for no fault of its own, but what kills two of them would kill the next."""
State = Job.State


def run_one() -> bool:
    """Run the next job in the queue; False when there is none."""
    recover()
    job = take()
    if job is None:
        return False
    try:
        _run(job)
    finally:
        unlock(job)
    return True


def recover() -> int:
    """Put stale jobs back into the queue, or fail those that were tried enough; how many there were."""
    found = 0
    for job in Job.objects.filter(state=State.RUNNING):
        if not _try_lock(job):
            continue
        try:
            found += _recover(job)
        finally:
            unlock(job)
    return found


@transaction.atomic
def _recover(job: Job) -> int:
    stale = Job.objects.select_for_update().filter(pk=job.pk, state=State.RUNNING).first()
    if stale is None:
        return 0
    _log.warning("the job %s (%s) is stale: its worker died at attempt %s", stale.pk, stale.kind, stale.attempts)
    if stale.attempts >= ATTEMPTS:
        _end(stale, State.FAILED, error={"code": "lost"})
    else:
        Job.objects.filter(pk=stale.pk).update(state=State.QUEUED, step="", done=0, total=0)
    return 1


@transaction.atomic
def take() -> Job | None:
    """Claim the next job by fair queueing: the oldest of whoever has the fewest in work, so that nobody's forty hold up
    another's one.
    """
    same = Job.objects.filter(owner=OuterRef("owner"), state=State.RUNNING).order_by().values("owner")
    busy = Coalesce(Subquery(same.annotate(n=Count("pk")).values("n")), 0)
    queued = Job.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=State.QUEUED)
    job = queued.order_by(busy, "created_at").first()
    if job is None or not _try_lock(job):
        return None
    job.state, job.attempts = State.RUNNING, job.attempts + 1
    Job.objects.filter(pk=job.pk).update(state=job.state, attempts=job.attempts, started_at=Now(), step="gather")
    return job


def _run(job: Job) -> None:
    """Lines of the log name the job and its owner, not whoever's request happened to wake this worker."""
    unbind_contextvars("request_id", "unit")
    with override(job.language), bound_contextvars(job=str(job.pk), actor=job.owner_id):
        try:
            _finish(job, kind_of(job.kind).run(_work(job)))
        except SoftTimeLimitExceeded:
            _log.warning("the job %s (%s) took too long", job.pk, job.kind)
            _fail(job, {"code": "too_long"})
        except ActionError as error:
            _fail(job, told(error))
        except Exception:
            _log.exception("the job %s (%s) failed", job.pk, job.kind)
            _fail(job, {"code": "broken"})


def _work(job: Job) -> Work:
    if not job.owner.is_active:
        raise ActionError("", code="signed_off")
    upload = upload_of(job) if job.upload_name else Upload("", b"")

    def report(step: str, done: int, total: int) -> None:
        Job.objects.filter(pk=job.pk).update(step=step, done=done, total=total)

    return Work(job.owner, job.params, upload.name, upload.content, report)


def told(error: ActionError) -> dict[str, Any]:
    """A refusal as JSON, in the language of the moment."""
    fields = {name: [str(text) for text in texts] for name, texts in error.fields.items()}
    return {"code": error.code, "detail": str(error.detail), "fields": fields}


def _finish(job: Job, made: File | Outcome) -> None:
    if isinstance(made, Outcome):
        error = told(made.refusal) if made.refusal else None
        _end(job, State.FAILED if error else State.DONE, result=made.data, error=error)
        return
    path = default_storage.save(f"jobs/{job.pk}/{job.attempts}", ContentFile(made.content))
    what = {"file": path, "file_name": made.name, "content_type": made.content_type, "inline": made.inline}
    if not _end(job, State.DONE, **what):
        default_storage.delete(path)  # another worker was given the job meanwhile


def _fail(job: Job, error: dict[str, Any]) -> None:
    _end(job, State.FAILED, error=error)


def _end(job: Job, state: str, **values: Any) -> bool:
    """Finish the job, if this attempt still owns it: a worker that lost its connection, and so its lock, changes
    nothing.
    """
    mine = Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)
    until = Now() + dt.timedelta(hours=settings.JOB_FILES_KEPT_HOURS)
    return bool(mine.update(state=state, finished_at=Now(), expires_at=until, **values))


def _try_lock(job: Job) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [str(job.pk)])
        return bool(cursor.fetchone()[0])


def unlock(job: Job) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [str(job.pk)])
