"""Jobs: what is made in the background for one person, and the file that then waits for them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """The row is the truth: a message to the queue is only a word to a worker that there may be something to do.

    ``asked`` is the digest of what was asked for, so that a double click finds the same job. Whoever runs it holds a
    PostgreSQL advisory lock of its id, which ends with their connection: a running job that nobody holds is stale.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("being made")
        DONE = "done", _("ready")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("no longer kept")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    params = models.JSONField(default=dict)
    asked = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    origin = models.TextField(blank=True)
    """The address on which it was asked for: where to try again."""
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=40, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    upload = models.CharField(max_length=200, blank=True)
    """Path in the private storage; empty when there was none, or it is gone."""
    upload_name = models.CharField(max_length=255, blank=True)
    file = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    inline = models.BooleanField(default=False)
    result = models.JSONField(null=True)
    error = models.JSONField(null=True)
    """``code``; ``detail`` and ``fields`` where an action refused, in the job's language."""
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="job_owner"),
            models.Index(
                fields=["created_at"], condition=models.Q(state__in=["queued", "running"]), name="job_unfinished"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def ready(self) -> bool:
        """Whether a file waits to be fetched."""
        return self.state == self.State.DONE and bool(self.file)


UNFINISHED = (Job.State.QUEUED, Job.State.RUNNING)
