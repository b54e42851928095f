"""What gateways send back: receipts and replies, each kept as it came."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow
from notify.models.accounts import Account
from notify.models.messages import Delivery


class Inbound(models.Model):
    """One receipt or reply. ``open``: a reply that fits nothing, until somebody works it off.

    ``delivery``: what it is about. ``subject``: what it answered, such as ``assignment:17``.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("receipt")
        REPLY = "reply", _("reply")

    class State(models.TextChoices):
        MATCHED = "matched", _("matched")
        OPEN = "open", _("open")
        SETTLED = "settled", _("settled")

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    at = models.DateTimeField(db_default=DatabaseNow())
    identity = models.CharField(
        max_length=80, blank=True, help_text="The vendor's number of a reply; empty where none."
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    text = models.CharField(_("text"), max_length=500, blank=True)
    body = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    person = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, blank=True, related_name="inbound")
    subject = models.CharField(max_length=60, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("receipt or reply")
        verbose_name_plural = _("receipts and replies")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "identity"], name="inbound_once", condition=~Q(identity="")
            )
        ]
        indexes = [
            models.Index(fields=["-id"], name="inbound_open", condition=Q(state="open")),
            models.Index(fields=["delivery"], name="inbound_delivery"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.phone}"
