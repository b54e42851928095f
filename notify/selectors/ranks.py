"""Sort order of open messages: the gravest kind first. Apps say where their codes stand; lower comes first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Value, When

from database.registry import Registry

LAST = 1000


@dataclass(frozen=True)
class Rank:
    prefix: str
    colour: str
    place: int


RANKS: Registry[Rank] = Registry(
    "ranks of messages", "In which order open messages stand, by how their code begins. `notify.selectors.ranks.rank`."
)


def rank(prefix: str, place: int, *, colour: str = "") -> None:
    """Messages whose code begins so; with ``colour`` only those whose data say it, which goes before the prefix alone.

    A longer prefix goes before a shorter one.
    """
    RANKS.register(f"{prefix} {colour}".strip(), Rank(prefix, colour, place))


def place() -> Case:
    """For ordering: the place of a message's kind."""
    known = sorted(RANKS.values(), key=lambda one: (-len(one.prefix), not one.colour))
    whens = [
        When(code__startswith=one.prefix, **({"data__colour": one.colour} if one.colour else {}), then=Value(one.place))
        for one in known
    ]
    return Case(*whens, default=Value(LAST), output_field=IntegerField())
