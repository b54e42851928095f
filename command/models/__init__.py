"""Incidents, orders and what each named person answered."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db import models
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from command.models.calls import Call as Call
from command.models.cut_off import CutOff as CutOff
from command.models.tasks import EndCondition as EndCondition
from command.models.tasks import Task as Task
from database.clock import DatabaseNow
from org.models import Headquarters, Unit


class Category(models.TextChoices):
    NATURAL_DISASTER = "natural_disaster", _("natural disaster")
    ACCIDENT = "accident", _("accident")
    PUBLIC_HEALTH = "public_health", _("public health")
    SOCIAL_SECURITY = "social_security", _("social security")


class Scale(models.TextChoices):
    """The grade of an incident; I is the gravest. A response level never stands in for it."""

    I = "I", _("I")
    II = "II", _("II")
    III = "III", _("III")
    IV = "IV", _("IV")


class ResponseLevel(models.TextChoices):
    """The codes of both ladders (plans/rules/words.py): a warning response by colour, an emergency one by numeral."""

    BLUE = "blue", _("blue")
    YELLOW = "yellow", _("yellow")
    ORANGE = "orange", _("orange")
    RED = "red", _("red")
    IV = "IV", _("IV")
    III = "III", _("III")
    II = "II", _("II")
    I = "I", _("I")


class Colour(models.TextChoices):
    RED = "red", _("red")
    ORANGE = "orange", _("orange")
    YELLOW = "yellow", _("yellow")
    BLUE = "blue", _("blue")


def issuer_label(unit: Unit, headquarters: Headquarters | None, *, by_office: bool) -> str:
    if headquarters is None:
        return unit.label
    return headquarters.office_label if by_office else headquarters.label


class Incident(models.Model):
    """A thing that happened or is about to. Four scales, all stored, none derived (docs/domain.md 2)."""

    class Status(models.TextChoices):
        MONITORED = "monitored", _("monitored")
        WARNED = "warned", _("warned")
        RESPONDING = "responding", _("responding")
        ENDED = "ended", _("ended")
        RECOVERING = "recovering", _("recovering")
        REVIEWED = "reviewed", _("reviewed")
        ARCHIVED = "archived", _("archived")

    ref = models.CharField(_("number"), max_length=24, unique=True)
    title = models.CharField(_("title"), max_length=120)
    category = models.CharField(_("category"), max_length=20, choices=Category.choices)
    grade = models.CharField(_("grade"), max_length=4, choices=Scale.choices, blank=True)
    colour = models.CharField(_("warning colour"), max_length=8, choices=Colour.choices, blank=True)
    response_level = models.CharField(_("response level"), max_length=8, choices=ResponseLevel.choices, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.MONITORED)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="incidents", verbose_name=_("unit"))
    point = models.PointField(_("place"), srid=4326, null=True, blank=True)
    area = models.MultiPolygonField(_("area"), srid=4326, null=True, blank=True)
    place = models.CharField(_("place in words"), max_length=160, blank=True)
    occurred_at = models.DateTimeField(_("occurred at"), null=True, blank=True)
    learned_at = models.DateTimeField(_("learned at"))
    description = models.TextField(_("description"), blank=True, max_length=5000)
    warning_id = models.BigIntegerField(_("warning"), null=True, blank=True, db_index=True)
    headquarters = models.ForeignKey(
        "org.Headquarters", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("headquarters")
    )
    desk_officer = models.ForeignKey(
        "org.Person", models.PROTECT, related_name="+", verbose_name=_("desk officer in charge"),
        help_text=_("Who handles it until a commander is there: whoever registered it."),
    )  # fmt: skip
    commander = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, blank=True, related_name="commands", verbose_name=_("commander"),
        help_text=_("Who approved the response level, or took over from them; nobody before that."),
    )  # fmt: skip
    offered_to = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    generation = models.PositiveIntegerField(default=0)
    exercise = models.BigIntegerField(null=True, blank=True)

    # Set by the selectors and views of the pages that show it
    counts: dict[str, int] | None
    response: Response | None

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "-id"], name="incident_unit")]
        constraints = [
            models.UniqueConstraint(
                name="incident_once_per_warning", fields=["warning_id"], condition=Q(warning_id__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"


class Ladder(models.Model):
    """A version of the ladder of one colour: who is called, how soon they must answer, what follows silence.

    ``called``: level → post codes. ``rungs``: [{"after_s", "do": remind|deputy|above|runner|county, "channel",
    "repeat_s"}], in order. Times are data with a source and an effective date (docs/domain.md 5); an order keeps a copy
    of the version it started with.
    """

    colour = models.CharField(_("colour"), max_length=8, choices=Colour.choices)
    version = models.PositiveIntegerField(_("version"))
    fast = models.BooleanField(_("fast demonstration ladder"), default=False)
    ack_within_s = models.PositiveIntegerField(_("answer within (s)"))
    called = models.JSONField(_("who is called"))
    deputies = models.JSONField(_("deputies"), help_text="post → the post that stands in where nobody has the B role")
    above = models.JSONField(
        _("who is called above"), help_text="level of the silent unit, or its post → post codes of the unit above"
    )
    rungs = models.JSONField(_("rungs"))
    source = models.CharField(_("source"), max_length=160)
    effective_from = models.DateTimeField(_("effective from"))
    set_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")

    # Set by the selectors and views of the pages that show it
    words: Any

    class Meta:
        verbose_name = _("ladder")
        verbose_name_plural = _("ladders")
        ordering = ["colour", "-version"]
        constraints = [models.UniqueConstraint(fields=["colour", "fast", "version"], name="ladder_version_once")]


class Order(models.Model):
    """One instruction to units × posts. ``ladder`` is the copy that this order climbs by, whatever is edited later.

    ``issued_by`` is empty where the system issued it by ``rule``. ``paper``: the signed paper that it carries out.
    """

    class Status(models.TextChoices):
        IN_FORCE = "in_force", _("in force")
        CALLED_OFF = "called_off", _("called off")

    ref = models.CharField(_("number"), max_length=24, unique=True)
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, blank=True, related_name="orders")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="orders", verbose_name=_("unit"))
    headquarters = models.ForeignKey(
        "org.Headquarters", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("issuing body")
    )
    by_office = models.BooleanField(_("issued by its office"), default=False)
    text = models.TextField(_("text"), max_length=2000)
    action = models.ForeignKey(
        "plans.Action", models.PROTECT, null=True, blank=True, related_name="+", help_text="Of a response's plan."
    )
    response = models.ForeignKey("command.Response", models.PROTECT, null=True, blank=True, related_name="orders")
    colour = models.CharField(_("ladder"), max_length=8, choices=Colour.choices)
    ladder = models.JSONField(encoder=DjangoJSONEncoder)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.IN_FORCE)
    issued_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.JSONField(_("rule"), null=True, blank=True)
    paper = models.ForeignKey("norms.OfficialPaper", models.PROTECT, null=True, blank=True, related_name="orders")
    issued_at = models.DateTimeField(_("issued at"))
    ack_due_at = models.DateTimeField(_("answer due at"))
    called_off_reason = models.CharField(_("reason"), max_length=300, blank=True)
    exercise = models.BigIntegerField(null=True, blank=True)
    wake = models.JSONField(
        _("predicted time to wake"), null=True, blank=True, encoder=DjangoJSONEncoder,
        help_text="As `command.selectors.wake.as_data` said it when the order went out.",
    )  # fmt: skip

    # Set by the actions, selectors and views that read them
    lines: list[Assignment]  # of an order that was issued just now
    assignment_count: int
    vacancy_count: int
    counts: dict[str, int] | None
    places: list[Any]
    may: dict[str, bool]
    owed: list[Assignment]
    reach: dict[str, int] | None

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.ref

    @property
    def issuer(self) -> str:
        """Who issues it, in the reader's language: the headquarters, its office, or the unit where there is none."""
        return issuer_label(self.unit, self.headquarters, by_office=self.by_office)


