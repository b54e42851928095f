"""The world that a page, a list or a figure speaks of: the real one or an exercise's, now or at a past moment (law 9).

Selectors take one `World` and leave out what belongs to another. Whoever names none gets the real present. What can be
done to one object (its own page, its actions) needs none: the object has its own, and what lies below it inherits that.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q


@dataclass(frozen=True)
class World:
    """``exercise``: its number, None for what is real. ``at``: a past moment, None for the present."""

    exercise: int | None = None
    at: dt.datetime | None = None

    def rows(self, through: str = "") -> Q:
        """Those of its exercise, or the real ones. ``through``: the way to the column, "order__"."""
        return Q(**{f"{through}exercise": self.exercise})

    def told(self, column: str = "at") -> Q:
        """What had been recorded at its moment."""
        return Q() if self.at is None else Q(**{f"{column}__lte": self.at})


REAL = World()
"""What is real, now."""


def world_of(row: Any) -> World:
    """The world in which an object with an ``exercise`` lives, now."""
    return World(row.exercise)
