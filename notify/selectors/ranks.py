"""In which order open messages stand: the gravest kind first. Apps say where their codes stand; lower comes first."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Value, When

LAST = 1000
_places: dict[tuple[str, str], int] = {}


def rank(prefix: str, place: int, *, colour: str = "") -> None:
    """Messages whose code begins so; with ``colour`` only those whose data say it, which goes before the prefix alone.

    A longer prefix goes before a shorter one.
    """
    _places[prefix, colour] = place


def place() -> Case:
    """For ordering: the place of a message's kind."""
    known = sorted(_places.items(), key=lambda row: (-len(row[0][0]), not row[0][1]))
    whens = [
        When(code__startswith=prefix, **({"data__colour": colour} if colour else {}), then=Value(number))
        for (prefix, colour), number in known
    ]
    return Case(*whens, default=Value(LAST), output_field=IntegerField())
