"""Questions to the register that change nothing."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from org.clock import DatabaseNow
from org.models import Appointment, Unit


def held_now(appointments: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Only those in force at the database's present moment (half-open), of active people in active units."""
    now = DatabaseNow()
    return appointments.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=now), valid_from__lte=now, person__is_active=True, unit__active=True
    )


def subtree(path: str) -> QuerySet[Unit]:
    """The unit at ``path`` and everything under it, departments included."""
    return Unit.objects.filter(Q(path=path) | Q(path__startswith=path + "."), active=True)
