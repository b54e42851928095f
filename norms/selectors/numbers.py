"""The numbers in force. Which there are: `norms.rules.numbers.NUMBERS`, registered by the apps that ask."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.models import QuerySet

from norms.models import Number
from norms.rules.numbers import NUMBERS
from org.models import Unit

_IN_FORCE = """
    SELECT w.code, n.value FROM unnest(%s::text[]) w(code)
    CROSS JOIN LATERAL number_in_force(w.code, %s, COALESCE(%s, sanji_now())) n
"""


def numbers(*codes: str, unit: Unit | None = None, at: dt.datetime | None = None) -> dict[str, int]:
    """The values of several numbers for ``unit`` (for everybody), in force at ``at`` (now), in one statement.

    LookupError for one that nobody has set: a rule without its number is a defect.
    """
    found = numbers_set(*codes, unit=unit, at=at)
    if missing := set(codes) - set(found):
        raise LookupError(f"no number {min(missing)} is in force")
    return found


def numbers_set(*codes: str, unit: Unit | None = None, at: dt.datetime | None = None) -> dict[str, int]:
    """Those of the numbers that are in force: of one without a default perhaps none. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE, [list(codes), unit.path if unit else "", at])
        return dict(cursor.fetchall())


def number(code: str, unit: Unit | None = None) -> int:
    return numbers(code, unit=unit)[code]


def minutes(code: str, unit: Unit | None = None) -> dt.timedelta:
    return dt.timedelta(minutes=number(code, unit))


def hours(code: str, unit: Unit | None = None) -> dt.timedelta:
    return dt.timedelta(hours=number(code, unit))


def days(code: str, unit: Unit | None = None) -> dt.timedelta:
    return dt.timedelta(days=number(code, unit))


def versions(*codes: str) -> QuerySet[Number]:
    """The rows of these numbers (of all that the code asks for), the newest first."""
    rows = Number.objects.filter(code__in=codes or list(NUMBERS)).select_related("unit", "set_by")
    return rows.defer("unit__boundary").order_by("-effective_from", "-pk")
