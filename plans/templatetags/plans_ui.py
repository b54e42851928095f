"""Template filters and tags of plans."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template

from journal.models import Event
from journal.sentences import say
from plans.models import Due, RevisionItem, Version

register = template.Library()

TONES = {
    Version.Status.DRAFT: "draft", Version.Status.IN_REVIEW: "review", Version.Status.APPROVED: "force",
    Version.Status.FILED: "force", Version.Status.SUPERSEDED: "old", RevisionItem.Status.OPEN: "open",
    RevisionItem.Status.ADOPTED: "force", RevisionItem.Status.REJECTED: "old",
}  # fmt: skip


@register.filter
def event_words(event: Event) -> str:
    """The event in the reader's language."""
    return say(event.verb, event.by_name, event.data, event.card)


@register.filter
def tone(status: str) -> str:
    """CSS class of a status: draft, review, force, old, open."""
    return TONES.get(status, "old")


@register.filter
def lateness(due: Due, today: dt.date) -> str:
    """done, late, soon (within 30 days) or coming."""
    if due.done_on:
        return "done"
    days = (due.due_on - today).days
    return "late" if days < 0 else "soon" if days <= 30 else "coming"


@register.filter
def item(mapping: Any, key: Any) -> Any:
    return mapping.get(key)
