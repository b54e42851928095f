"""Shifts, the people planned in them, and the stints: who is booked when, which the database keeps free of overlaps."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from database.clock import DatabaseNow
from org.models import Unit


class DutyPost(models.TextChoices):
    """The posts of a shift (docs/domain.md 4). The first three make a shift whole; a reserve strengthens it."""

    LEADER = "leader", _("leader on duty")
    MAIN = "main", _("main officer")
    DEPUTY = "deputy", _("deputy officer")
    RESERVE = "reserve", _("reserve")


REQUIRED = (DutyPost.LEADER, DutyPost.MAIN, DutyPost.DEPUTY)


class ShiftKind(models.TextChoices):
    NORMAL = "normal", pgettext_lazy("shift", "normal")
    STRENGTHENED = "strengthened", _("strengthened")


def _lower(field: str) -> Func:
    return Func(F(field), function="lower", output_field=models.DateTimeField())


class Roster(models.Model):
    """A unit's month. Published as one; what is edited afterwards counts at once and is recorded shift by shift."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rosters", verbose_name=_("unit"))
    month = models.DateField(_("month"), help_text=_("Its first day."))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    published_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("roster")
        verbose_name_plural = _("rosters")
        ordering = ["-month", "unit__path"]
        constraints = [models.UniqueConstraint(fields=["unit", "month"], name="duty_roster_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.month:%Y-%m}"


class Shift(models.Model):
    """One shift of a unit, a half-open range of time. ``live``: published and not called off.

    ``signed``: when another live shift touches its start, it is taken over by a handover that both sides sign;
    ``taken_at`` is when that happened. Until then the shift before stays responsible (docs/domain.md 4).
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="shifts", verbose_name=_("unit"))
    roster = models.ForeignKey(Roster, models.PROTECT, related_name="shifts", verbose_name=_("roster"))
    during = DateTimeRangeField(_("time"))
    kind = models.CharField(_("kind"), max_length=12, choices=ShiftKind.choices, default=ShiftKind.NORMAL)
    live = models.BooleanField(_("published"), default=False)
    called_off_at = models.DateTimeField(_("called off at"), null=True, blank=True)
    signed = models.BooleanField(_("handover is signed"), default=True)
    taken_at = models.DateTimeField(_("taken over at"), null=True, blank=True)
    rest_day = models.BooleanField(_("rest day or holiday"), default=False)
    pattern = models.ForeignKey(
        "duty.RosterPattern", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("pattern")
    )
    generation = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = [_lower("during"), "id"]
        constraints = [
            models.CheckConstraint(name="duty_shift_not_empty", condition=Q(during__isempty=False)),
            ExclusionConstraint(
                name="duty_one_shift_a_unit",
                expressions=[("unit", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(live=True),
            ),
        ]
        indexes = [
            models.Index(F("unit"), _lower("during"), name="duty_shift_live_start", condition=Q(live=True)),
            models.Index(
                F("unit"),
                Func(F("during"), function="upper", output_field=models.DateTimeField()),
                name="duty_shift_live_end",
                condition=Q(live=True),
            ),
            GistIndex(fields=["unit", "during"], name="duty_shift_range"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.during}"

    @property
    def start(self) -> object:
        return self.during.lower

    @property
    def end(self) -> object:
        return self.during.upper

    @property
    def status(self) -> str:
        """``draft``, ``published`` or ``called_off``; the roster carries the machine, the shift the consequence."""
        if self.called_off_at is not None:
            return "called_off"
        return "published" if self.live else "draft"


class Slot(models.Model):
    """A duty post of a shift and who stands in it now; ``rostered`` is whom the roster named before any swap."""

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="slots")
    post = models.CharField(_("post"), max_length=8, choices=DutyPost.choices)
    person = models.ForeignKey("org.Person", models.PROTECT, related_name="duty_slots", verbose_name=_("person"))
    rostered = models.ForeignKey("org.Person", models.PROTECT, related_name="+", verbose_name=_("rostered"))

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["shift", "id"]
        constraints = [models.UniqueConstraint(fields=["shift", "post"], name="duty_slot_once")]
        indexes = [models.Index(fields=["person", "shift"], name="duty_slot_person")]

    def __str__(self) -> str:
        return f"{self.shift_id}/{self.post}"


class Override(models.Model):
    """Somebody else answers for a post of a unit for a time. Of several the latest wins; all are kept.

    ``slot`` is set when the override is of one whole slot: it then moves with the slot's shift.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="duty_overrides", verbose_name=_("unit"))
    post = models.CharField(_("post"), max_length=8, choices=DutyPost.choices)
    person = models.ForeignKey("org.Person", models.PROTECT, related_name="+", verbose_name=_("person"))
    during = DateTimeRangeField(_("time"))
    slot = models.ForeignKey(Slot, models.SET_NULL, null=True, blank=True, related_name="overrides")
    reason = models.CharField(_("reason"), max_length=200)
    made_by = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made at"), db_default=DatabaseNow())
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("override")
        verbose_name_plural = _("overrides")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="duty_override_not_empty", condition=Q(during__isempty=False))]
        indexes = [
            GistIndex(
                fields=["unit", "post", "during"], name="duty_override_range", condition=Q(withdrawn_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.post} {self.during}"


class Stint(models.Model):
    """A stretch of time for which a person is booked in a post: a live slot less what overrides take of it, or what is
    left of an override by later ones.

    Written by duty/actions/booking.py alone. Two exclusion constraints make a second person in a post and one person
    in two places impossible, whoever writes and however many at once; ranges that touch are allowed.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    post = models.CharField(max_length=8, choices=DutyPost.choices)
    person = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    during = DateTimeRangeField()
    slot = models.ForeignKey(Slot, models.CASCADE, null=True, related_name="stints")
    override = models.ForeignKey(Override, models.CASCADE, null=True, related_name="stints")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="duty_stint_of_one",
                condition=Q(slot__isnull=True, override__isnull=False) | Q(slot__isnull=False, override__isnull=True),
            ),
            ExclusionConstraint(
                name="duty_one_person_a_post",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    ("post", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="duty_one_place_a_person",
                expressions=[("person", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.post} {self.person_id} {self.during}"
