"""Headquarters (指挥部): which one answers for a type of hazard, and who holds its seats now."""

from __future__ import annotations

from collections.abc import Iterable

from database import clock
from org.models import Appointment, Headquarters, HeadquartersMember, Person, Unit


def headquarters_for(unit: Unit, hazard_type: str) -> Headquarters | None:
    """The unit's headquarters, or the one of the unit above it that comes nearest, for a plans' type of hazard."""
    paths = [unit.path[:end] for end in range(len(unit.path), 0, -1) if end == len(unit.path) or unit.path[end] == "."]
    found = [
        row
        for row in Headquarters.objects.select_related("unit").filter(unit__path__in=paths, active=True)
        if hazard_type in row.hazard_types
    ]
    return max(found, key=lambda row: len(row.unit.path), default=None)


def holders(headquarters: Headquarters, *roles: str) -> list[tuple[HeadquartersMember, Person]]:
    """Who holds the seats of these roles now, in the order of the seats; a vacant seat has nobody."""
    seats = headquarters.members.filter(role__in=roles).select_related("person", "post", "unit")
    return [(seat, person) for seat in seats for person in _sitting(seat)]


def _sitting(seat: HeadquartersMember) -> Iterable[Person]:
    if seat.person is not None:
        return [seat.person] if seat.person.is_active else []
    now = clock.now()
    held = (
        Appointment.objects.filter(unit=seat.unit, post=seat.post, person__is_active=True, valid_from__lte=now)
        .exclude(valid_to__lte=now)
        .select_related("person")
        .order_by("role", "id")
    )
    return [row.person for row in held]
