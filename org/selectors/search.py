"""Finding units and people by what somebody types, inside the asker's jurisdiction."""

from __future__ import annotations

from contextlib import suppress

from django.db.models import Q, QuerySet

from database import patterns
from database.text import clean
from org.models import Appointment, Person, Unit
from org.rules.codes import normalise
from org.selectors.jurisdiction import visible_to
from org.selectors.register import held_now


def spelled(text: str, *columns: str) -> Q:
    """Rows with one of ``columns`` (free text) holding ``text`` in any spelling (database/patterns.py); none for
    nothing.
    """
    wanted = patterns.pattern(text)
    if not wanted:
        return Q(pk__in=[])
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__iregex": wanted})
    return found


def named(text: str) -> Q:
    """Rows whose name, Chinese, English or by pinyin, holds ``text``; none for nothing."""
    found = spelled(text, "name", "name_en")
    if heard := patterns.spoken(text):
        found |= Q(sort_key__regex=heard)
    return found


def search_units(person: Person, text: str) -> QuerySet[Unit]:
    """Units in sight whose name holds ``text`` (`named`), or whose code begins with it (any form of the code).

    Natural villages and grids by the whole code alone, or everybody who types a village's would find them as well.
    """
    wanted = named(text)
    if code := clean(text).upper():
        wanted |= Q(code__startswith=code) & ~Q(level__in=Unit.PARTS)
    with suppress(ValueError):
        wanted |= Q(code=normalise(text))
    return Unit.objects.filter(visible_to(person, "path"), wanted, active=True).defer("boundary")


def search_people(person: Person, text: str) -> QuerySet[Person]:
    """People holding a post in sight, by name (`named`) or by digits of their number (four or more)."""
    wanted = named(text)
    if digits := patterns.digits(text):
        wanted |= Q(phone__regex=digits)
    served = held_now(Appointment.objects.filter(visible_to(person)))
    return Person.objects.filter(wanted, is_active=True, pk__in=served.values("person"))
