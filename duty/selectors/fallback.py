"""Whom to call where the roster leaves nobody: the county's fallback contact, else the first who keep its roster."""

from __future__ import annotations

from collections.abc import Collection

from database.clock import DatabaseNow
from duty.models import FallbackContact, Leave
from org.models import Appointment, Person
from org.rules import capabilities
from org.rules.codes import county_of
from org.selectors.register import held_now

FIRST = 2
"""How many of those who keep the county's roster are called where no fallback contact is set or can be called."""


def contacts(path: str, besides: Collection[int] = ()) -> list[Person]:
    """Who is called for a unit of this path when nobody else can be: never the silent themselves (``besides``), nobody
    off the register, on leave or without a number. Empty only where the county has nobody at all.
    """
    county = county_of(path)
    away = Leave.objects.filter(status=Leave.Status.APPROVED, during__contains=DatabaseNow()).values("person")
    able = Person.objects.filter(is_active=True, is_device=False).exclude(phone="").exclude(pk__in=besides)
    able = able.exclude(pk__in=away)
    chosen = FallbackContact.objects.filter(unit__path=county).values("person")
    if found := able.filter(pk__in=chosen).first():
        return [found]
    posts = Appointment.objects.filter(
        unit__path=county, person__in=able, post__capabilities__contains=[capabilities.ROSTER]
    )
    # Those who begin later are the last resort: a clock that was set back may say so of everybody.
    for keepers in (held_now(posts), posts.filter(valid_to=None)):
        people = [row.person for row in keepers.select_related("person").order_by("role", "post__rank", "pk")]
        if people:
            return list({person.pk: person for person in people}.values())[:FIRST]
    return []
