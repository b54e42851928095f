"""The page of numbers: what is in force, since when, on whose authority; and what is to come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils.translation import override

from database.clock import now
from norms.models import Number
from norms.rules.numbers import NUMBERS, Figure, said
from norms.selectors.numbers import versions
from org.models import Person, Unit
from org.rules.capabilities import REGISTER
from org.selectors.jurisdiction import allowed, registered_by, visible_to


@dataclass
class Version:
    """One row as it is shown; ``state``: in_force, to_come or earlier."""

    row: Number
    state: str

    @property
    def said(self) -> str:
        return said(self.row.value, self.row.measure)

    @property
    def source(self) -> Any:
        """A default's source in the reader's language; a county's own as it was typed."""
        return _sources().get(self.row.source, self.row.source)


def _sources() -> dict[str, Any]:
    with override("en"):
        return {str(kind.source): kind.source for kind in NUMBERS.values()}


@dataclass
class Shown:
    """A number: what holds for everybody, what units have of their own, what is to come, and whether it may be set."""

    code: str
    kind: Figure
    versions: list[Version]
    may: bool

    @property
    def general(self) -> Version | None:
        return next((one for one in self.versions if one.state == "in_force" and one.row.unit is None), None)

    @property
    def beside(self) -> list[Version]:
        """Of units, and to come."""
        return [one for one in self.versions if one.state != "earlier" and one is not self.general]


def sheet(person: Person) -> list[tuple[str, list[Shown]]]:
    """All numbers under their headings, in the order in which they are registered."""
    found = shown(person, *NUMBERS)
    return [(str(heading), list(group)) for heading, group in groupby(found, key=lambda one: str(one.kind.heading))]


def shown(person: Person, *codes: str) -> list[Shown]:
    """These numbers, with the values of units in the reader's sight. One statement."""
    at = now()
    of: dict[str, list[Number]] = {code: [] for code in codes}
    for row in versions(*codes).filter(Q(unit=None) | visible_to(person, "unit__path")):
        of[row.code].append(row)
    everywhere, anywhere = may_set_for_all(person), bool(settable_units(person).exists())
    return [
        Shown(code, NUMBERS[code], _states(rows, at), everywhere or (NUMBERS[code].local and anywhere))
        for code, rows in of.items()
    ]


def _states(rows: Sequence[Number], at: dt.datetime) -> list[Version]:
    """The newest first. Of each unit, and of everybody, the first that has begun is in force."""
    found, begun = [], set()
    for row in rows:
        state = "to_come" if row.effective_from > at else "earlier" if row.unit_id in begun else "in_force"
        if state == "in_force":
            begun.add(row.unit_id)
        found.append(Version(row, state))
    return found


def may_set_for_all(person: Person) -> bool:
    top = Unit.objects.filter(parent=None, active=True).values_list("path", flat=True).first()
    return top is not None and allowed(person, REGISTER, top)


def settable_units(person: Person) -> Any:
    """Units for which the person may set a value of their own. What a township sets holds for its villages."""
    rows = registered_by(person).exclude(level__in=[Unit.Level.VILLAGE, *Unit.PARTS]).exclude(parent=None)
    return rows.defer("boundary").order_by("path")
