"""What rules rest on, kept as data."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow
from norms.rules.numbers import Measure
from org.models import Unit

SOURCE_LENGTH = 160


class Number(models.Model):
    """One version of a number of the domain, with its source and the moment from which it is in force.

    Rows are added and never changed. ``unit`` empty: for everybody. Of the rows that are in force, those of the
    nearest unit above count (or of the unit itself), and of these the newest (norms/sql/numbers.sql).
    """

    code = models.SlugField(_("code"), max_length=40)
    value = models.PositiveIntegerField(_("value"))
    measure = models.CharField(_("measure"), max_length=12, choices=Measure.choices)
    source = models.CharField(_("source"), max_length=SOURCE_LENGTH)
    effective_from = models.DateTimeField(_("effective from"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="numbers", verbose_name=_("unit")
    )
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    set_at = models.DateTimeField(_("set at"), db_default=DatabaseNow())

    class Meta:
        verbose_name = _("number")
        verbose_name_plural = _("numbers")
        ordering = ["code", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                name="norms_number_once", fields=["code", "unit", "effective_from"], nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} = {self.value}"


class CalendarDay(models.Model):
    """One version of what a date is; the highest version counts, the others are kept.

    ``official``: taken from the State Council's notice of that year, with its adjusted working days (调休). Dates
    without a row are by their weekday.
    """

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("holiday")
        WORKING = "working", _("adjusted working day")
        NORMAL = "normal", _("ordinary day")

    date = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80, blank=True)
    source = models.CharField(_("source"), max_length=160)
    version = models.PositiveIntegerField(_("version"))
    official = models.BooleanField(_("official"), default=False)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["date", "-version"]
        constraints = [models.UniqueConstraint(fields=["date", "version"], name="norms_calendar_day_once")]

    def __str__(self) -> str:
        return f"{self.date} {self.kind} (version {self.version})"


class Deadline(models.Model):
    """One computed deadline, kept with the rule, the version of the calendar and a sentence that says why.

    For subclasses: each adds what owes it, and the choices of ``what`` (docs/adr/0034).
    """

    what = models.CharField(_("what"), max_length=18)
    due_at = models.DateTimeField(_("due at"))
    rule = models.CharField(_("rule"), max_length=40)
    calendar_version = models.PositiveIntegerField(_("version of the calendar"), null=True, blank=True)
    why = models.JSONField(_("why"), encoder=DjangoJSONEncoder, help_text="Code and values of the sentence.")
    set_at = models.DateTimeField(db_default=DatabaseNow())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ["id"]
