"""Who stands in for somebody: whoever holds the B role of the posts whose A role they hold."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from org.models import Appointment
from org.selectors.register import held_now


def deputies_of(held: Iterable[Appointment]) -> dict[int, list[Appointment]]:
    """Id of an appointment → the appointments of those who stand in for it. One query."""
    first = [row for row in held if row.role == Appointment.Role.A]
    if not first:
        return {}
    wanted = Q(pk__in=[])
    for row in first:
        wanted |= Q(unit=row.unit_id, post=row.post_id)
    found = held_now(Appointment.objects.filter(wanted, role=Appointment.Role.B)).select_related("person")
    return {row.pk: [one for one in found if (one.unit_id, one.post_id) == (row.unit_id, row.post_id)] for row in first}
