"""Units grouped by township, for an order, a response or an area, so that a confirmation names them. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from duty.selectors.fanout import Line
from org.models import Person, Unit
from org.selectors.jurisdiction import visible_to

SHOWN = 12
"""Townships named at once; the others are one tap away."""


@dataclass
class Place:
    """A township with its villages, a department, or the county itself. ``head``: the unit itself is meant too."""

    unit: Unit
    head: bool = False
    villages: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    vacant: int = 0

    @property
    def units(self) -> int:
        return len(self.villages) + self.head


@dataclass
class Places:
    rows: list[Place]

    @property
    def first(self) -> list[Place]:
        return self.rows[:SHOWN]

    @property
    def rest(self) -> list[Place]:
        return self.rows[SHOWN:]

    @property
    def townships(self) -> int:
        return sum(row.unit.level == Unit.Level.TOWNSHIP for row in self.rows)

    @property
    def units(self) -> int:
        return sum(row.units for row in self.rows)


def of_lines(lines: Iterable[Line]) -> Places:
    """Group assignments by place, with their people; one query, for the townships of villages."""
    lines = list(lines)
    by_unit = {line.unit.pk: line.unit for line in lines}
    rows = _grouped(list(by_unit.values()))
    for line in lines:
        place = rows[_place_id(line.unit)]
        if line.person:
            place.people.add(line.person.pk)
        else:
            place.vacant += 1
    return _sorted(rows)


def of_paths(paths: Sequence[str], reader: Person) -> Places:
    """Group units by place, those that the reader may see; at most two queries."""
    units = Unit.objects.filter(visible_to(reader, "path"), path__in=paths, active=True).defer("boundary", "seat")
    return _sorted(_grouped(list(units)))


def _grouped(units: Sequence[Unit]) -> dict[int, Place]:
    """Place id → the place, of every unit given."""
    known = {unit.pk: unit for unit in units}
    wanted = {_place_id(unit) for unit in units} - known.keys()
    known |= Unit.objects.filter(pk__in=wanted).defer("boundary", "seat").in_bulk() if wanted else {}
    rows: dict[int, Place] = {}
    for unit in units:
        place = rows.setdefault(_place_id(unit), Place(known[_place_id(unit)]))
        if unit.level == Unit.Level.VILLAGE and unit.parent_id:
            place.villages.add(unit.pk)
        else:
            place.head = True
    return rows


def _place_id(unit: Unit) -> int:
    return unit.parent_id if unit.level == Unit.Level.VILLAGE and unit.parent_id else unit.pk


def _sorted(rows: dict[int, Place]) -> Places:
    """Townships by their codes; the county and its departments after them."""
    return Places(sorted(rows.values(), key=lambda row: (row.unit.level != Unit.Level.TOWNSHIP, row.unit.path)))
