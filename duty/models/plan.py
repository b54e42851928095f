"""What rosters are made from: patterns and seasons (beside `norms.models.CalendarDay`); and a generation under way."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow
from duty.models.roster import ShiftKind
from org.models import Unit

DAY = dt.timedelta(days=1)


class RosterPattern(models.Model):
    """How a unit's shifts repeat: who stands in which post in turn, from which hours, for how long.

    ``rotation``: duty post → list of person ids; shift number n of the pattern (counted over the days that it applies
    to, from ``valid_from`` on) takes entry n of each list, round and round. ``starts`` are local times ("08:30").
    A ``strengthened`` pattern takes the place of the normal one on the dates of a season that demands it.
    """

    class Days(models.TextChoices):
        EVERY = "every", _("every day")
        WORKING = "working", _("working days")
        REST = "rest", _("rest days and holidays")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="roster_patterns", verbose_name=_("unit"))
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=ShiftKind.choices, default=ShiftKind.NORMAL)
    days = models.CharField(_("days"), max_length=8, choices=Days.choices, default=Days.EVERY)
    starts = ArrayField(models.TimeField(), verbose_name=_("shifts start at"))
    length = models.DurationField(_("length"), default=DAY)
    rotation = models.JSONField(_("rotation"))
    signed = models.BooleanField(_("handover is signed"), default=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("roster pattern")
        verbose_name_plural = _("roster patterns")
        ordering = ["unit__path", "kind", "valid_from"]
        constraints = [
            models.CheckConstraint(
                name="duty_pattern_ends_after_start",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            models.CheckConstraint(name="duty_pattern_length", condition=Q(length__gt=dt.timedelta(0))),
        ]

    def __str__(self) -> str:
        return self.name


class Season(models.Model):
    """Dates (half-open) on which units under ``unit`` must keep the strengthened roster [default: docs/domain.md 4]."""

    class Kind(models.TextChoices):
        FLOOD = "flood", _("flood season")
        FOREST_FIRE = "forest_fire", _("forest-fire season")
        FESTIVAL = "festival", _("festival")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="duty_seasons", verbose_name=_("unit"))
    levels = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name=_("levels"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    strengthened = models.BooleanField(_("demands the strengthened roster"), default=True)
    source = models.CharField(_("source"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("season")
        verbose_name_plural = _("seasons")
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(name="duty_season_ends_after_start", condition=Q(ends_on__gt=F("starts_on")))
        ]

    def __str__(self) -> str:
        return self.name


class Generation(models.Model):
    """Drafting the shifts of many units for a period, batch by batch; its progress can be watched."""

    class Status(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    first = models.DateField(_("from"))
    until = models.DateField(_("until"))
    unit_ids = ArrayField(models.BigIntegerField())
    done = models.PositiveIntegerField(_("units done"), default=0)
    shifts = models.PositiveIntegerField(_("shifts"), default=0)
    unstrengthened = models.PositiveIntegerField(_("shifts that lack the strengthened roster"), default=0)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.RUNNING)
    asked_by = models.ForeignKey("org.Person", models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked at"), db_default=DatabaseNow())

    class Meta:
        verbose_name = _("generation of rosters")
        verbose_name_plural = _("generations of rosters")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.first} – {self.until}: {self.done}/{len(self.unit_ids)}"

    @property
    def total(self) -> int:
        return len(self.unit_ids)
