"""Headquarters (指挥部): which one answers for a type of hazard, who holds its seats now, and what a seat allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from org.models import Appointment, Headquarters, HeadquartersMember, Person, Post, Unit
from org.rules.codes import ancestors_and_self
from org.selectors.jurisdiction import jurisdiction_of, visible_to
from org.selectors.register import held_now

Role = HeadquartersMember.Role


def headquarters_for(unit: Unit, hazard_type: str) -> Headquarters | None:
    """The unit's headquarters, or the one of the unit above it that comes nearest, for a plans' type of hazard."""
    rows = Headquarters.objects.filter(
        unit__path__in=ancestors_and_self(unit.path), active=True, hazard_types__contains=[hazard_type]
    )
    found = list(rows.select_related("unit").defer("unit__boundary"))
    return max(found, key=lambda row: len(row.unit.path), default=None)


def own_headquarters(unit: Unit, hazard_type: str) -> Headquarters | None:
    """The one of this very unit: in whose name it orders. A township without one orders in its own."""
    rows = Headquarters.objects.filter(unit=unit, active=True, hazard_types__contains=[hazard_type])
    return rows.select_related("unit").defer("unit__boundary").first()


def holders(headquarters: Headquarters, *roles: str) -> list[tuple[HeadquartersMember, Person]]:
    """Who holds the seats of these roles now, in the order of the seats: of a post its A roles before its B roles. A
    vacant seat has nobody.
    """
    return [(seat.member, person) for seat in seated([headquarters], roles) for person in seat.everybody]


@dataclass
class Seat:
    """A seat and who sits in it now: the A roles of its post, or else the B roles; nobody is a vacancy."""

    member: HeadquartersMember
    everybody: list[Person] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The post behind the seat, in words; empty where a person is named."""
        member = self.member
        if member.post is None:
            return ""
        unit = "" if member.unit_id == member.headquarters.unit_id else member.unit.label
        return f"{unit} {member.post.label}".strip()

    @property
    def label(self) -> str:
        return f"{self.member.headquarters.label} {self.member.get_role_display()}"


def seated(rows: Iterable[Headquarters], roles: Collection[str] = ()) -> list[Seat]:
    """The seats of these headquarters (of ``roles``, when given), in order. Two queries, however many they are."""
    known = {row.pk: row for row in rows}
    members = HeadquartersMember.objects.filter(headquarters__in=known)
    members = members.filter(role__in=roles) if roles else members
    seats = [Seat(member) for member in members.select_related("person", "post", "unit").defer("unit__boundary")]
    held = _held([seat.member for seat in seats])
    for seat in seats:
        member = seat.member
        member.headquarters = known[member.headquarters_id]
        if member.person is not None:
            seat.people = seat.everybody = [member.person] if member.person.is_active else []
            continue
        rows_of = held.get((member.unit_id, member.post_id or 0), [])
        seat.everybody = [row.person for row in rows_of]
        seat.people = [row.person for row in rows_of if row.role == "A"] or seat.everybody
    return seats


def _held(members: list[HeadquartersMember]) -> dict[tuple[int, int], list[Appointment]]:
    by_post = [member for member in members if member.person_id is None]
    rows = held_now(
        Appointment.objects.filter(
            unit__in={member.unit_id for member in by_post}, post__in={member.post_id for member in by_post}
        )
    )
    found: dict[tuple[int, int], list[Appointment]] = defaultdict(list)
    for row in rows.select_related("person").order_by("role", "valid_from", "id"):
        found[row.unit_id, row.post_id].append(row)
    return found


def headquarters_visible_to(person: Person) -> QuerySet[Headquarters]:
    """Those of the units that the person sees, and of the units above them."""
    jurisdiction = jurisdiction_of(person)
    above = {path for scope in jurisdiction.scopes() for path in ancestors_and_self(scope)}
    rows = Headquarters.objects.filter(visible_to(person) | Q(unit__path__in=above))
    return rows.select_related("unit").defer("unit__boundary").order_by("unit__path", "id")


@dataclass(frozen=True)
class Sitting:
    """A seat that a person has now."""

    role: str
    headquarters: Headquarters


@dataclass(frozen=True)
class Standing:
    """What a person is now, as far as approving goes: the posts held (unit id, post) and the seats in headquarters. A B
    role counts only while nobody holds the A role.
    """

    posts: tuple[tuple[int, Post], ...]
    seats: tuple[Sitting, ...]


def standing_of(person: Person) -> Standing:
    """Three queries, remembered on the instance for one request, as `jurisdiction_of` is."""
    known: Standing | None = vars(person).get("_standing")
    if known is None:
        known = vars(person)["_standing"] = _standing(person)
    return known


def _standing(person: Person) -> Standing:
    if not person.is_active:
        return Standing((), ())
    held = held_now(Appointment.objects.filter(person=person)).select_related("post")
    first = held_now(Appointment.objects.filter(unit=OuterRef("unit"), post=OuterRef("post"), role="A"))
    rows = list(held.filter(Q(role="A") | ~Exists(first)))
    wanted = Q(person=person)
    for row in rows:
        wanted |= Q(person=None, unit=row.unit_id, post=row.post_id)
    members = HeadquartersMember.objects.filter(wanted, headquarters__active=True).exclude(role=Role.MEMBER)
    members = members.select_related("headquarters__unit").defer("headquarters__unit__boundary")
    seats = tuple(Sitting(member.role, member.headquarters) for member in members)
    return Standing(tuple((row.unit_id, row.post) for row in rows), seats)
