"""Platforms that feed us, what they sent word for word, and the warnings read from it."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import HashIndex
from django.db.models import Q
from django.db.models.functions import MD5
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
    Identifier and sender have no length limit, so the index is over their digests. The body stands in ``body`` or, a
    large one, in the file ``stored`` (early_warning/bodies.py); alerts of one wrapper share it. ``canonical`` is the
    digest that white space does not change. ``notes`` are what the reader of our answer should know: [{"code",
    "value"}] with the codes of early_warning/words.py.
    """

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="raw_messages")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    identifier = models.TextField()
    sender = models.TextField()
    sent = models.DateTimeField()
    kind = models.CharField(max_length=8, help_text="CAP msgType: Alert, Update, Cancel, Ack or Error.")
    cap_status = models.CharField(max_length=10, help_text="CAP status: Actual, Exercise, System, Test or Draft.")
    version = models.CharField(max_length=4, default="1.2", help_text="Of CAP: 1.2, 1.1 or 1.0.")
    body = models.BinaryField(default=bytes)
    stored = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    canonical = models.CharField(max_length=64, blank=True)
    notes = models.JSONField(default=list, blank=True)
    received_at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("unit", MD5("identifier"), MD5("sender"), "sent", name="raw_message_once")
        ]
        indexes = [HashIndex(fields=["identifier"], name="raw_message_named")]

    def __str__(self) -> str:
        return self.identifier


class Reference(models.Model):
    """A message named by another one, known to us or not: an original that arrives late finds here that it was
    replaced.
    """

    raw = models.ForeignKey(RawMessage, models.CASCADE, related_name="references")
    sender = models.TextField()
    identifier = models.TextField()
    sent = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [HashIndex(fields=["identifier"], name="reference_named")]

    def __str__(self) -> str:
        return f"{self.sender},{self.identifier},{self.sent.isoformat()}"


class UnreadMessage(models.Model):
    """What a platform with a valid token sent and we could not take, kept until a person has looked at it; also a
    warning without a text, which is taken and is for a person to read.

    The same bytes again count up. ``code`` is the refusal's, ``detail`` and ``fields`` its sentences in both languages
    ({"zh", "en"}). What goes beyond the day's bounds (actions/unread.py) is counted in one row of its own, without a
    body. ``raw``: the message known under the same identity, or the one without a text.
    """

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="unread_messages")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    raw = models.ForeignKey(RawMessage, models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    fields = models.JSONField(default=dict, blank=True)
    count = models.PositiveIntegerField(default=1)
    body = models.BinaryField(default=bytes)
    stored = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    whole = models.BooleanField(default=True, help_text="False where only the head of a body was kept.")
    content_type = models.CharField(max_length=120, blank=True)
    received_at = models.DateTimeField(db_default=DatabaseNow())
    last_at = models.DateTimeField(db_default=DatabaseNow())
    attended_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    attended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("unread message")
        verbose_name_plural = _("unread messages")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "sha256", "code"], condition=Q(attended_at=None), name="unread_message_once"
            )
        ]
        indexes = [models.Index(fields=["feed", "received_at"], name="unread_message_day")]

    def __str__(self) -> str:
        return f"{self.code} {self.sha256[:12]}"


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
