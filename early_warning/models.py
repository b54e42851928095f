"""Platforms that feed us, what they sent word for word, and the warnings read from it."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import HashIndex
from django.db.models import Q
from django.db.models.functions import MD5, Coalesce
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow
from early_warning.rules import languages
from plans.rules.events import EVENTS


class Feed(models.Model):
    """A platform that may post to an inbound door; its token is stored as a SHA-256 only."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="feeds", verbose_name=_("county"))
    token_digest = models.CharField(max_length=64, unique=True)
    active = models.BooleanField(_("active"), default=True)
    last_heard_at = models.DateTimeField(_("last heard"), null=True, blank=True)

    class Meta:
        verbose_name = _("platform")
        verbose_name_plural = _("platforms")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    is_authenticated = True
    """What the API's permission classes ask of whoever comes through a door."""


class RawMessage(models.Model):
    """What arrived, byte for byte; once per county, identifier, sender and sent (CAP 1.2's own identity).

    Per county, because two counties in one system may each be sent the same provincial message, and each must have it;
    per exercise, because one may play a message that was received before.
    Identifier and sender have no length limit, so the index is over their digests. The body stands in ``body`` or, a
    large one, in the file ``stored`` (early_warning/files/bodies.py); alerts of one wrapper share it. ``canonical`` is
    the digest that white space does not change. ``notes`` are what the reader of our answer should know: [{"code",
    "value"}] with the codes of early_warning/rules/words.py.
    """

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="raw_messages")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    identifier = models.TextField()
    sender = models.TextField()
    sent = models.DateTimeField()
    kind = models.CharField(max_length=8, help_text="CAP msgType: Alert, Update, Cancel, Ack or Error.")
    cap_status = models.CharField(max_length=10, help_text="CAP status: Actual, Exercise, System, Test or Draft.")
    version = models.CharField(max_length=4, default="1.2", help_text="Of CAP: 1.2, 1.1 or 1.0.")
    body = models.BinaryField(default=bytes)
    stored = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    canonical = models.CharField(max_length=64, blank=True)
    notes = models.JSONField(default=list, blank=True)
    received_at = models.DateTimeField(db_default=DatabaseNow())
    exercise = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                "unit", MD5("identifier"), MD5("sender"), "sent", Coalesce("exercise", 0), name="raw_message_once"
            )
        ]
        indexes = [HashIndex(fields=["identifier"], name="raw_message_named")]

    def __str__(self) -> str:
        return self.identifier

    @property
    def acts(self) -> bool:
        """What is Actual, and whatever an exercise plays; tests are only shown."""
        return self.cap_status == "Actual" or self.exercise is not None


class Reference(models.Model):
    """A message named by another one, known to us or not: an original that arrives late finds here that it was
    replaced.
    """

    raw = models.ForeignKey(RawMessage, models.CASCADE, related_name="references")
    sender = models.TextField()
    identifier = models.TextField()
    sent = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [HashIndex(fields=["identifier"], name="reference_named")]

    def __str__(self) -> str:
        return f"{self.sender},{self.identifier},{self.sent.isoformat()}"


class UnreadMessage(models.Model):
    """What a platform with a valid token sent and we could not take, kept until a person has looked at it; also a
    warning without a text, which is taken and is for a person to read.

    The same bytes again count up. ``code`` is the refusal's, ``detail`` and ``fields`` its sentences in both languages
    ({"zh", "en"}). What goes beyond the day's bounds (actions/unread.py) is counted in one row of its own, without a
    body. ``raw``: the message known under the same identity, or the one without a text.
    """

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="unread_messages")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    raw = models.ForeignKey(RawMessage, models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    fields = models.JSONField(default=dict, blank=True)
    count = models.PositiveIntegerField(default=1)
    body = models.BinaryField(default=bytes)
    stored = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    whole = models.BooleanField(default=True, help_text="False where only the head of a body was kept.")
    content_type = models.CharField(max_length=120, blank=True)
    received_at = models.DateTimeField(db_default=DatabaseNow())
    last_at = models.DateTimeField(db_default=DatabaseNow())
    attended_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    attended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("unread message")
        verbose_name_plural = _("unread messages")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "sha256", "code"], condition=Q(attended_at=None), name="unread_message_once"
            )
        ]
        indexes = [models.Index(fields=["feed", "received_at"], name="unread_message_day")]

    def __str__(self) -> str:
        return f"{self.code} {self.sha256[:12]}"


