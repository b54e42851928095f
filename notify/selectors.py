"""A person's open messages."""

from __future__ import annotations

from django.db.models import QuerySet

from notify.models import Message
from org.models import Person


def open_messages(person: Person) -> QuerySet[Message]:
    """What the person has not taken note of yet, alarms first, then the oldest first."""
    return Message.objects.filter(person=person, state=Message.State.OPEN).order_by("-alarm", "id")
