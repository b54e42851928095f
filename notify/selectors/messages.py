"""A person's open messages."""

from __future__ import annotations

from django.db.models import F, QuerySet

from notify.models import Message
from notify.selectors.ranks import place
from org.models import Person


def open_messages(person: Person) -> QuerySet[Message]:
    """What the person has not taken note of yet: alarms first, of these the gravest kind (notify/selectors/ranks.py),
    then the newest. A red warning that has just come stands above hundreds of older alarms.

    What belongs to an exercise comes last, whatever its rank: it reaches its people too, and says what it is
    (notify/sentences.py), but pushes nothing real down.
    """
    rows = Message.objects.filter(person=person, state=Message.State.OPEN)
    return rows.order_by(F("exercise").asc(nulls_first=True), "-alarm", place(), "-id")
