"""Hidden dangers: found, registered, graded, rectified, looked at by somebody else, and closed (docs/domain.md 6)."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from database.clock import DatabaseNow
from database.fields import LineField
from hazards.rules.words import Closure, Door, FundSource, Grade, Kind, Role
from norms import models as norms
from org.models import Unit


def _somebody(**more: Any) -> models.ForeignKey:
    kind: dict[str, Any] = {"null": True, "blank": True, "related_name": "+", "db_index": False}
    return models.ForeignKey("org.Person", models.PROTECT, **kind, **more)


class Hazard(models.Model):
    """One hidden danger and its ticket.

    ``unit`` is where it lies (village, else township, else county, by point in polygon), ``owner`` the unit that must
    rectify it, ``regulator`` the department that watches over the trade; the township answers for the ground.
    ``principal`` names the household or firm whose it is. Until it is closed it has an owner and a next deadline
    (`next_due_at`); ``rectifier`` is who submitted the work, and never the one who inspects it.
    """

    class Status(models.TextChoices):
        HELD = "held", _("filed by the public, to be taken up")
        FOUND = "found", _("found")
        REGISTERED = "registered", _("registered")
        GRADED = "graded", _("graded")
        RECTIFYING = "rectifying", _("being rectified")
        SUBMITTED = "submitted", _("submitted for acceptance")
        INSPECTED = "inspected", _("re-inspected")
        CLOSED = "closed", pgettext_lazy("hazard", "closed")
        MERGED = "merged", _("merged into another")
        TURNED_AWAY = "turned_away", _("not taken up")

    client_id = models.UUIDField(unique=True, help_text="Made by whoever files it, so that the same again is the same.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content filed under client_id.")
    ref = models.CharField(_("number"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    description = models.CharField(_("description"), max_length=2000)
    point = models.PointField(_("place"), srid=4326)
    accuracy_m = models.PositiveIntegerField(_("accuracy in metres"), null=True, blank=True)
    place = LineField(_("place in words"), max_length=160, blank=True)
    people_at_risk = models.PositiveIntegerField(_("people at risk"), default=0)
    found_at = models.DateTimeField(_("found at"))
    filed_at = models.DateTimeField(_("filed at"), db_default=DatabaseNow())
    door = models.CharField(_("how filed"), max_length=8, choices=Door.choices)
    finder = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("found by")
    )
    finder_contact = LineField(_("contact of the public"), max_length=120, blank=True)
    # Foreign keys without their default indexes, which would slow each insert; the indexes in use are in Meta.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="hazards", verbose_name=_("unit"), db_index=False)
    owner = models.ForeignKey(
        Unit, models.PROTECT, related_name="owned_hazards", verbose_name=_("responsible unit"), db_index=False
    )
    regulator = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("industry department"),
    )  # fmt: skip
    principal = LineField(_("whose it is"), max_length=80, blank=True)
    risk = models.CharField(_("risk grade"), max_length=8, blank=True)
    criterion = models.ForeignKey(
        "hazards.Criterion", models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("criterion"),
    )  # fmt: skip
    leader = _somebody(verbose_name=_("named leader"))
    grade = models.CharField(_("grade"), max_length=8, choices=Grade.choices, blank=True)
    reasons = ArrayField(models.CharField(max_length=16), verbose_name=_("reasons"), default=list, blank=True)
    grade_note = models.CharField(_("grounds"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.FOUND)
    rectifier = _somebody()
    closure = models.CharField(_("how closed"), max_length=10, choices=Closure.choices, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = _somebody()
    close_note = models.CharField(_("grounds of the closure"), max_length=300, blank=True)
    in_time = models.BooleanField(_("closed in time"), null=True, blank=True)
    reopened = models.PositiveSmallIntegerField(_("times reopened"), default=0)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    next_due_at = models.DateTimeField(_("next deadline"), null=True, blank=True)
    overdue_step = models.PositiveSmallIntegerField(_("steps of supervision climbed"), default=0)
    listed = models.BooleanField(_("listed supervision"), default=False)
    generation = models.PositiveIntegerField(default=0)
    exercise = models.BigIntegerField(null=True, blank=True)
    lon = models.GeneratedField(
        expression=Func("point", function="ST_X"), output_field=models.FloatField(), db_persist=True
    )
    lat = models.GeneratedField(
        expression=Func("point", function="ST_Y"), output_field=models.FloatField(), db_persist=True
    )

    class Meta:
        verbose_name = _("hazard")
        verbose_name_plural = _("hazards")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="hazard_open_has_a_deadline",
                condition=Q(status__in=["closed", "merged", "turned_away"]) | Q(next_due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="hazard_not_closed_by_its_rectifier",
                condition=Q(closed_by=None) | Q(rectifier=None) | ~Q(closed_by=F("rectifier")),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-id"], name="hazard_unit"),
            models.Index(fields=["owner", "-id"], name="hazard_owner"),
            # Partial indexes on columns that few tickets have; a new one is in none of them.
            *(
                models.Index(fields=[name], name=f"hazard_{name}", condition=Q(**{f"{name}__isnull": False}))
                for name in ("leader", "rectifier", "closed_by", "merged_into", "regulator")
            ),
            # The triage queue and the overdue list: open tickets by their next deadline. What they are filtered by is
            # read from the index too, so that passing over thousands of others costs little.
            models.Index(
                fields=["next_due_at", "id"],
                include=["status", "kind", "grade", "unit", "owner", "listed", "people_at_risk"],
                name="hazard_due",
                condition=~Q(status__in=["closed", "merged", "turned_away"]),
            ),
            # The map of what is open, read from the index alone: the tickets themselves lie among four times as many
            # closed ones.
            models.Index(
                fields=["lon", "lat"],
                include=["id", "ref", "kind", "grade", "status", "people_at_risk", "next_due_at"],
                name="hazard_map",
                condition=~Q(status__in=["closed", "merged", "turned_away"]),
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Deadline(norms.Deadline):
    """What is owed of a ticket until when."""

    class What(models.TextChoices):
        TAKE_UP = "take_up", _("take up")
        REGISTER = "register", _("register")
        GRADE = "grade", pgettext_lazy("verb", "grade")
        PLAN = "plan", pgettext_lazy("verb", "plan the rectification")
        RECTIFY = "rectify", _("rectify")
        INSPECT = "inspect", _("re-inspect")
        CLOSE = "close", pgettext_lazy("verb", "close")
        DECIDE_EXTENSION = "decide_extension", _("decide on the extension")
        PUBLISH = "publish", _("publish the delisting")

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="deadlines")
    what = models.CharField(_("what"), max_length=18, choices=What.choices)

    # Set by the selectors and views of the pages that show it
    said: str
    met: bool

    class Meta(norms.Deadline.Meta):
        constraints = [
            models.UniqueConstraint(
                name="hazard_one_open_deadline", fields=["hazard", "what"], condition=Q(ended_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.hazard_id} {self.what}"


class Route(models.Model):
    """Who must rectify hazards of a kind in a place, or which department watches over them (``role``).

    Of the rules that fit, the one for the deepest place counts (none: everywhere), then one for the kind before one
    for all kinds, then the lowest position. A rule whose unit is not there, or not in use, is passed over.
    """

    class To(models.TextChoices):
        VILLAGE = "village", _("the village where it lies")
        TOWNSHIP = "township", _("the township where it lies")
        DEPARTMENT = "department", _("a department of the county")
        UNIT = "unit", _("a unit named here")

    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices, blank=True)
    place = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place"))
    role = models.CharField(
        _("as"), max_length=10, default=Role.OWNER,
        choices=[(Role.OWNER.value, Role.OWNER.label), (Role.REGULATOR.value, Role.REGULATOR.label)],
    )  # fmt: skip
    to = models.CharField(_("goes to"), max_length=10, choices=To.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"))
    department = models.CharField(
        _("department"), max_length=3, blank=True, help_text=_("The end of its code, such as D03.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = ["place__path", "kind", "position", "id"]
        constraints = [
            models.CheckConstraint(
                name="hazard_route_goes_somewhere",
                condition=Q(to__in=["village", "township"])
                | Q(to="unit", unit__isnull=False)
                | (Q(to="department") & ~Q(department="")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind or '*'} → {self.department or self.to}"


class Plan(models.Model):
    """A rectification plan with all five elements (五落实); the newest of a hazard counts. [rule]"""

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="plans")
    responsible = models.ForeignKey(
        "org.Person", models.PROTECT, related_name="+", verbose_name=_("responsible person")
    )
    measures = models.TextField(_("measures"), max_length=2000)
    funds = models.CharField(_("funds"), max_length=200)
    fund_source = models.CharField(_("source of the money"), max_length=10, choices=FundSource.choices, blank=True)
    finish_on = models.DateField(_("time limit"))
    contingency = models.TextField(_("contingency plan"), max_length=2000)
    interim = models.TextField(_("interim control"), max_length=1000, blank=True)
    made_by = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made at"), db_default=DatabaseNow())

    class Meta:
        verbose_name = _("rectification plan")
        verbose_name_plural = _("rectification plans")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.hazard_id}: {self.finish_on}"


class Inspection(models.Model):
    """Somebody who did not rectify it went and looked."""

    class Result(models.TextChoices):
        PASSED = "passed", _("passed")
        SENT_BACK = "sent_back", _("sent back")

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="inspections")
    by = models.ForeignKey("org.Person", models.PROTECT, related_name="+", verbose_name=_("inspector"))
    at = models.DateTimeField(_("at"), db_default=DatabaseNow())
    result = models.CharField(_("result"), max_length=10, choices=Result.choices)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("re-inspection")
        verbose_name_plural = _("re-inspections")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.hazard_id}: {self.result}"


class Extension(models.Model):
    """More time, asked for with a reason and decided by the unit above."""

    class Status(models.TextChoices):
        ASKED = "asked", _("asked")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", pgettext_lazy("extension", "refused")
        LAPSED = "lapsed", pgettext_lazy("extension", "lapsed")

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="extensions")
    until = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=500)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.ASKED)
    asked_by = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"), db_default=DatabaseNow())
    decided_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    generation = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="hazard_one_open_extension", fields=["hazard"], condition=Q(status="asked"))
        ]

    def __str__(self) -> str:
        return f"{self.hazard_id}: {self.until}"


class Supervision(models.Model):
    """What an overdue hazard brought: a supervision letter, then a circular; or listed supervision of a major one.

    ``paper`` is the official paper: it counts from the day on which that was served, and so does ``due_on``.
    """

    class Form(models.TextChoices):
        LETTER = "letter", _("supervision letter")
        CIRCULAR = "circular", _("circular")
        LISTED = "listed", _("listed supervision")

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="supervisions")
    form = models.CharField(_("form"), max_length=8, choices=Form.choices)
    paper = models.OneToOneField("norms.OfficialPaper", models.PROTECT, related_name="supervision")
    to = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("to"))
    due_on = models.DateField(_("to be done by"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    published_on = models.DateField(_("delisting published on"), null=True, blank=True)

    class Meta:
        verbose_name = _("supervision")
        verbose_name_plural = _("supervisions")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.hazard_id}: {self.form}"


class Photo(models.Model):
    """What a photo shows, before or after, and which one it pairs with. The picture is journal's attachment."""

    class Shows(models.TextChoices):
        BEFORE = "before", pgettext_lazy("photo", "before")
        AFTER = "after", pgettext_lazy("photo", "after")

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="photos")
    attachment = models.OneToOneField("journal.Attachment", models.PROTECT, related_name="+")
    shows = models.CharField(_("shows"), max_length=6, choices=Shows.choices)
    pair = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    original_sha256 = models.CharField(
        max_length=64, blank=True, help_text="Of the camera's own file, where the phone scaled it down before sending."
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.hazard_id}: {self.shows}"


class SavedFilter(models.Model):
    """A set of filters of the triage queue that a person keeps under a name."""

    person = models.ForeignKey("org.Person", models.CASCADE, related_name="saved_filters")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=600)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="hazard_view_name", fields=["person", "name"])]

    def __str__(self) -> str:
        return self.name
