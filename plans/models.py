"""Plans as data: a plan, its versions, their levels and actions, what must be revised, and when it is due again.

A version is immutable once it has left draft (the database refuses changes): a running response pins the one that it
was started from.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from database.clock import DatabaseNow
from norms.rules.deadlines import say
from org.models import Unit, in_language
from plans.rules.guards import NO_TRUNCATE, PART_KEEPS, VERSION_KEEPS
from plans.rules.words import LEVEL_LABELS, Evidence, HazardType, Kind, Phase, Reach, Source, Verb


class Plan(models.Model):
    """One plan of one unit through all its versions. ``values`` fill the blanks (``{shelter}``) of its texts."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    hazard_type = models.CharField(_("type of hazard"), max_length=16, choices=HazardType.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="plans", verbose_name=_("unit"))
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    template = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="inheritors", verbose_name=_("template")
    )
    values = models.JSONField(_("values of the template's blanks"), default=dict, blank=True)
    headquarters = models.ForeignKey(
        "org.Headquarters", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("headquarters"),
        help_text=_("Left empty, the one that answers for the type of hazard."),
    )  # fmt: skip
    review_months = models.PositiveSmallIntegerField(_("months between reviews"), default=36)
    drill_months = models.PositiveSmallIntegerField(_("months between drills"), default=36)
    active = models.BooleanField(_("active"), default=True)

    # Set by selectors/plans.py `with_parts`
    open_items: int
    shown_versions: list[Version]
    open_dues: list[Due]
    # Set by views/listing.py
    shown: Version | None
    working: Version | None
    level_marks: list[tuple[str, str]]
    next_due: Due | None

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["unit__path", "code"]

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        return in_language(self.name, self.name_en)


