"""Who stands where about a hazard beside its owner: what it is judged by, who signs its closure, where else to look."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow
from database.fields import LineField
from hazards.models.tickets import Hazard, Inspection
from hazards.rules.words import Grade, Kind, Role
from org.models import Unit, in_language


class Criterion(models.Model):
    """By which clause a hazard of a kind is judged (判定依据): a pick list that the county keeps.

    ``text`` is empty where only the standard is named: its wording is the county's to fill in, never made up.
    """

    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    grade = models.CharField(_("grade"), max_length=8, choices=Grade.choices, default=Grade.MAJOR)
    text = LineField(_("wording"), max_length=300, blank=True)
    source = LineField(_("standard"), max_length=120)
    source_en = LineField(_("standard in English"), max_length=160, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["kind", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "source", "text"], name="hazard_criterion_once"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        source = in_language(self.source, self.source_en)
        return f"{source}: {self.text}" if self.text else source


class ClosureSignature(models.Model):
    """One of the three sides signs that what was re-inspected may be closed; a later inspection needs new ones."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="signatures")
    role = models.CharField(_("for"), max_length=10, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    by = models.ForeignKey("org.Person", models.PROTECT, related_name="+", verbose_name=_("signed by"))
    at = models.DateTimeField(_("at"), db_default=DatabaseNow())
    note = LineField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("signature of a closure")
        verbose_name_plural = _("signatures of closures")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "role"], name="hazard_signature_once"),
            models.UniqueConstraint(fields=["inspection", "by"], name="hazard_signer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id}: {self.role}"


class Elsewhere(models.Model):
    """Look for the same elsewhere (举一反三): a township looks through its places for what one hazard showed."""

    origin = models.ForeignKey(Hazard, models.CASCADE, related_name="elsewhere")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("township"))
    ordered_by = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(_("ordered at"), db_default=DatabaseNow())
    due_at = models.DateTimeField(_("to be done by"))
    looked_at = models.PositiveIntegerField(_("places looked at"), null=True, blank=True)
    found = models.PositiveIntegerField(_("hazards found"), null=True, blank=True)
    note = LineField(_("note"), max_length=300, blank=True)
    done_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("search for the same elsewhere")
        verbose_name_plural = _("searches for the same elsewhere")
        ordering = ["unit__path"]
        constraints = [
            models.UniqueConstraint(fields=["origin", "unit"], condition=Q(done_at=None), name="hazard_elsewhere_once"),
        ]

    def __str__(self) -> str:
        return f"{self.origin_id}: {self.unit_id}"
