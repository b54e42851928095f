"""Accounts at gateways, texts that a vendor has approved, and the rules of who is told by which channels."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from database.fields import LineField


class Account(models.Model):
    """An account at a gateway (`notify.gateways.contract.GATEWAYS`), or at a county's own box.

    ``settings`` are public; ``sealed`` holds the secret ones, encrypted (notify/files/sealing.py). ``lines``: requests
    at a time, for voice the calls that run at a time. ``fee_fen``: price of a part or a call, in fen.
    """

    code = models.SlugField(_("code"), max_length=30, unique=True)
    gateway = models.SlugField(_("gateway"), max_length=30)
    name = LineField(_("name"), max_length=60)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    channels = ArrayField(models.CharField(max_length=16), verbose_name=_("channels"))
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    sealed = models.BinaryField(default=b"", blank=True)
    inbound_digest = models.CharField(max_length=64, blank=True)
    enabled = models.BooleanField(_("enabled"), default=True)
    priority = models.PositiveSmallIntegerField(_("priority"), default=1, help_text=_("The lowest is used first."))
    rate_per_s = models.PositiveSmallIntegerField(_("messages a second"), default=20)
    lines = models.PositiveSmallIntegerField(_("at a time"), default=20)
    fee_fen = models.PositiveIntegerField(_("fee in fen"), default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    resting_until = models.DateTimeField(_("not used until"), null=True, blank=True)
    last_ok_at = models.DateTimeField(_("last success"), null=True, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    last_receipt_at = models.DateTimeField(_("last receipt"), null=True, blank=True)
    balance = models.CharField(_("balance"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("gateway account")
        verbose_name_plural = _("gateway accounts")
        ordering = ["priority", "id"]

    def __str__(self) -> str:
        return self.name


class Template(models.Model):
    """A text that a vendor approved for one of our keys (a message code with underscores, `order_called`): its code
    there and the order of its variables.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="templates")
    key = models.SlugField(_("key"), max_length=40)
    vendor_code = LineField(_("vendor's code"), max_length=60)
    params = ArrayField(models.CharField(max_length=30), verbose_name=_("variables in order"), default=list, blank=True)
    text = models.CharField(_("approved text"), max_length=500, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)

    class Meta:
        verbose_name = _("approved text")
        verbose_name_plural = _("approved texts")
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="template_once")]

    def __str__(self) -> str:
        return f"{self.key} = {self.vendor_code}"


class ReachRule(models.Model):
    """Which channels are tried, in turn, for a message: by the beginning of its code, its colour, whether it is an
    alarm, and the channel that the step of a ladder asks for. The most specific row counts.
    """

    class Asked(models.TextChoices):
        MESSAGE = "message", _("message")
        PHONE = "phone", _("phone")

    prefix = models.CharField(_("code begins with"), max_length=60, blank=True)
    colour = models.CharField(_("colour"), max_length=8, blank=True)
    alarm = models.BooleanField(_("alarm"), default=True)
    asked = models.CharField(_("asked for"), max_length=8, choices=Asked.choices, default=Asked.MESSAGE)
    channels = ArrayField(models.CharField(max_length=16), verbose_name=_("channels in turn"), default=list, blank=True)
    source = models.CharField(_("source"), max_length=160)

    class Meta:
        verbose_name = _("rule of reach")
        verbose_name_plural = _("rules of reach")
        ordering = ["prefix", "colour", "-alarm", "asked"]
        constraints = [models.UniqueConstraint(fields=["prefix", "colour", "alarm", "asked"], name="reach_once")]

    def __str__(self) -> str:
        return f"{self.prefix or '*'} {self.colour or '*'} {self.asked}"


class PlaceRule(models.Model):
    """Which places hear of a message besides the people: the board of the township, the loudspeakers of the village. By
    the beginning of its code and its colour; the most specific row counts.
    """

    prefix = models.CharField(_("code begins with"), max_length=60, blank=True)
    colour = models.CharField(_("colour"), max_length=8, blank=True)
    channels = ArrayField(models.CharField(max_length=16), verbose_name=_("channels"), default=list, blank=True)
    source = models.CharField(_("source"), max_length=160)

    class Meta:
        verbose_name = _("rule of reach of places")
        verbose_name_plural = _("rules of reach of places")
        ordering = ["prefix", "colour"]
        constraints = [models.UniqueConstraint(fields=["prefix", "colour"], name="place_rule_once")]

    def __str__(self) -> str:
        return f"{self.prefix or '*'} {self.colour or '*'}"
