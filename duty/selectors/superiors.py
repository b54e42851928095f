"""Superiors' calls (上级来电) that nobody has replied to."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from database.clock import DatabaseNow
from duty.models import CallLog
from duty.selectors.rosters import calls_visible_to
from org.models import Person


def unanswered(rows: QuerySet[CallLog]) -> QuerySet[CallLog]:
    """Those that wait for a reply: not struck through, and no reply to them, however often corrected, stands."""
    standing = CallLog.objects.filter(corrected_by=None).exclude(content="")
    replied = Exists(standing.filter(answers=OuterRef("thread")))
    rows = rows.annotate(thread=Coalesce("first", "pk"))
    return rows.filter(~replied, kind=CallLog.Kind.SUPERIOR, corrected_by=None).exclude(content="")


def waiting_for(person: Person) -> QuerySet[CallLog]:
    """What the person's units owe their superiors, the longest overdue first."""
    rows = unanswered(calls_visible_to(person)).select_related("unit").defer("unit__boundary")
    return rows.order_by("reply_due_at", "pk")


def overdue_for(person: Person) -> QuerySet[CallLog]:
    return waiting_for(person).filter(reply_due_at__lt=DatabaseNow())
