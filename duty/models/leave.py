"""Leave (请假): somebody is away for a time, and so not on duty."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from database.clock import DatabaseNow
from org.models import Unit


class Leave(models.Model):
    """A person's absence, a half-open range of time: asked by themselves and approved by whoever keeps the roster of
    ``unit``, or recorded by the latter. While it is approved nobody plans them, and where they stand in a published
    shift their stand-in answers (duty_watch).

    ``abroad``: out of the county, where the two heads of a unit are never at once (docs/domain.md 4).
    """

    class Status(models.TextChoices):
        ASKED = "asked", pgettext_lazy("leave", "asked")
        APPROVED = "approved", pgettext_lazy("leave", "approved")
        REFUSED = "refused", pgettext_lazy("leave", "refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("leave", "withdrawn")

    person = models.ForeignKey("org.Person", models.PROTECT, related_name="leaves", verbose_name=_("person"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="leaves", verbose_name=_("unit"))
    during = DateTimeRangeField(_("time"))
    abroad = models.BooleanField(_("out of the county"), default=False)
    reason = models.CharField(_("reason"), max_length=200)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ASKED)
    asked_by = models.ForeignKey("org.Person", models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"), db_default=DatabaseNow())
    decided_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    generation = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="duty_leave_not_empty", condition=Q(during__isempty=False)),
            ExclusionConstraint(
                name="duty_one_leave_a_person",
                expressions=[("person", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(status__in=["asked", "approved"]),
            ),
        ]
        indexes = [
            GistIndex(fields=["unit", "during"], name="duty_leave_unit"),
            GistIndex(fields=["person", "during"], name="duty_leave_approved", condition=Q(status="approved")),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.during}"
