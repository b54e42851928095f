"""What happens on duty: swaps, handovers, check-ins, spot checks, the call log, alarms over gaps, calendar feeds."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from database.clock import DatabaseNow
from database.fields import LineField, NameField
from duty.models.roster import DutyPost, Shift, Slot
from org.models import Unit


class Swap(models.Model):
    """Somebody asks to be replaced in a slot: requested → taken by a colleague → approved by a leader.

    It hangs on the slot and so follows its shift when that moves. ``in_return`` is a slot of the taker that goes to
    the asker. Swaps of one slot may follow one another; ``asked_by`` is whoever stood in it then.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested", _("requested")
        TAKEN = "taken", _("taken")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        EXPIRED = "expired", _("expired")
        CANCELLED = "cancelled", _("cancelled")

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="swaps", verbose_name=_("slot"))
    asked_by = models.ForeignKey("org.Person", models.PROTECT, related_name="+", verbose_name=_("asked by"))
    taken_by = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken by")
    )
    in_return = models.ForeignKey(
        Slot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in return")
    )
    reason = models.CharField(_("reason"), max_length=200)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.REQUESTED)
    asked_at = models.DateTimeField(_("asked at"), db_default=DatabaseNow())
    expires_at = models.DateTimeField(_("expires at"))
    decided_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    generation = models.PositiveIntegerField(default=0)

    # Set by the selectors and views of the pages that show it
    may: bool

    class Meta:
        verbose_name = _("swap")
        verbose_name_plural = _("swaps")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="duty_one_open_swap_a_slot", fields=["slot"], condition=Q(status__in=["requested", "taken"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.slot_id}: {self.asked_by_id} → {self.taken_by_id}"


class Handover(models.Model):
    """The change from whoever is on to the next shift. Both sides sign; until then the outgoing side stays on.

    ``items`` is what it carried when it was accepted (while open, duty/selectors/gather.py gives it fresh).
    """

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("handover", "open")
        HALF_SIGNED = "half_signed", _("signed by one side")
        ACCEPTED = "accepted", _("accepted")
        LAPSED = "lapsed", _("lapsed")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="handovers", verbose_name=_("unit"))
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="handovers", verbose_name=_("incoming shift"))
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.OPEN)
    opened_at = models.DateTimeField(_("opened at"), db_default=DatabaseNow())
    due_at = models.DateTimeField(_("due at"))
    out_by = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("handed over by")
    )
    out_at = models.DateTimeField(_("handed over at"), null=True, blank=True)
    in_by = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken over by")
    )
    in_at = models.DateTimeField(_("taken over at"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)
    equipment = models.CharField(_("equipment and keys"), max_length=500, blank=True)
    items = models.JSONField(_("items"), default=list, encoder=DjangoJSONEncoder)
    late_told_at = models.DateTimeField(_("leader told at"), null=True, blank=True)
    generation = models.PositiveIntegerField(default=0)

    # Set by the selectors and views of the pages that show it
    mine: list[str]

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "-due_at"], name="duty_handover_unit")]
        constraints = [
            models.UniqueConstraint(name="duty_one_handover_a_shift", fields=["shift"], condition=~Q(status="lapsed"))
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.due_at}"