class Assignment(models.Model):
    """What one order asks of one post in one unit, and how it was answered.

    No holder at issue: ``person`` is empty, never dropped.

    ``rung`` counts the steps of the ladder that silence has cost so far. ``generation`` rises with each answer and
    voids timers. ``shown``: the state in which it is shown, from `command.selectors.visible.with_shown`.
    """

    class Status(models.TextChoices):
        CALLED = "called", _("called")
        RECEIVED = "received", _("received")
        PASSED_ON = "passed_on", _("passed on")
        IN_PLACE = "in_place", _("in place")
        DONE = "done", _("done")
        VERIFIED = "verified", _("verified")
        CALLED_OFF = "called_off", _("called off")

    order = models.ForeignKey(Order, models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments")
    post = models.ForeignKey("org.Post", models.PROTECT, related_name="+")
    task = models.ForeignKey("command.Task", models.PROTECT, null=True, blank=True, related_name="assignments")
    person = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="assignments")
    role = models.CharField(
        _("role"), max_length=1, blank=True, help_text="A or B: in which role the person was called; D: on duty."
    )
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.CALLED)
    rung = models.PositiveSmallIntegerField(_("rungs climbed"), default=0)
    climbed_to = models.CharField(
        _("climbed to"),
        max_length=12,
        blank=True,
        help_text="What the last rung that called somebody else did; remind while none has.",
    )
    ack_due_at = models.DateTimeField(_("answer due at"))
    next_climb_at = models.DateTimeField(_("next climb at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    answered_how = models.CharField(_("how answered"), max_length=16, blank=True)
    moved_at = models.DateTimeField(_("last change"), db_default=DatabaseNow())
    note = models.CharField(_("note"), max_length=500, blank=True)
    figure = models.PositiveIntegerField(
        _("figure"), null=True, blank=True, help_text="What the plan's action counts, as reported with done."
    )
    generation = models.PositiveIntegerField(default=0)

    # Set by the selectors and views of the pages that show them
    may: dict[str, bool]
    may_log: bool
    logged_by: str
    place: Unit | None
    evidence: dict[str, Any]
    tried: list[Any]

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["unit__path", "post__rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "unit", "post", "person"], name="assignment_once"),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="assignment_person"),
            # Index for the silent list: who has not answered, the longest wait first.
            models.Index(fields=["ack_due_at", "id"], name="assignment_silent", condition=Q(status="called")),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.unit_id}/{self.post_id}"


class Response(models.Model):
    """A plan at work on an incident: the version that is pinned, the level, the area, and since when its clocks run.

    Over when the incident's response ends; one runs at a time. ``act_first``: a township started before its approver
    did, who approves or stops it afterwards (docs/domain.md 2); until then it orders within the incident's unit alone.
    """

    class Status(models.TextChoices):
        RUNNING = "running", _("running")
        ENDED = "ended", _("ended")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="responses")
    version = models.ForeignKey("plans.Version", models.PROTECT, related_name="responses")
    headquarters = models.ForeignKey(
        "org.Headquarters", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("headquarters")
    )
    level = models.CharField(_("response level"), max_length=8, choices=ResponseLevel.choices)
    area = models.JSONField(_("units of the area"), default=list, help_text="Codes; what lies under them is meant too.")
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.RUNNING)
    started_by = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started at"))
    act_first = models.BooleanField(_("acted first"), default=False)
    approved_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    consent_by = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("consent to level I by")
    )
    consent_at = models.DateTimeField(_("consent given at"), null=True, blank=True)
    consent_how = models.CharField(_("how consent was given"), max_length=16, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    generation = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="one_response_runs_an_incident", fields=["incident"], condition=Q(status="running")
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.version_id} {self.level}"

    @property
    def issuer(self) -> str:
        """In whose name it runs; needs .incident.unit and .headquarters."""
        return issuer_label(self.incident.unit, self.headquarters, by_office=False)


