"""What rules rest on, kept as data."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow
from norms.rules.numbers import Measure
from org.models import Unit


class Number(models.Model):
    """One version of a number of the domain, with its source and the moment from which it is in force.

    Rows are added and never changed. ``unit`` empty: for everybody. Of the rows that are in force, those of the
    nearest unit above count (or of the unit itself), and of these the newest (norms/sql/numbers.sql).
    """

    code = models.SlugField(_("code"), max_length=40)
    value = models.PositiveIntegerField(_("value"))
    measure = models.CharField(_("measure"), max_length=12, choices=Measure.choices)
    source = models.CharField(_("source"), max_length=160)
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
