"""Reading tickets inside a person's jurisdiction: one predicate for lists, ids, maps, photos, exports, statistics."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from hazards.models import Hazard
from org.jurisdiction import jurisdiction_of, visible_to
from org.models import Person


def sees(person: Person) -> Q:
    """The predicate: it lies in the person's units, or these must rectify it, or the person found it or leads it."""
    if jurisdiction_of(person).everything:
        return Q()
    return visible_to(person) | visible_to(person, "owner__path") | Q(finder=person) | Q(leader=person)


def hazards_visible_to(person: Person) -> QuerySet[Hazard]:
    return Hazard.objects.filter(sees(person))
