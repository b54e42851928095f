"""Finding units and people by what somebody types, inside the asker's jurisdiction."""

from __future__ import annotations

import re
from contextlib import suppress

from django.db.models import Q, QuerySet

from org.codes import normalise
from org.jurisdiction import visible_to
from org.models import Appointment, Person, Unit
from org.selectors import held_now


def search_units(person: Person, text: str) -> QuerySet[Unit]:
    """Units in sight whose Chinese or English name holds ``text``, or whose code begins with it (any form of the
    code).
    """
    text = text.strip()
    if not text:
        return Unit.objects.none()
    wanted = Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__startswith=text.upper())
    with suppress(ValueError):
        wanted |= Q(code=normalise(text))
    return Unit.objects.filter(visible_to(person, "path"), wanted, active=True).defer("boundary")


def search_people(person: Person, text: str) -> QuerySet[Person]:
    """People holding a post in sight, by name in either language or by digits of their number (four or more)."""
    text = text.strip()
    if not text:
        return Person.objects.none()
    wanted = Q(name__icontains=text) | Q(name_en__icontains=text)
    digits = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"[0-9]{4,}", digits):
        wanted |= Q(phone__contains=digits)
    served = held_now(Appointment.objects.filter(visible_to(person)))
    return Person.objects.filter(wanted, is_active=True, pk__in=served.values("person"))
