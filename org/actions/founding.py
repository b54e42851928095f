"""Founding a county: its units, posts, people, appointments, register and headquarters in one transaction and a fixed
number of statements.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.contrib.gis.geos import MultiPolygon, Point
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from database import clock
from org.actions.headquarters import ensure_headquarters
from org.actions.permission import may_register
from org.cards import names
from org.models import Appointment, Person, Post, Responsibility, Unit
from org.rules.announce import Actor, announce
from org.rules.codes import level_of, parent_path, path_of
from org.sentences import COUNTY_FOUNDED
from web.errors import Conflict, Invalid

POSTS = Path(__file__).resolve().parent.parent / "rules" / "posts.json"
_FOUNDING_LOCK = 7_331_126


@dataclass
class UnitRow:
    """``code`` in its normal form (org/rules/codes.py). ``seat`` is (lon, lat) in EPSG:4326."""

    code: str
    name: str
    name_en: str = ""
    seat: tuple[float, float] | None = None
    population: int | None = None
    households: int | None = None
    phone: str = ""
    boundary: MultiPolygon | None = None


@dataclass
class NewPerson:
    """``password``: an encoded hash, or empty for somebody who cannot sign in."""

    username: str
    name: str
    name_en: str = ""
    phone: str = ""
    password: str = ""
    confirmed: bool = False
    language: str = "zh-hans"
    administrator: bool = False


@dataclass
class Seating:
    """``username`` holds ``post`` in the unit with this code."""

    username: str
    post: str
    unit: str
    role: str = "A"


@dataclass
class Duty:
    """An entry of the responsibility register; the people by username."""

    unit: str
    hazard_kind: str
    site: str
    lead: str = ""
    deputy: str = ""
    superior: str = ""


@dataclass
class County:
    """All that is founded at once. ``units`` holds the county, its departments, townships and villages."""

    code: str
    units: list[UnitRow]
    people: list[NewPerson] = field(default_factory=list)
    seatings: list[Seating] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    boundary_source: str = ""
    boundary_approximate: bool = False


@transaction.atomic
def ensure_posts() -> dict[str, Post]:
    """The default posts by code, those missing added from org/rules/posts.json; posts that are there stay as edited."""
    listed = json.loads(POSTS.read_text(encoding="utf-8"))
    Post.objects.bulk_create([Post(**row) for row in listed], ignore_conflicts=True)
    return {post.code: post for post in Post.objects.all()}


@transaction.atomic
def found(county: County, *, by: Actor) -> Unit:
    """Write the county whole. Conflict when it is there already; nothing is left behind when anything fails.

    One event for all: a founding is one fact.
    """
    may_register(by, path_of(county.code))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FOUNDING_LOCK])
    if Unit.objects.filter(code=county.code).exists():
        raise Conflict(_("The county %(code)s has been founded already.") % {"code": county.code}, code="founded")
    posts = ensure_posts()
    units = _units(county)
    people = _people(county.people)
    _seat(county.seatings, people, posts, units)
    _register(county.duties, people, units)
    top = units[county.code]
    ensure_headquarters(top, by=by)
    data = {"name": names(top), "units": len(units), "people": len(people), "appointments": len(county.seatings)}
    announce(COUNTY_FOUNDED, f"unit:{top.pk}", top.path, data, by=by)
    return top


def _units(county: County) -> dict[str, Unit]:
    """One INSERT a level, parents first."""
    made: dict[str, Unit] = {}
    by_path: dict[str, Unit] = {}
    for depth in sorted({path_of(row.code).count(".") for row in county.units}):
        layer = [
            _unit(row, by_path.get(parent_path(row.code)), county)
            for row in county.units
            if path_of(row.code).count(".") == depth
        ]
        for unit in Unit.objects.bulk_create(layer):
            made[unit.code] = by_path[unit.path] = unit
    return made


def _unit(row: UnitRow, parent: Unit | None, county: County) -> Unit:
    if parent is None and row.code != county.code:
        raise Invalid.field("code", _("%(code)s has no unit above it in the list.") % {"code": row.code})
    bounded = row.boundary is not None
    return Unit(
        code=row.code,
        path=path_of(row.code),
        level=level_of(row.code),
        parent=parent,
        name=row.name,
        name_en=row.name_en,
        seat=Point(*row.seat, srid=4326) if row.seat else None,
        population=row.population,
        households=row.households,
        phone=row.phone,
        boundary=row.boundary,
        boundary_source=county.boundary_source if bounded else "",
        boundary_approximate=county.boundary_approximate and bounded,
    )


def _people(rows: Sequence[NewPerson]) -> dict[str, Person]:
    """The people by username; whoever exists already is a Conflict (the database's own unique key would be less
    clear).
    """
    names = [row.username for row in rows]
    taken = list(Person.objects.filter(username__in=names).values_list("username", flat=True)[:5])
    if taken:
        raise Conflict(_("These usernames are in use: %(names)s") % {"names": ", ".join(taken)}, code="taken")
    moment = clock.now()
    people = [
        Person(
            username=row.username,
            name=row.name,
            name_en=row.name_en,
            phone=row.phone,
            password=row.password or make_password(None),
            phone_confirmed_at=moment if row.confirmed else None,
            language=row.language,
            is_staff=row.administrator,
            is_superuser=row.administrator,
        )
        for row in rows
    ]
    return {person.username: person for person in Person.objects.bulk_create(people)}


def _seat(rows: Iterable[Seating], people: dict[str, Person], posts: dict[str, Post], units: dict[str, Unit]) -> None:
    start = clock.now()
    Appointment.objects.bulk_create(
        Appointment(
            person=people[row.username], post=posts[row.post], unit=units[row.unit], role=row.role, valid_from=start
        )
        for row in rows
    )


def _register(rows: Iterable[Duty], people: dict[str, Person], units: dict[str, Unit]) -> None:
    Responsibility.objects.bulk_create(
        Responsibility(
            unit=units[row.unit],
            site=row.site,
            hazard_kind=row.hazard_kind,
            lead=people.get(row.lead),
            deputy=people.get(row.deputy),
            superior=people.get(row.superior),
        )
        for row in rows
    )
