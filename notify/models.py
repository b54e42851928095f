"""Messages to people and their deliveries over channels."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow


class Message(models.Model):
    """Something one person must know. ``code`` and ``data`` are rendered in the reader's language at display
    (docs/laws.md 12).

    An alarm sounds and repeats on the person's screens until it is acknowledged or settled (what it asked for was
    done).
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        SETTLED = "settled", _("settled")

    person = models.ForeignKey("org.Person", models.PROTECT, related_name="notices")
    code = models.CharField(_("code"), max_length=60)
    data = models.JSONField(_("data"), default=dict, encoder=DjangoJSONEncoder)
    subject = models.CharField(_("subject"), max_length=60)
    unit_path = models.CharField(max_length=40, db_collation="C")
    url = models.CharField(_("link"), max_length=200, blank=True)
    alarm = models.BooleanField(_("alarm"), default=False)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(_("created at"), db_default=DatabaseNow())
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    exercise = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["person", "-id"], name="message_open", condition=Q(state="open")),
            models.Index(fields=["subject"], name="message_subject", condition=Q(state="open")),
        ]


class Delivery(models.Model):
    """One attempt line: this message to this person over this channel."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    channel = models.CharField(_("channel"), max_length=20)
    address = models.CharField(_("address"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(db_default=DatabaseNow())
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("shown at"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["message", "channel"], name="delivery_once")]
        indexes = [models.Index(fields=["not_before", "id"], name="delivery_queued", condition=Q(state="queued"))]
