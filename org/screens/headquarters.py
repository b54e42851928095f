"""View-models of the page of headquarters: each with its seats, and what is missing in it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from org.models import Headquarters, HeadquartersMember, Person
from org.rules.capabilities import REGISTER
from org.rules.hazard_types import HAZARD_TYPES
from org.selectors.headquarters import Seat, headquarters_visible_to, seated
from org.selectors.jurisdiction import allowed
from web.errors import NotFound

Role = HeadquartersMember.Role


@dataclass
class Body:
    """``gaps``: what is missing, in words. ``may``: the reader keeps it."""

    row: Headquarters
    seats: list[Seat]
    hazards: list[str]
    gaps: list[str]
    may: bool

    @property
    def leading(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.member.role != Role.MEMBER]

    @property
    def members(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.member.role == Role.MEMBER]


def bodies(person: Person) -> list[Body]:
    rows = list(headquarters_visible_to(person))
    seats = seated(rows)
    order = {role: place for place, role in enumerate(Role.values)}
    found = []
    for row in rows:
        own = [seat for seat in seats if seat.member.headquarters_id == row.pk]
        own.sort(key=lambda seat: (order[seat.member.role], seat.member.order, seat.member.pk))
        hazards = [str(HAZARD_TYPES[code]) for code in row.hazard_types if code in HAZARD_TYPES]
        found.append(Body(row, own, hazards, _gaps(row, own), allowed(person, REGISTER, row.unit.path)))
    return found


def _gaps(row: Headquarters, seats: list[Seat]) -> list[str]:
    if not row.active:
        return []
    filled = {seat.member.role for seat in seats if seat.people}
    said = {
        Role.COMMANDER: _("No commander"), Role.DEPUTY_COMMANDER: _("No deputy commander"),
        Role.OFFICE_DIRECTOR: _("No director of the office"),
    }  # fmt: skip
    found = [str(words) for role, words in said.items() if role not in filled]
    return found if row.hazard_types else [*found, _("Answers for no type of hazard")]


def body_of(person: Person, pk: int) -> Headquarters:
    """One that the person keeps or sees; NotFound otherwise."""
    row = headquarters_visible_to(person).filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row