class Warning(models.Model):
    """A warning (预警) as its platform issued it. Its colour is the platform's; the response level is never derived
    from it.

    ``colour`` is that of the gravest part in force, before any has begun that of the gravest to come; ``expires`` is
    the end of the last part; ``area`` holds all parts. ``in_force_since`` is empty while it never was in force here (an
    update that awaits a decision, an area elsewhere). ``takes_over_at``: an update that begins later than what it
    replaces leaves that in force until then.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("warning", "in force")
        UPDATED = "updated", _("replaced by an update")
        CANCELLED = "cancelled", _("cancelled by its sender")
        EXPIRED = "expired", pgettext_lazy("warning", "expired")
        DISMISSED = "dismissed", pgettext_lazy("warning", "dismissed")
        HELD = "held", _("an update that awaits a decision")
        REJECTED = "rejected", _("an update that was not accepted")
        ELSEWHERE = "elsewhere", _("a neighbour's: read and filed")

    class Colour(models.TextChoices):
        RED = "red", _("red")
        ORANGE = "orange", _("orange")
        YELLOW = "yellow", _("yellow")
        BLUE = "blue", _("blue")

    class Origin(models.TextChoices):
        OWN = "own", _("this county")
        SUPERIOR = "superior", _("superior")
        NEIGHBOUR = "neighbour", _("neighbour that may affect this county")

    class AreaSource(models.TextChoices):
        MESSAGE = "message", _("drawn by the sender")
        UNITS = "units", _("boundaries of the divisions named")
        BOTH = "both", _("drawn by the sender, and boundaries of the divisions named")

    ref = models.CharField(_("number"), max_length=24, unique=True)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="warnings", verbose_name=_("county"))
    raw = models.OneToOneField(RawMessage, models.PROTECT, related_name="warning")
    ended_by = models.ForeignKey(RawMessage, models.PROTECT, null=True, blank=True, related_name="ended")
    incident = models.ForeignKey("command.Incident", models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.ACTIVE)
    colour = models.CharField(_("colour"), max_length=8, choices=Colour.choices, blank=True)
    colour_source = models.CharField(max_length=20, help_text="platform, severity or none: how the colour came about.")
    event = models.CharField(_("event"), max_length=120)
    severity = models.CharField(max_length=12)
    urgency = models.CharField(max_length=12)
    certainty = models.CharField(max_length=12)
    effective = models.DateTimeField(_("effective"), null=True, blank=True)
    expires = models.DateTimeField(_("expires"), null=True, blank=True)
    infos = models.JSONField(default=list, help_text="The info blocks as early_warning/rules/blocks.py writes them.")
    area_description = models.TextField(_("area"), blank=True)
    area = models.MultiPolygonField(_("area"), srid=4326, null=True, blank=True)
    area_source = models.CharField(_("source of the area"), max_length=8, choices=AreaSource.choices, blank=True)
    event_kind = models.CharField(
        _("kind of event"), max_length=30, blank=True, help_text="A code of plans/rules/events.py; empty: unclassified."
    )
    origin = models.CharField(_("issued by"), max_length=10, choices=Origin.choices, blank=True)
    unit_count = models.PositiveIntegerField(_("townships and villages"), default=0)
    scope = models.CharField(max_length=12, default="Public")
    test = models.BooleanField(_("test or exercise"), default=False, help_text="CAP status other than Actual.")
    dismissed_reason = models.CharField(_("reason"), max_length=300, blank=True)
    received_at = models.DateTimeField(_("received at"), db_default=DatabaseNow())
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    in_force_since = models.DateTimeField(null=True, blank=True)
    takes_over_at = models.DateTimeField(null=True, blank=True)
    exercise = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("warning")
        verbose_name_plural = _("warnings")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "-id"], name="warning_unit"),
            models.Index(fields=["unit", "colour"], name="warning_active", condition=Q(status="active", test=False)),
            models.Index(fields=["-id"], name="warning_tests", condition=Q(test=True)),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.event}"

    @property
    def kind_label(self) -> str:
        return str(EVENTS.get(self.event_kind, ""))

    @property
    def headline(self) -> str:
        """In the reader's language, as near as the message has it."""
        return languages.headline(self.infos, get_language() or "")

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The info blocks in the reader's language."""
        return languages.blocks_for(self.infos, get_language() or "")

    @property
    def area_words(self) -> str:
        """The areas in the reader's language."""
        return languages.areas(self.blocks) or self.area_description


