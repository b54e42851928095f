"""The numbers in force (duty/models/numbers.py); their codes and defaults stand in duty/rules/default_numbers.py."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from database.clock import DatabaseNow
from duty.models import Limit


def limit(code: str) -> int:
    """The newest effective value. LookupError for a code that nobody has set: a rule without its number is a defect."""
    found = Limit.objects.filter(code=code, effective_from__lte=DatabaseNow()).order_by("-effective_from").first()
    if found is None:
        raise LookupError(f"no limit {code} is in force")
    return found.value


def minutes(code: str) -> dt.timedelta:
    return dt.timedelta(minutes=limit(code))


def hours(code: str) -> dt.timedelta:
    return dt.timedelta(hours=limit(code))


def too_short(length: dt.timedelta, shortest: int | None = None) -> str:
    """What is wrong with the length of a shift that nobody could take over in earnest; empty when nothing is.

    ``shortest`` in minutes, for whoever asks for many.
    """
    shortest = limit("shortest_min") if shortest is None else shortest
    if length >= dt.timedelta(minutes=shortest):
        return ""
    return _("A shift lasts at least %(minutes)s minutes.") % {"minutes": shortest}