class Version(models.Model):
    """draft → in review → approved → filed → superseded. The approved or filed one is in force: at most one."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("plan", "draft")
        IN_REVIEW = "in_review", pgettext_lazy("plan", "in review")
        APPROVED = "approved", pgettext_lazy("plan", "approved")
        FILED = "filed", pgettext_lazy("plan", "filed")
        SUPERSEDED = "superseded", pgettext_lazy("plan", "superseded")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions", verbose_name=_("plan"))
    number = models.PositiveSmallIntegerField(_("number"))
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    summary = models.CharField(_("what changed"), max_length=300, blank=True)
    basis = models.TextField(_("basis"), blank=True, max_length=4000)
    created_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("created at"), db_default=DatabaseNow())
    approved_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    document = models.CharField(_("document of approval"), max_length=80, blank=True)
    filed_at = models.DateTimeField(_("filed at"), null=True, blank=True)
    receipt = models.CharField(_("filing receipt"), max_length=80, blank=True)
    generation = models.PositiveIntegerField(default=0)

    # Set by selectors/compiling.py
    has_level: bool

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(name="plans_version_number", fields=["plan", "number"]),
            models.UniqueConstraint(
                name="plans_one_version_in_work", fields=["plan"], condition=Q(status__in=["draft", "in_review"])
            ),
            models.UniqueConstraint(
                name="plans_one_version_in_force", fields=["plan"], condition=Q(status__in=["approved", "filed"])
            ),
        ]
        triggers = [VERSION_KEEPS, NO_TRUNCATE]

    def __str__(self) -> str:
        return f"{self.plan_id} v{self.number}"


class Level(models.Model):
    """A level of one of a version's two ladders (plans/rules/words.py): who approves it, and what suggests it.

    ``triggers``: [{"signal": "warning", "colour": ["red"], ...}], any of which suggests the level
    (plans/selectors/signals.py).
    """

    version = models.ForeignKey(Version, models.CASCADE, related_name="levels")
    level = models.CharField(_("level"), max_length=8, choices=list(LEVEL_LABELS.items()))
    approver = models.CharField(
        _("post that approves"), max_length=40, help_text="A post's code, or headquarters:commander and the like."
    )
    triggers = models.JSONField(_("triggers"), default=list, blank=True, encoder=DjangoJSONEncoder)
    note = models.CharField(_("conditions in words"), max_length=500, blank=True)

    class Meta:
        ordering = ["version", "id"]
        constraints = [models.UniqueConstraint(name="plans_level_once", fields=["version", "level"])]
        triggers = [PART_KEEPS, NO_TRUNCATE]

    def __str__(self) -> str:
        return self.level


class Action(models.Model):
    """Who does what, by when, after what, and what shows that it is done."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="actions")
    code = models.SlugField(_("code"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    phase = models.CharField(_("phase"), max_length=12, choices=Phase.choices)
    levels = ArrayField(models.CharField(max_length=8), verbose_name=_("levels"))
    unit_kind = models.CharField(_("kind of unit"), max_length=12, choices=Unit.COMMANDED)
    reach = models.CharField(_("which units"), max_length=6, choices=Reach.choices, default=Reach.AREA)
    departments = ArrayField(
        models.CharField(max_length=40), verbose_name=_("departments"), default=list, blank=True,
        help_text=_("Names of departments; none means all of them."),
    )  # fmt: skip
    post = models.SlugField(_("post"), max_length=40)
    by_register = models.BooleanField(
        _("whoever the responsibility register names"), default=False,
        help_text=_("The person responsible for this type of hazard in the unit, if the register names one."),
    )  # fmt: skip
    verb = models.CharField(_("act"), max_length=16, choices=Verb.choices)
    text = models.CharField(_("instruction"), max_length=500)
    text_en = models.CharField(_("instruction in English"), max_length=800, blank=True)
    due_min = models.PositiveIntegerField(_("minutes from the start"))
    after = ArrayField(models.SlugField(max_length=40), verbose_name=_("only after"), default=list, blank=True)
    evidence = models.CharField(_("evidence"), max_length=6, choices=Evidence.choices, default=Evidence.NONE)
    counted = models.CharField(_("what is counted"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ["version", "position", "id"]
        constraints = [models.UniqueConstraint(name="plans_action_code", fields=["version", "code"])]
        triggers = [PART_KEEPS, NO_TRUNCATE]

    def __str__(self) -> str:
        return self.code


class RevisionItem(models.Model):
    """A reason to change a plan; open ones keep it from being filed (docs/domain.md 7)."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("revision item", "open")
        ADOPTED = "adopted", pgettext_lazy("revision item", "adopted")
        REJECTED = "rejected", pgettext_lazy("revision item", "not adopted")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="revision_items")
    source = models.CharField(_("why"), max_length=10, choices=Source.choices)
    subject = models.CharField(_("where it showed"), max_length=40, blank=True, help_text="incident:5 or drill:2")
    text = models.CharField(_("what is wrong"), max_length=500)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    raised_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    raised_at = models.DateTimeField(_("raised at"), db_default=DatabaseNow())
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_in = models.ForeignKey(Version, models.PROTECT, null=True, blank=True, related_name="answers")
    generation = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("revision item")
        verbose_name_plural = _("revision items")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text


class Due(models.Model):
    """A date by which a plan must be reviewed, drilled or filed; with ``done_on`` it is done, and the next follows."""

    class What(models.TextChoices):
        REVIEW = "review", pgettext_lazy("due", "review")
        DRILL = "drill", pgettext_lazy("due", "drill")
        FILING = "filing", pgettext_lazy("due", "filing")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="dues")
    what = models.CharField(_("what"), max_length=8, choices=What.choices)
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    done_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    why = models.JSONField(_("why"), encoder=DjangoJSONEncoder, default=dict, blank=True, help_text="As a deadline's.")

    may: bool  # Set by views/calendar.py: whether the person may write this plan

    class Meta:
        verbose_name = _("due date of a plan")
        verbose_name_plural = _("due dates of plans")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(name="plans_one_open_due", fields=["plan", "what"], condition=Q(done_on=None))
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.due_on}"

    @property
    def said(self) -> str:
        """Why it is this day, in the active language; empty where somebody chose it."""
        return say(self.why) if self.why else ""
