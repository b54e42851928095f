"""Communication tests (通信检验): whether people answer their telephones, each month or unannounced."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow


class CommTest(models.Model):
    """One test of the people with posts under ``unit``, in units of these ``levels``, of ``post`` alone where it is
    given. ``closed_at``: the response window is over, each line has its outcome.
    """

    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    levels = ArrayField(models.CharField(max_length=16), verbose_name=_("levels"))
    post = models.ForeignKey("org.Post", models.PROTECT, null=True, blank=True, related_name="+")
    window_min = models.PositiveSmallIntegerField(_("minutes to answer"))
    monthly = models.BooleanField(_("monthly"), default=False)
    started_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(_("begun"), db_default=DatabaseNow())
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("communication test")
        verbose_name_plural = _("communication tests")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.pk}"


class CommTestLine(models.Model):
    """One person of a test. ``unit``: where they serve. ``outcome`` is written when the window is over."""

    class Outcome(models.TextChoices):
        ANSWERED = "answered", _("answered")
        NO_ANSWER = "no_answer", _("no answer")
        BAD_NUMBER = "bad_number", _("wrong number")
        NO_NUMBER = "no_number", _("without a number")
        NOT_SENT = "not_sent", _("not sent")

    test = models.ForeignKey(CommTest, models.CASCADE, related_name="lines")
    person = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    phone = models.CharField(_("phone"), max_length=24, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)

    class Meta:
        verbose_name = _("line of a communication test")
        verbose_name_plural = _("lines of a communication test")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["test", "person"], name="comm_test_person_once")]
        indexes = [models.Index(fields=["person", "-id"], name="comm_test_person")]

    def __str__(self) -> str:
        return f"{self.test_id} {self.person_id}"


class CommTestPlan(models.Model):
    """A monthly test of a unit: on this day, at this hour, of ``post`` alone where it is given. ``generation`` voids
    the timer of an older plan.
    """

    unit = models.OneToOneField("org.Unit", models.PROTECT, related_name="+")
    levels = ArrayField(models.CharField(max_length=16), verbose_name=_("levels"))
    post = models.ForeignKey("org.Post", models.PROTECT, null=True, blank=True, related_name="+")
    day = models.PositiveSmallIntegerField(
        _("day of the month"), validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    hour = models.PositiveSmallIntegerField(_("hour"), validators=[MaxValueValidator(23)])
    window_min = models.PositiveSmallIntegerField(_("minutes to answer"))
    generation = models.PositiveIntegerField(default=0)
    set_by = models.ForeignKey("org.Person", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("monthly communication test")
        verbose_name_plural = _("monthly communication tests")

    def __str__(self) -> str:
        return f"{self.unit_id} {self.day}"
