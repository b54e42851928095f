"""Reading the journal."""

from __future__ import annotations

from django.db.models import QuerySet

from journal.models import Event
from org.models import Person
from org.selectors.jurisdiction import visible_to


def events_visible_to(person: Person) -> QuerySet[Event]:
    return Event.objects.filter(visible_to(person, "unit_path"))


def timeline(person: Person, root: str) -> QuerySet[Event]:
    """Everything of one incident that the person may see, the newest first."""
    return events_visible_to(person).filter(root=root).order_by("-seq")
