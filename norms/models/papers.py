"""Official papers (公文): drafts until a named person signs, then numbered, then served."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from database.clock import DatabaseNow
from org.models import Headquarters, Unit

TITLE_LENGTH = 160
REASON_LENGTH = 300
NUMBER_LENGTH = 64


def _person(**more: Any) -> Any:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", **more)


class OfficialPaper(models.Model):
    """One paper of a headquarters or, without one, of a unit.

    ``kind`` is registered (norms/rules/papers.py). ``content``: {"paragraphs": [text], "facts": [[label, value]]} in
    Chinese, as composed at drafting, and whatever else its kind keeps. ``rule``: by which rule the system drafted it;
    empty where a person did. ``signing``: who must sign, rung after rung: [{"roles": [...], "posts": [...]}].
    ``rung``: how far the chase for the signature has got. ``before_signing``: issued before papers had to be signed.
    """

    class Status(models.TextChoices):
        DRAFTED = "drafted", pgettext_lazy("paper", "waits for signature")
        SIGNED = "signed", pgettext_lazy("paper", "signed")
        SERVED = "served", pgettext_lazy("paper", "served")
        WITHDRAWN = "withdrawn", pgettext_lazy("paper", "withdrawn")

    kind = models.SlugField(_("kind"), max_length=40)
    subject = models.CharField(_("subject"), max_length=40, blank=True, help_text="What it is about: hazard:12.")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="papers", verbose_name=_("unit"))
    headquarters = models.ForeignKey(Headquarters, models.PROTECT, null=True, blank=True, related_name="papers")
    title = models.CharField(_("title"), max_length=TITLE_LENGTH)
    content = models.JSONField(_("content"), default=dict, encoder=DjangoJSONEncoder)
    to: models.ManyToManyField[Unit, PaperAddressee] = models.ManyToManyField(
        Unit, through="norms.PaperAddressee", related_name="+", verbose_name=_("addressed to")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFTED)
    drafted_at = models.DateTimeField(_("drafted at"), db_default=DatabaseNow())
    drafted_by = _person(verbose_name=_("drafted by"))
    rule = models.JSONField(_("rule"), null=True, blank=True)
    signing = models.JSONField(default=list)
    sign_due_at = models.DateTimeField(_("to be signed by"))
    rung = models.PositiveSmallIntegerField(default=0)
    generation = models.PositiveIntegerField(default=0)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    signed_by = _person(verbose_name=_("signed by"))
    signed_for = _person(verbose_name=_("signed for"), help_text="For whom a substitute signed.")
    signed_ground = models.CharField(_("on what authority"), max_length=REASON_LENGTH, blank=True)
    number = models.CharField(_("number"), max_length=NUMBER_LENGTH, unique=True, null=True, blank=True)
    series = models.CharField(_("series"), max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    serial = models.PositiveIntegerField(null=True, blank=True)
    served_at = models.DateTimeField(_("served at"), null=True, blank=True)
    served_by = _person(verbose_name=_("served by"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = _person()
    withdrawn_reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)
    lifts = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="lifted_by")
    before_signing = models.BooleanField(_("issued before papers had to be signed"), default=False)
    exercise = models.BigIntegerField(null=True, blank=True)

    # Set by the selectors of the pages that show them
    may: dict[str, bool]
    kind_label: Any
    body: str
    addressees_shown: list[PaperAddressee]
    signers: list[Any]

    class Meta:
        verbose_name = _("official paper")
        verbose_name_plural = _("official papers")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject"], name="paper_subject"),
            models.Index(fields=["sign_due_at"], name="paper_unsigned", condition=Q(status="drafted")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "serial"], name="paper_serial_once"),
            models.CheckConstraint(
                name="paper_leaves_signed",
                condition=Q(status__in=["drafted", "withdrawn"])
                | Q(before_signing=True)
                | Q(signed_by__isnull=False, signed_at__isnull=False, number__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title


class PaperAddressee(models.Model):
    """A unit to which a paper is addressed, and its receipt."""

    paper = models.ForeignKey(OfficialPaper, models.CASCADE, related_name="addressees")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(_("received at"), null=True, blank=True)
    received_by = _person(verbose_name=_("received by"))

    class Meta:
        ordering = ["unit__path"]
        constraints = [models.UniqueConstraint(fields=["paper", "unit"], name="paper_addressee_once")]

    def __str__(self) -> str:
        return f"{self.paper_id}/{self.unit_id}"


class PaperSeries(models.Model):
    """The last number that a body's series has given out in a year; the row's lock keeps it without gaps."""

    series = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="paper_series_once")]

    def __str__(self) -> str:
        return f"{self.series}〔{self.year}〕{self.last}"
