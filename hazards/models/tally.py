"""Figures of tickets by month, for the statistics."""

from __future__ import annotations

from django.db import models

from org.models import Unit


class Tally(models.Model):
    """What changed in one month's figures of a unit and kind: add the rows up (hazards/actions/tally.py).

    ``month`` is the first day of a month, Beijing time. A row may take back what an earlier one counted.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=24)
    month = models.DateField()
    found = models.IntegerField(default=0)
    rectified = models.IntegerField(default=0)
    otherwise = models.IntegerField(default=0)
    in_time = models.IntegerField(default=0)
    reopened = models.IntegerField(default=0)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind} {self.month:%Y-%m}"
