"""How often somebody was woken: calls between 22:00 and 06:00."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.db.models.functions import ExtractHour
from django.utils import timezone

from database.clock import now
from notify.gateways.contract import VOICE
from notify.models import Delivery
from org.models import Person

DAYS = 30
NIGHT_FROM, NIGHT_TO = 22, 6


def night_wakings(person: Person, days: int = DAYS) -> int:
    """Calls of the last ``days`` days that were handed over at night; several of one night each count. One query."""
    rows = Delivery.objects.filter(
        message__person=person, channel=VOICE, handed_over_at__gt=now() - dt.timedelta(days=days)
    )
    hour = rows.annotate(hour=ExtractHour("handed_over_at", tzinfo=timezone.get_default_timezone()))
    return hour.filter(Q(hour__gte=NIGHT_FROM) | Q(hour__lt=NIGHT_TO)).count()
