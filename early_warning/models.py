"""Platforms that feed us, what they sent word for word, and the warnings read from it."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from org.clock import DatabaseNow


class Feed(models.Model):
    """A platform that may post to an inbound door; its token is stored as a SHA-256 only."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="feeds", verbose_name=_("county"))
    token_digest = models.CharField(max_length=64, unique=True)
    active = models.BooleanField(_("active"), default=True)
    last_heard_at = models.DateTimeField(_("last heard"), null=True, blank=True)

    class Meta:
        verbose_name = _("platform")
        verbose_name_plural = _("platforms")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class RawMessage(models.Model):
    """What arrived, byte for byte; unique by identifier + sender + sent (CAP 1.2's own identity)."""

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="raw_messages")
    identifier = models.CharField(max_length=200)
    sender = models.CharField(max_length=200)
    sent = models.DateTimeField()
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["identifier", "sender", "sent"], name="raw_message_once")]


class Warning(models.Model):
    """A warning (预警) as its platform issued it. Its colour is the platform's; the response level is never derived from it."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        UPDATED = "updated", _("replaced by an update")
        CANCELLED = "cancelled", _("cancelled by its sender")
        EXPIRED = "expired", _("expired")
        DISMISSED = "dismissed", _("dismissed")

    class Colour(models.TextChoices):
        RED = "red", _("red")
        ORANGE = "orange", _("orange")
        YELLOW = "yellow", _("yellow")
        BLUE = "blue", _("blue")

    ref = models.CharField(_("number"), max_length=24, unique=True)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="warnings", verbose_name=_("county"))
    raw = models.OneToOneField(RawMessage, models.PROTECT, related_name="warning")
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    identifier = models.CharField(max_length=200)
    sender = models.CharField(max_length=200)
    sent = models.DateTimeField()
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.ACTIVE)
    colour = models.CharField(_("colour"), max_length=8, choices=Colour.choices, blank=True)
    colour_source = models.CharField(max_length=20, help_text="platform, severity or none: how the colour came about.")
    event = models.CharField(_("event"), max_length=120)
    severity = models.CharField(max_length=12)
    urgency = models.CharField(max_length=12)
    certainty = models.CharField(max_length=12)
    effective = models.DateTimeField(_("effective"), null=True, blank=True)
    expires = models.DateTimeField(_("expires"), null=True, blank=True)
    infos = models.JSONField(default=list, help_text="One entry a language: language, event, headline, description, …")
    area_description = models.TextField(_("area"), blank=True)
    area = models.MultiPolygonField(_("area"), srid=4326, null=True, blank=True)
    scope = models.CharField(max_length=12, default="Public")
    test = models.BooleanField(_("test or exercise"), default=False, help_text="CAP status other than Actual.")
    dismissed_reason = models.CharField(_("reason"), max_length=300, blank=True)
    received_at = models.DateTimeField(_("received at"), db_default=DatabaseNow())
    exercise = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("warning")
        verbose_name_plural = _("warnings")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "-id"], name="warning_active", condition=Q(status="active")),
            models.Index(fields=["sender", "identifier"], name="warning_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.event}"


class WarningUnit(models.Model):
    """A unit that lies in the area of a warning, and how that was found (geocode or area)."""

    warning = models.ForeignKey(Warning, models.CASCADE, related_name="named_units")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    how = models.CharField(max_length=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warning", "unit"], name="warning_unit_once")]