class WarningPart(models.Model):
    """What a message says of one area: its own severity, colour, beginning and end; the same said in two languages is
    one part. ``blocks`` are the places of its info blocks in ``Warning.infos``.

    ``begun_at`` and ``over_at`` are when our clock saw it begin and end: in force is what has the first and not the
    second, of a warning in force. ``whole_county``: the message gives no area that can be read.
    """

    warning = models.ForeignKey(Warning, models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField(_("part"))
    colour = models.CharField(_("colour"), max_length=8, choices=Warning.Colour.choices, blank=True)
    colour_source = models.CharField(max_length=20)
    event = models.CharField(_("event"), max_length=120)
    event_kind = models.CharField(_("kind of event"), max_length=30, blank=True)
    severity = models.CharField(max_length=12)
    urgency = models.CharField(max_length=12)
    certainty = models.CharField(max_length=12)
    effective = models.DateTimeField(_("effective"), null=True, blank=True)
    onset = models.DateTimeField(_("onset"), null=True, blank=True)
    expires = models.DateTimeField(_("expires"), null=True, blank=True)
    blocks = models.JSONField(default=list)
    area_description = models.TextField(_("area"), blank=True)
    area = models.MultiPolygonField(_("area"), srid=4326, null=True, blank=True)
    area_source = models.CharField(max_length=8, choices=Warning.AreaSource.choices, blank=True)
    whole_county = models.BooleanField(default=False)
    unit_count = models.PositiveIntegerField(_("townships and villages"), default=0)
    begun_at = models.DateTimeField(null=True, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("part of a warning")
        verbose_name_plural = _("parts of warnings")
        ordering = ["warning_id", "number"]
        constraints = [models.UniqueConstraint(fields=["warning", "number"], name="warning_part_once")]

    def __str__(self) -> str:
        return f"{self.warning_id}.{self.number}"

    @property
    def state(self) -> str:
        """``coming``, ``in_force`` or ``over``, as far as our clock has come."""
        if self.over_at:
            return "over"
        return "in_force" if self.begun_at else "coming"

    @property
    def area_words(self) -> str:
        """The areas of this part in the reader's language."""
        own = [self.warning.infos[i] for i in self.blocks if i < len(self.warning.infos)]
        return languages.areas(languages.blocks_for(own, get_language() or "")) if own else self.area_description


class WarningUnit(models.Model):
    """A township or village that a part of a warning is for, and how that was found (geocode, area, county)."""

    warning = models.ForeignKey(Warning, models.CASCADE, related_name="named_units")
    part = models.ForeignKey(WarningPart, models.CASCADE, related_name="named_units")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    how = models.CharField(max_length=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "unit"], name="warning_part_unit_once")]
        indexes = [models.Index(fields=["warning", "unit"], name="warning_named")]

    def __str__(self) -> str:
        return f"{self.part_id}/{self.unit_id}"


class Question(models.Model):
    """What a message leaves open, so that a person decides: a doubtful message alone ends nothing and begins nothing.

    ``update``: it would replace what it ``concerns`` and cannot be in force, or names it wrongly. ``ending``: a cancel
    or a lift that may mean what it ``concerns``. ``contradiction``: of two that are in force and say different things
    of one original, which counts. ``reasons``: [{"code", "value"}] with the codes of early_warning/rules/words.py.
    """

    class Kind(models.TextChoices):
        UPDATE = "update", _("Does this update replace what it names?")
        ENDING = "ending", _("Does this message end a warning?")
        CONTRADICTION = "contradiction", _("Which of these warnings counts?")

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("question", "to be decided")
        ACCEPTED = "accepted", pgettext_lazy("question", "accepted")
        REJECTED = "rejected", pgettext_lazy("question", "rejected")
        LAPSED = "lapsed", pgettext_lazy("question", "settled by what came after")

    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    raw = models.ForeignKey(RawMessage, models.PROTECT, related_name="questions")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    reasons = models.JSONField(default=list)
    concerns = models.ManyToManyField(Warning, related_name="questions")
    made_at = models.DateTimeField(db_default=DatabaseNow())
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("question about a message")
        verbose_name_plural = _("questions about messages")
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit"], name="question_open", condition=Q(status="open"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.raw_id}"
