"""Whom an assignment has called."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Call(models.Model):
    """Everybody whom an assignment has called: its holder at rung 0, then whoever the ladder reached.

    ``ended_at``: when it was handed to somebody else; from then on it is no longer theirs to answer.
    """

    assignment = models.ForeignKey("command.Assignment", models.CASCADE, related_name="calls")
    person = models.ForeignKey("org.Person", models.PROTECT, related_name="calls")
    rung = models.PositiveSmallIntegerField()
    do = models.CharField(max_length=12)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "person", "rung"], name="call_once", condition=Q(ended_at__isnull=True)
            )
        ]
        indexes = [models.Index(fields=["person", "-id"], name="call_person")]
