"""Messages to people and their deliveries over channels."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow


class Message(models.Model):
    """Something one person must know; without ``person`` something a place is told (notify/actions/places.py), named by
    the address of its delivery, a unit's code. ``code`` and ``data`` are rendered in the reader's language at display
    (docs/laws.md 12).

    An alarm sounds and repeats on the person's screens until it is acknowledged or settled (what it asked for was
    done). ``group``: what several messages to one person share, such as ``order:17``; ``reply_code`` tells the open
    groups of a person apart in a text reply (11 to 99).
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        SETTLED = "settled", _("settled")

    person = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="notices")
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
    group = models.CharField(max_length=60, blank=True, db_default="")
    reply_code = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["person", "-id"], name="message_open", condition=Q(state="open")),
            models.Index(fields=["subject"], name="message_subject", condition=Q(state="open")),
            models.Index(fields=["group"], name="message_group", condition=~Q(group="")),
        ]


class Delivery(models.Model):
    """This message to this person over this channel: what became of it.

    ``handed_over``: given to the gateway, outcome unknown until the gateway or a receipt says; it is looked up before
    it is ever given again. ``then``: the channels that follow when this one fails. ``reference``: ours, at most 15
    bytes, comes back in receipts; it ends in the number of the attempt. ``repeated``: given again although the outcome
    was unknown, because the gateway cannot be asked.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        HANDED_OVER = "handed_over", _("handed over, outcome unknown")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Outcome(models.TextChoices):
        HEARD = "heard", _("heard to the end")
        HUNG_UP = "hung_up", _("hung up early")
        BUSY = "busy", _("busy")
        NO_ANSWER = "no_answer", _("no answer")
        BAD_NUMBER = "bad_number", _("wrong number")
        UNREACHABLE = "unreachable", _("not reachable")
        OUT_OF_COVERAGE = "out_of_coverage", _("out of coverage")
        SWITCHED_OFF = "switched_off", _("switched off")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")
        WRONG_KEY = "wrong_key", _("wrong key twice")

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    channel = models.CharField(_("channel"), max_length=20)
    address = models.CharField(_("address"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.QUEUED)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, blank=True, db_default="")
    account = models.ForeignKey("notify.Account", models.PROTECT, null=True, blank=True, related_name="+")
    then = ArrayField(models.CharField(max_length=16), default=list, db_default=[], blank=True)
    urgent = models.BooleanField(default=False, db_default=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    reference = models.CharField(_("reference"), max_length=15, blank=True, db_default="")
    provider_id = models.CharField(max_length=80, blank=True, db_default="")
    not_before = models.DateTimeField(db_default=DatabaseNow())
    handed_over_at = models.DateTimeField(_("handed over at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("shown at"), null=True, blank=True)
    heard_at = models.DateTimeField(_("heard at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    wrong_keys = models.PositiveSmallIntegerField(default=0, db_default=0)
    repeated = models.BooleanField(_("given twice, outcome unknown"), default=False, db_default=False)
    parts = models.PositiveSmallIntegerField(_("parts"), default=0, db_default=0)
    fee_fen = models.PositiveIntegerField(_("fee in fen"), default=0, db_default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["message", "channel", "address"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["channel", "-urgent", "not_before", "id"], name="delivery_queued", condition=Q(state="queued")
            ),
            # What is out and has no outcome: looked up, and counted as lines that are busy.
            models.Index(
                fields=["account", "handed_over_at"],
                name="delivery_out",
                condition=Q(state__in=("handed_over", "sent")) & ~Q(channel="in_app"),
            ),
            models.Index(fields=["account", "provider_id"], name="delivery_provider", condition=~Q(provider_id="")),
            models.Index(fields=["channel", "address"], name="delivery_address", condition=~Q(address="")),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.message_id}"
