"""The event log and what hangs on it: relays, timers, seals, attachments, remembered replies.

References to subjects and people are plain strings and numbers, never foreign keys: the log outlives what it speaks of.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pgtrigger
from django.contrib.gis.db import models
from django.contrib.postgres.functions import RandomUUID
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow
from journal.rules import old_codes

NO_TRUNCATE = pgtrigger.Trigger(
    name="no_truncate",
    operation=pgtrigger.Truncate,
    when=pgtrigger.Before,
    level=pgtrigger.Statement,
    func="RAISE EXCEPTION 'the journal is append-only: cannot truncate %', TG_TABLE_NAME;",
)

COMMITS_SOON = pgtrigger.Trigger(
    name="commits_soon",
    operation=pgtrigger.Insert,
    when=pgtrigger.After,
    timing=pgtrigger.Deferred,
    func="""
        IF clock_timestamp() - transaction_timestamp() > interval '50 seconds' THEN
            RAISE EXCEPTION 'an event must be committed within 50 s of the start of its transaction';
        END IF;
        RETURN NULL;
    """,
)
"""Live cursors and seals rest on it: a number given out a minute ago is in the table by now, or never will be."""


class Event(models.Model):
    """One fact, appended and never changed; ``seq`` is the cursor of every live client.

    ``subject`` is "kind:id". ``by`` is "person:12", "feed:3" or "system". ``card`` is the subject's map-and-list
    snapshot after the change, so that the journal alone can redraw the board at any past moment (docs/laws.md 4).
    """

    seq = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("at"), db_default=DatabaseNow())
    written_at = models.DateTimeField(db_default=Now(), help_text="Real clock; bounds the overlap.")
    verb = models.CharField(_("verb"), max_length=60)
    by = models.CharField(_("by"), max_length=40)
    by_name = models.CharField(_("name"), max_length=80, blank=True)
    unit_path = models.CharField(_("unit"), max_length=40, db_collation="C")
    subject = models.CharField(_("subject"), max_length=60)
    root = models.CharField(
        max_length=60, blank=True, help_text="The incident this belongs to, as 'incident:7', or empty."
    )
    cause = models.BigIntegerField(_("cause"), null=True, blank=True)
    data = models.JSONField(_("data"), default=dict, encoder=DjangoJSONEncoder)
    card = models.JSONField(_("card"), null=True, encoder=DjangoJSONEncoder)
    exercise = models.BigIntegerField(_("exercise"), null=True, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["subject", "seq"], name="event_subject"),
            models.Index(fields=["root", "seq"], name="event_root", condition=~Q(root="")),
            models.Index(fields=["unit_path", "seq"], name="event_unit"),
            models.Index(fields=["verb", "seq"], name="event_verb"),
            models.Index(fields=["written_at", "seq"], name="event_written"),
        ]
        constraints = [models.CheckConstraint(condition=Q(seq__gt=0), name="event_seq_positive")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            NO_TRUNCATE,
            COMMITS_SOON,
        ]

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **more: Any) -> Event:
        """Translate old codes of recorded events to today's (journal/rules/old_codes.py)."""
        event = super().from_db(db, field_names, values, **more)
        if event.__dict__.get("verb") in old_codes.VERBS:  # not the attribute: it may be deferred
            event.verb, event.subject, event.data = old_codes.event_now(event.verb, event.subject, event.data)
        return event

    def __str__(self) -> str:
        return f"{self.seq} {self.verb} {self.subject}"


class Relay(models.Model):
    """An event that a subscriber has yet to hear, written in the event's own transaction (docs/laws.md 11)."""

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"

    event = models.ForeignKey(Event, models.PROTECT, related_name="relays")
    subscriber = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(db_default=DatabaseNow())
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="relay_once")]
        indexes = [models.Index(fields=["not_before", "id"], name="relay_pending", condition=Q(state="pending"))]


class Timer(models.Model):
    """Something that is due. ``generation`` dates it: a subject that has moved on since makes it void."""

    class State(models.TextChoices):
        PENDING = "pending"
        FIRED = "fired"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    step = models.PositiveIntegerField(default=0)
    generation = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    fired_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(
        db_default=DatabaseNow(), help_text="Back-off after an error; never the deadline."
    )
    error = models.TextField(blank=True)
    alarmed_at = models.DateTimeField(null=True, blank=True)
    set_at = models.DateTimeField(
        db_default=DatabaseNow(), help_text="Due before this: set in the past, and not overdue for that."
    )
    exercise = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [models.UniqueConstraint(fields=["kind", "subject", "step", "generation"], name="timer_once")]
        indexes = [
            models.Index(fields=["due_at", "id"], name="timer_pending_due", condition=Q(state="pending")),
            models.Index(fields=["subject"], name="timer_pending_subject", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} step {self.step} generation {self.generation} due {self.due_at}"


class Pulse(models.Model):
    """Heartbeat: when each firer last did a round, by which the sentinel knows that Celery is silent."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()


class Seal(models.Model):
    """A SHA-256 over a run of events, chained to the seal before it by number and digest (journal/sql/seals.sql).

    Written by the database's function alone; ``manage.py verify_journal`` recomputes it. ``format`` 1 left
    ``written_at`` out.
    """

    number = models.PositiveBigIntegerField(unique=True)
    format = models.PositiveSmallIntegerField(default=2)
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["number"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            NO_TRUNCATE,
        ]


class Epoch(models.Model):
    """Since when the journal's numbers go on from one another; the newest row counts.

    A restore gives out again numbers that were given out before: it begins an epoch, and every cursor of another one is
    told to load anew (journal/actions/epochs.py).
    """

    code = models.UUIDField(db_default=RandomUUID(), unique=True)
    began_at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=40)

    class Meta:
        ordering = ["id"]


class Counter(models.Model):
    """The last number given out, a kind and a year; see journal/actions/numbers.py."""

    kind = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="counter_once")]


class Attachment(models.Model):
    """A photo: decoded and re-encoded, with EXIF place and time kept as columns and the rest of the EXIF gone. Or a
    document, kept as it was sent, of a kind of web/documents.py (the ending of its file): it has no width or height.
    """

    subject = models.CharField(max_length=60, db_index=True)
    unit_path = models.CharField(max_length=40, db_collation="C")
    file = models.FileField(upload_to="attachments/%Y/%m/")
    sha256 = models.CharField(max_length=64, help_text="Of what was sent, so that the same again is recognised.")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_where = models.PointField(srid=4326, null=True, blank=True)
    by = models.CharField(max_length=40)
    added_at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["subject", "sha256"], name="attachment_once")]

    @property
    def is_photo(self) -> bool:
        return self.width > 0

    @property
    def ending(self) -> str:
        """Of the file's name, which says its kind."""
        return str(self.file.name).rpartition(".")[2]


class RememberedReply(models.Model):
    """The answer to a POST that carried an Idempotency-Key: the same again gets the same answer, and acts once."""

    key = models.CharField(max_length=120)
    person_id = models.BigIntegerField()
    request = models.CharField(max_length=64, help_text="SHA-256 of method, path and body.")
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "key"], name="reply_once")]
        indexes = [models.Index(fields=["at"], name="reply_at")]
