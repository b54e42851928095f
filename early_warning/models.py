"""Platforms that feed us, what they sent word for word, and the warnings read from it."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from early_warning import languages
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

    is_authenticated = True
    """What the API's permission classes ask of whoever comes through a door."""


class RawMessage(models.Model):
    """What arrived, byte for byte; once per county, identifier, sender and sent (CAP 1.2's own identity).

    Per county, because two counties in one system may each be sent the same provincial message, and each must have it.
    ``notes`` are what the reader of our answer should know: [{"code", "value"}] with the codes of
    early_warning/words.py.
    """

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="raw_messages")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    identifier = models.CharField(max_length=200)
    sender = models.CharField(max_length=200)
    sent = models.DateTimeField()
    kind = models.CharField(max_length=8, help_text="CAP msgType: Alert, Update, Cancel, Ack or Error.")
    cap_status = models.CharField(max_length=10, help_text="CAP status: Actual, Exercise, System, Test or Draft.")
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    notes = models.JSONField(default=list, blank=True)
    received_at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "identifier", "sender", "sent"], name="raw_message_once")
        ]

    def __str__(self) -> str:
        return self.identifier


class Reference(models.Model):
    """A message named by another one, known to us or not: an original that arrives late finds here that it was
    replaced.
    """

    raw = models.ForeignKey(RawMessage, models.CASCADE, related_name="references")
    sender = models.CharField(max_length=200)
    identifier = models.CharField(max_length=200)
    sent = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["identifier", "sender"], name="reference_named")]

    def __str__(self) -> str:
        return f"{self.sender},{self.identifier},{self.sent.isoformat()}"


class Warning(models.Model):
    """A warning (预警) as its platform issued it. Its colour is the platform's; the response level is never derived
    from it.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("warning", "in force")
        UPDATED = "updated", _("replaced by an update")
        CANCELLED = "cancelled", _("cancelled by its sender")
        EXPIRED = "expired", pgettext_lazy("warning", "expired")
        DISMISSED = "dismissed", pgettext_lazy("warning", "dismissed")

    class Colour(models.TextChoices):
        RED = "red", _("red")
        ORANGE = "orange", _("orange")
        YELLOW = "yellow", _("yellow")
        BLUE = "blue", _("blue")

    class AreaSource(models.TextChoices):
        MESSAGE = "message", _("drawn by the sender")
        UNITS = "units", _("boundaries of the divisions named")
        BOTH = "both", _("drawn by the sender, and boundaries of the divisions named")

    ref = models.CharField(_("number"), max_length=24, unique=True)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="warnings", verbose_name=_("county"))
    raw = models.OneToOneField(RawMessage, models.PROTECT, related_name="warning")
    ended_by = models.ForeignKey(RawMessage, models.PROTECT, null=True, blank=True, related_name="ended")
    incident = models.ForeignKey("command.Incident", models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.ACTIVE)
    colour = models.CharField(_("colour"), max_length=8, choices=Colour.choices, blank=True)
    colour_source = models.CharField(max_length=20, help_text="platform, severity or none: how the colour came about.")
    event = models.CharField(_("event"), max_length=120)
    severity = models.CharField(max_length=12)
    urgency = models.CharField(max_length=12)
    certainty = models.CharField(max_length=12)
    effective = models.DateTimeField(_("effective"), null=True, blank=True)
    expires = models.DateTimeField(_("expires"), null=True, blank=True)
    infos = models.JSONField(default=list, help_text="The info blocks as early_warning/blocks.py writes them.")
    area_description = models.TextField(_("area"), blank=True)
    area = models.MultiPolygonField(_("area"), srid=4326, null=True, blank=True)
    area_source = models.CharField(_("source of the area"), max_length=8, choices=AreaSource.choices, blank=True)
    unit_count = models.PositiveIntegerField(_("townships and villages"), default=0)
    scope = models.CharField(max_length=12, default="Public")
    test = models.BooleanField(_("test or exercise"), default=False, help_text="CAP status other than Actual.")
    dismissed_reason = models.CharField(_("reason"), max_length=300, blank=True)
    received_at = models.DateTimeField(_("received at"), db_default=DatabaseNow())
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    exercise = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("warning")
        verbose_name_plural = _("warnings")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "-id"], name="warning_unit"),
            models.Index(fields=["unit", "colour"], name="warning_active", condition=Q(status="active", test=False)),
            models.Index(fields=["-id"], name="warning_tests", condition=Q(test=True)),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.event}"

    @property
    def headline(self) -> str:
        """In the reader's language, as near as the message has it."""
        return languages.headline(self.infos, get_language() or "")

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The info blocks in the reader's language."""
        return languages.blocks_for(self.infos, get_language() or "")

    @property
    def area_words(self) -> str:
        """The areas in the reader's language."""
        return languages.areas(self.blocks) or self.area_description


class WarningUnit(models.Model):
    """A township or village that lies in a warning, and how that was found (geocode or area)."""

    warning = models.ForeignKey(Warning, models.CASCADE, related_name="named_units")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    how = models.CharField(max_length=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warning", "unit"], name="warning_unit_once")]

    def __str__(self) -> str:
        return f"{self.warning_id}/{self.unit_id}"
