"""Reading jobs: each person their own, and nobody another's."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from web.errors import Conflict, NotFound
from web.kinds import Upload
from web.models import Job

SHOWN = 100
"""Jobs in somebody's list."""


def jobs_of(person: Any) -> QuerySet[Job]:
    return Job.objects.filter(owner_id=person.pk)


def job_of(person: Any, pk: Any, kind: str = "") -> Job:
    """The job. NotFound for another person's, as for one that does not exist."""
    found = jobs_of(person).filter(pk=pk, **({"kind": kind} if kind else {})).first()
    if found is None:
        raise NotFound
    return found


def file_of(person: Any, pk: Any) -> Job:
    """The job whose file waits for the person. NotFound when it is not ready, or no longer kept."""
    found = jobs_of(person).filter(pk=pk, state=Job.State.DONE, expires_at__gt=Now()).exclude(file="").first()
    if found is None:
        raise NotFound
    return found


def waiting_for(person: Any) -> list[Job]:
    """What is being made for the person or waits for them, the newest first; outcomes are shown by their own pages."""
    kept = Q(expires_at__isnull=True) | Q(expires_at__gt=Now())
    return list(jobs_of(person).filter(kept).exclude(state=Job.State.EXPIRED).order_by("-created_at")[:SHOWN])


def ahead_of(job: Job) -> int:
    """How many were asked for before it and are not ready yet."""
    earlier = Job.objects.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING), created_at__lt=job.created_at)
    return earlier.exclude(pk=job.pk).count()


def upload_of(job: Job) -> Upload:
    """What was uploaded. Conflict when it is gone: loaded already, or past its time."""
    if not job.upload or not default_storage.exists(job.upload):
        raise Conflict(_("This upload is gone. Choose the file again."), code="gone")
    with default_storage.open(job.upload) as file:
        return Upload(job.upload_name, file.read())