class CheckIn(models.Model):
    """Somebody has said that they are at their post."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="check_ins")
    post = models.CharField(_("post"), max_length=8, choices=DutyPost.choices)
    person = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), db_default=DatabaseNow())
    late = models.BooleanField(_("late"), default=False)

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["shift", "post", "person"], name="duty_check_in_once")]


class SpotCheck(models.Model):
    """An unannounced check of a unit's duty (docs/domain.md 4): which warning is in force, who is here, whom have you
    told? The answers are kept beside the outcome.

    Planned (hidden from the unit) → calling → no answer within the call-back time: second call → again: the leader is
    called. Closed with an outcome; ``first_outcome`` stands for the circular whatever is answered later.
    """

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        CALLING = "calling", _("calling")
        SECOND_CALL = "second_call", _("second call")
        LEADER_CALLED = "leader_called", _("leader called")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    class Outcome(models.TextChoices):
        NORMAL = "normal", _("normal")
        NO_ANSWER = "no_answer", _("no answer")
        ABSENT_POST = "absent_post", _("absent from post")
        NOT_ON_ROSTER = "not_on_roster", _("not on the roster")
        LEADER_ABSENT = "leader_absent", _("leader absent")
        ALONE = "alone", _("one person alone")
        FORWARDED = "forwarded", _("call forwarded to a mobile")
        BUSY = "busy", _("line busy")
        UNAWARE = "unaware", _("does not know the warning in force")
        WRONG_ANSWER = "wrong_answer", _("wrong answer")

    class Method(models.TextChoices):
        PHONE = "phone", _("phone")
        VIDEO = "video", _("video")
        ON_SITE = "on_site", _("on site")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="spot_checks", verbose_name=_("unit"))
    post = models.CharField(_("post"), max_length=8, choices=DutyPost.choices, default=DutyPost.MAIN)
    method = models.CharField(_("method"), max_length=8, choices=Method.choices, default=Method.PHONE)
    status = models.CharField(_("status"), max_length=14, choices=Status.choices, default=Status.PLANNED)
    outcome = models.CharField(_("outcome"), max_length=14, choices=Outcome.choices, blank=True)
    ordered_by = models.ForeignKey("org.Person", models.PROTECT, related_name="+", verbose_name=_("ordered by"))
    ordered_for = models.ForeignKey(Unit, models.PROTECT, related_name="+", help_text="The checking unit.")
    planned_at = models.DateTimeField(_("planned at"), null=True, blank=True)
    person = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person called")
    )
    called_at = models.DateTimeField(_("called at"), null=True, blank=True)
    call_back_due_at = models.DateTimeField(_("call back due at"), null=True, blank=True)
    second_call_at = models.DateTimeField(_("second call at"), null=True, blank=True)
    leader_called_at = models.DateTimeField(_("leader called at"), null=True, blank=True)
    leader = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    closed_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    said_warning = LineField(_("Which warning is in force?"), max_length=160, blank=True)
    said_here = LineField(_("Who is here?"), max_length=160, blank=True)
    said_told = LineField(_("Whom have you told?"), max_length=160, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    generation = models.PositiveIntegerField(default=0)

    # Set by the selectors and views of the pages that show it
    may: bool

    class Meta:
        verbose_name = _("spot check")
        verbose_name_plural = _("spot checks")
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "-id"], name="duty_spot_check_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.status} {self.outcome}"


class CallLog(models.Model):
    """The duty room's book of calls (值班记录). Append-only: a correction is a new row that strikes one through.

    A row with ``corrects`` and empty content only strikes through, for the ``reason`` it gives. A superior's call waits
    for a reply until ``reply_due_at`` and beyond; the reply is a row that ``answers`` it.
    """

    class Kind(models.TextChoices):
        CALL = "call", _("call")
        SUPERIOR = "superior", _("superior's call")
        FAX = "fax", _("fax")
        REPLY = "reply", _("reply to a superior")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="call_logs", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.CALL)
    reply_due_at = models.DateTimeField(_("reply due at"), null=True, blank=True)
    answers = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replies", verbose_name=_("replies to")
    )
    at = models.DateTimeField(_("called at"))
    caller_unit = LineField(_("caller's unit"), max_length=80, blank=True)
    caller_name = NameField(_("caller"), max_length=40, blank=True)
    caller_post = LineField(_("caller's post"), max_length=40, blank=True)
    caller_phone = LineField(_("caller's phone"), max_length=24, blank=True)
    occurred_at = models.DateTimeField(_("occurred at"), null=True, blank=True)
    place = LineField(_("place"), max_length=160, blank=True)
    content = models.TextField(_("content and cause"), max_length=4000, blank=True)
    measures = models.TextField(_("measures taken"), max_length=2000, blank=True)
    told = models.CharField(_("already told"), max_length=300, blank=True)
    recorder = models.ForeignKey("org.Person", models.PROTECT, related_name="+", verbose_name=_("recorder"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=DatabaseNow())
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by", verbose_name=_("corrects")
    )
    first = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", help_text=_("The first of its corrections.")
    )
    reason = models.CharField(_("reason of the correction"), max_length=200, blank=True)

    # Set by the selectors and views of the pages that show it
    turn: dict[str, str]
    remark: Any
    waits: bool

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("call log")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["unit", "-at"], name="duty_call_log_unit")]
        constraints = [
            models.CheckConstraint(
                name="duty_call_says_something", condition=~Q(content="") | Q(corrects__isnull=False) & ~Q(reason="")
            ),
            models.CheckConstraint(
                name="duty_superior_waits_for_a_reply",
                condition=Q(kind="superior", reply_due_at__isnull=False)
                | ~Q(kind="superior") & Q(reply_due_at__isnull=True),
            ),
            models.CheckConstraint(
                name="duty_reply_answers_a_call",
                condition=Q(kind="reply", answers__isnull=False) | ~Q(kind="reply") & Q(answers__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_truncate",
                operation=pgtrigger.Truncate,
                when=pgtrigger.Before,
                level=pgtrigger.Statement,
                func="RAISE EXCEPTION 'the call log is append-only: cannot truncate %', TG_TABLE_NAME;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.at}"

    @property
    def struck(self) -> bool:
        return hasattr(self, "corrected_by")


class GapAlarm(models.Model):
    """A post on duty that nobody fills as the roster says, and whom that has called. Open until somebody does."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        FILLED = "filled", _("filled")
        REPLACED = "replaced", _("followed by another")

    class Reason(models.TextChoices):
        DEACTIVATED = "deactivated", _("off the register")
        UNREACHABLE = "unreachable", _("unreachable")
        NOBODY = "nobody", _("nobody rostered")
        LEAVE = "leave", _("on leave")
        MOVED_ON = "moved_on", _("serves elsewhere now")
        NO_PHONE = "no_phone", _("without a phone number")
        ONE_PHONE = "one_phone", _("one phone number with a colleague")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="gap_alarms", verbose_name=_("unit"))
    post = models.CharField(_("post"), max_length=8, choices=DutyPost.choices)
    person = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    called = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("stand-in called")
    )
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.OPEN)
    raised_at = models.DateTimeField(_("raised at"), db_default=DatabaseNow())
    filled_at = models.DateTimeField(_("filled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("gap alarm")
        verbose_name_plural = _("gap alarms")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="duty_one_open_gap_a_post", fields=["unit", "post"], condition=Q(status="open")
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.post} {self.reason}"


class FallbackContact(models.Model):
    """Whom a county has called where the roster leaves nobody to call. Set by whoever keeps its roster."""

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="duty_fallback", verbose_name=_("unit"))
    person = models.ForeignKey("org.Person", models.PROTECT, related_name="+", verbose_name=_("person"))
    set_by = models.ForeignKey("org.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("set by"))
    set_at = models.DateTimeField(_("set at"), db_default=DatabaseNow())

    class Meta:
        verbose_name = _("fallback contact")
        verbose_name_plural = _("fallback contacts")

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.person_id}"


class CalendarToken(models.Model):
    """A secret address of a calendar feed: the owner's own shifts, or those of ``unit``. Only its hash is kept."""

    digest = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey("org.Person", models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(_("made at"), db_default=DatabaseNow())
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["-id"]
