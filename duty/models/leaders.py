"""Leaders' whereabouts and authorisation (领导去向与授权): who is in the county, away, and may sign meanwhile."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow
from database.fields import LineField
from org.models import Unit


class LeaderPost(models.Model):
    """A post whose holders' whereabouts are kept. Of the ``head`` posts one holder is always in the county."""

    post = models.SlugField(_("post"), max_length=40, unique=True, help_text=_("Code of a post of the register."))
    order = models.PositiveSmallIntegerField(_("order"))
    head = models.BooleanField(_("head of the county"), default=False)
    source = models.CharField(_("source"), max_length=160)

    class Meta:
        verbose_name = _("post of a leader")
        verbose_name_plural = _("posts of leaders")
        ordering = ["order"]

    def __str__(self) -> str:
        return self.post


class Whereabouts(models.Model):
    """Where a leader said that they are, over a half-open range of time. Rows are added and at most withdrawn or
    ended early; of those that cover a moment the one filed last counts.

    ``filed_by`` is whoever wrote it down: the leader, or the county's office for them, by what ``means`` it heard.
    ``agreed``: who agreed that both heads are out of the county at once, where that is so.
    """

    class Kind(models.TextChoices):
        IN_COUNTY = "in_county", _("in the county")
        AWAY = "away", _("out of the county")
        ON_LEAVE = "on_leave", _("on leave")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="whereabouts", verbose_name=_("unit"))
    person = models.ForeignKey("org.Person", models.PROTECT, related_name="whereabouts", verbose_name=_("leader"))
    kind = models.CharField(_("whereabouts"), max_length=10, choices=Kind.choices)
    during = DateTimeRangeField(_("time"))
    place = LineField(_("where to"), max_length=80, blank=True)
    phone = LineField(_("phone while away"), max_length=24, blank=True)
    means = LineField(_("heard how"), max_length=80, blank=True)
    agreed = LineField(_("who agreed that both heads are out"), max_length=160, blank=True)
    filed_by = models.ForeignKey("org.Person", models.PROTECT, related_name="+", verbose_name=_("filed by"))
    filed_at = models.DateTimeField(_("filed at"), db_default=DatabaseNow())
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("whereabouts")
        verbose_name_plural = _("whereabouts")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="duty_whereabouts_not_empty", condition=Q(during__isempty=False)),
        ]
        indexes = [
            GistIndex(
                fields=["person", "during"], name="duty_whereabouts_range", condition=Q(withdrawn_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.during}"

    @property
    def absent(self) -> bool:
        return self.kind != self.Kind.IN_COUNTY


class Authorisation(models.Model):
    """A leader lets somebody sign for them (授权) over a half-open range of time, while they are away.

    ``matters``: what it covers (`duty.rules.matters`). ``document`` is its number; without one it was given orally,
    and ``logged_by`` heard it.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="authorisations", verbose_name=_("unit"))
    giver = models.ForeignKey("org.Person", models.PROTECT, related_name="+", verbose_name=_("leader"))
    deputy = models.ForeignKey("org.Person", models.PROTECT, related_name="+", verbose_name=_("signs for them"))
    matters = ArrayField(models.CharField(max_length=16), verbose_name=_("for"))
    during = DateTimeRangeField(_("time"))
    document = LineField(_("document"), max_length=80, blank=True)
    note = LineField(_("note"), max_length=160, blank=True)
    logged_by = models.ForeignKey("org.Person", models.PROTECT, related_name="+", verbose_name=_("logged by"))
    logged_at = models.DateTimeField(_("logged at"), db_default=DatabaseNow())
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("authorisation")
        verbose_name_plural = _("authorisations")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="duty_authorisation_not_empty", condition=Q(during__isempty=False)),
            models.CheckConstraint(name="duty_authorisation_for_another", condition=~Q(giver=models.F("deputy"))),
            models.CheckConstraint(name="duty_authorisation_for_something", condition=~Q(matters=[])),
        ]
        indexes = [
            GistIndex(fields=["giver", "during"], name="duty_authorisation_range", condition=Q(revoked_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.deputy_id} {self.during}"
