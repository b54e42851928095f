"""One search over units, people, incidents, orders, warnings; at most six queries, inside the jurisdiction."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from command.models import Order
from command.selectors.visible import incidents_visible_to, orders_visible_to
from database.patterns import pattern
from database.text import clean
from early_warning.selectors.warnings import warnings_visible_to
from journal.rules.world import REAL, World
from org.models import Appointment, Person, Unit
from org.selectors.jurisdiction import visible_to
from org.selectors.register import held_now
from org.selectors.search import search_people, search_units, spelled

EACH = 6
LONGEST = 60


@dataclass(frozen=True)
class Hit:
    """One line: what it is, where it leads. ``unit`` is the code to choose on the map, when it leads there."""

    icon: str
    title: str
    sub: str
    href: str
    phone: str = ""
    unit: str = ""
    level: str = ""


@dataclass(frozen=True)
class Group:
    """The hits of one kind."""

    title: str
    hits: list[Hit]


def search(person: Person, text: str, world: World = REAL) -> list[Group]:
    """Groups that found something. Blank text finds nothing; longer than `LONGEST` is cut."""
    text = clean(text)[:LONGEST]
    if not pattern(text):
        return []
    groups = [
        Group(_("Units"), _units(person, text)),
        Group(_("People"), _people(person, text)),
        Group(_("Incidents"), _incidents(person, text, world)),
        Group(_("Orders"), _orders(person, text, world)),
        Group(_("Warnings"), _warnings(person, text, world)),
    ]
    return [group for group in groups if group.hits]


def _units(person: Person, text: str) -> list[Hit]:
    rows = (
        search_units(person, text)
        .select_related("parent")
        .defer("boundary", "parent__boundary")
        .order_by(_starts(text), Length("path"), "path")
    )
    return [_unit(row) for row in rows[:EACH]]


def _unit(row: Unit) -> Hit:
    icon = "building" if row.level == Unit.Level.DEPARTMENT else "map-pin"
    sub = row.parent.label if row.parent else row.code
    return Hit(icon, row.label, sub, f"/?unit={row.code}", row.phone, row.code)


def _people(person: Person, text: str) -> list[Hit]:
    posts = held_now(Appointment.objects.filter(visible_to(person))).select_related("unit", "post")
    posts = posts.defer("unit__boundary").order_by("role", "post__rank")
    rows = (
        search_people(person, text)
        .order_by("sort_key", "pk")
        .prefetch_related(Prefetch("appointments", posts, to_attr="posts_seen"))
    )
    return [_person(row, row.posts_seen) for row in rows[:EACH]]


def _person(row: Person, posts: list[Appointment]) -> Hit:
    first = posts[0] if posts else None
    sub = f"{first.unit.label} · {first.post.label}" if first else ""
    return Hit(
        "user",
        row.label,
        sub,
        f"/?unit={first.unit.code}" if first else "",
        row.phone,
        first.unit.code if first else "",
    )


def _incidents(person: Person, text: str, world: World) -> list[Hit]:
    rows = (
        incidents_visible_to(person)
        .filter(world.rows(), spelled(text, "title", "ref", "place"))
        .defer("area", "point", "description")
        .order_by("-pk")
    )
    return [
        Hit(
            "incident",
            row.title,
            f"{row.ref} · {row.get_status_display()}",
            f"/incidents/{row.pk}/",
            level=row.response_level,
        )
        for row in rows[:EACH]
    ]


def _orders(person: Person, text: str, world: World) -> list[Hit]:
    rows: QuerySet[Order] = orders_visible_to(person).filter(world.rows(), spelled(text, "text", "ref"))
    rows = rows.select_related("unit", "headquarters").defer("ladder", "unit__boundary").order_by("-pk")
    return [Hit("orders", row.text, f"{row.ref} · {row.issuer}", f"/orders/{row.pk}/") for row in rows[:EACH]]


def _warnings(person: Person, text: str, world: World) -> list[Hit]:
    rows = (
        warnings_visible_to(person)
        .filter(world.rows(), spelled(text, "event", "ref", "area_description"))
        .defer("area")
        .order_by("-pk")
    )
    return [
        Hit(
            "warning", row.headline, f"{row.ref} · {row.get_status_display()}", f"/warnings/{row.pk}/", level=row.colour
        )
        for row in rows[:EACH]
    ]


def _starts(text: str) -> Case:
    """Sort key: names that begin with the text come before those that only contain it."""
    wanted = f"^{pattern(text)}"
    begins = Q(name__iregex=wanted) | Q(name_en__iregex=wanted)
    return Case(When(begins, then=Value(0)), default=Value(1), output_field=IntegerField())