class Proposal(models.Model):
    """A level that a signal suggests; a named person starts it, refuses it, or is chased until somebody decides."""

    class Status(models.TextChoices):
        OPEN = "open", _("to be decided")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        LAPSED = "lapsed", _("lapsed")

    version = models.ForeignKey("plans.Version", models.PROTECT, related_name="proposals")
    level = models.CharField(_("response level"), max_length=8, choices=ResponseLevel.choices)
    subject = models.CharField(_("signal"), max_length=40, help_text="warning:5")
    title = models.JSONField(_("title"), help_text='{"zh", "en"}')
    url = models.CharField(max_length=120, blank=True)
    grounds = models.JSONField(_("grounds"), default=list)
    told = models.JSONField(
        _("for the request"), default=dict, blank=True, help_text="What the sentence of grounds says beside `grounds`."
    )
    area = models.JSONField(_("units of the area"), default=list)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, blank=True, related_name="proposals")
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    rung = models.PositiveSmallIntegerField(_("rungs climbed"), default=0)
    made_at = models.DateTimeField(_("made at"))
    decided_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    generation = models.PositiveIntegerField(default=0)
    exercise = models.BigIntegerField(null=True, blank=True)

    # Set by the selectors and views of the pages that show it
    headline: str
    may: bool

    class Meta:
        verbose_name = _("proposed level")
        verbose_name_plural = _("proposed levels")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="proposal_once_a_signal", fields=["subject", "version", "level"]),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.level}"
