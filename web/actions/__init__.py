"""Asking for a job, and doing away with what is no longer kept.

Files are made durable before the row that names them; a folder without a row is swept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from web.errors import TooMany
from web.kinds import Upload, kind_of
from web.models import UNFINISHED, Job

_log = logging.getLogger(__name__)
MOST_OF_ONE = 40
"""Unfinished jobs of one person: a minute's work of the two workers."""
MOST_IN_ALL = 400
"""Unfinished jobs together: a quarter of an hour's; whoever waits longer has gone."""
QUEUE, FOLDER = "slow", "jobs"
DOUBLE_CLICK = dt.timedelta(seconds=2)
"""Deduplication window: the same request within this time counts as a double click."""
__all__ = ["Upload", "drop_upload", "expire_jobs", "start_job"]


def start_job(kind: str, params: Mapping[str, Any], *, by: Any, origin: str = "", upload: Upload | None = None) -> Job:
    """Put a job into the queue, or find the one that the same person just asked for with the same words.

    TooMany (429) when the person, or everybody together, has too many unfinished ones. ``params`` are JSON.
    """
    kind_of(kind)
    job = Job(kind=kind, owner_id=by.pk, params=dict(params), origin=origin, language=get_language() or "")
    job.asked = _digest(job, upload)
    job.upload_name = upload.name[:255] if upload else ""
    with transaction.atomic():
        _lock()
        if twin := _twin(job):
            return twin
        _refuse_too_many(by)
        if upload is not None:
            job.upload = default_storage.save(f"{FOLDER}/{job.pk}/upload", ContentFile(upload.content))
        job.save(force_insert=True)
        transaction.on_commit(wake, robust=True)
    return job


def _digest(job: Job, upload: Upload | None) -> str:
    given = [upload.name, hashlib.sha256(upload.content).hexdigest()] if upload else []
    return hashlib.sha256(json.dumps([job.kind, job.params, job.language, given], sort_keys=True).encode()).hexdigest()


def _lock() -> None:
    """Advisory lock: one request at a time, so that limits hold and duplicates are found; held for two small statements
    and an upload.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('web.jobs'))")


def _twin(job: Job) -> Job | None:
    same = Job.objects.filter(owner_id=job.owner_id, asked=job.asked)
    lately = Q(state=Job.State.DONE, created_at__gt=Now() - DOUBLE_CLICK)
    return same.filter(Q(state__in=UNFINISHED) | lately).order_by("-created_at").first()


def _refuse_too_many(by: Any) -> None:
    unfinished = Job.objects.filter(state__in=UNFINISHED)
    if unfinished.filter(owner_id=by.pk).count() >= MOST_OF_ONE:
        raise TooMany(_("You have asked for very many files at once. Wait until some of them are ready."))
    if unfinished.count() >= MOST_IN_ALL:
        raise TooMany(_("Very many files are being made at the moment. Try again in a minute."))


def wake() -> None:
    """Wake a worker by a Celery task. A lost one costs seconds, because beat repeats it."""
    try:
        current_app.send_task("web.work", queue=QUEUE, retry=False, expires=60)
    except Exception as error:  # without the broker the row still waits in the database
        _log.warning("could not queue the Celery task, beat will repeat it: %r", error)


@transaction.atomic
def drop_upload(pk: Any, *, by: Any) -> None:
    """Forget an upload that has been loaded, so that it is not loaded a second time."""
    job = Job.objects.select_for_update().filter(pk=pk, owner_id=by.pk).exclude(upload="").first()
    if job is not None:
        path, job.upload = job.upload, ""
        job.save(update_fields=["upload"])
        transaction.on_commit(lambda: default_storage.delete(path))


def expire_jobs(*, by: Any = None) -> int:
    """Delete the files of jobs past their time, and the rows of those long past it; how many jobs and rows went."""
    over = Job.objects.filter(expires_at__lt=Now()).exclude(state=Job.State.EXPIRED)
    gone = over.update(state=Job.State.EXPIRED, file="", upload="", params={}, result=None, origin="")
    old = Job.objects.filter(finished_at__lt=Now() - dt.timedelta(days=settings.JOBS_KEPT_DAYS))
    gone += old.delete()[0]
    _sweep()
    return gone


@transaction.atomic
def _sweep() -> None:
    """Garbage collection: delete folders that no job owns, also those of requests that were rolled back after the
    upload.

    Under the lock of `start_job`, whose upload is on the disk before its row is seen.
    """
    _lock()
    used = Job.objects.filter(Q(state__in=UNFINISHED) | ~Q(file="") | ~Q(upload="")).values_list("pk", flat=True)
    kept = {str(pk) for pk in used}
    for folder in default_storage.listdir(FOLDER)[0] if default_storage.exists(FOLDER) else ():
        if folder not in kept:
            for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]:
                default_storage.delete(f"{FOLDER}/{folder}/{name}")
            default_storage.delete(f"{FOLDER}/{folder}")
