"""Reading for the pages: lists with counts, the tree of an order, the people of an incident. Query counts are fixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Sum, Value, When

from command.models import Assignment, Call, Colour, Incident, Order
from command.rules.words import HOW_LOGGED
from command.selectors import visible
from command.selectors.areas import Affected
from command.selectors.places import PLACE, Place, at_place, place_of, with_place
from command.selectors.visible import SHOWN_COUNTS
from journal.models import Event
from journal.rules.world import REAL, World
from org.models import Person, Post, Unit
from org.rules.capabilities import ORDER, VIEW
from org.selectors.jurisdiction import visible_to
from org.selectors.register import listed

OPEN = (Incident.Status.MONITORED, Incident.Status.WARNED, Incident.Status.RESPONDING)
MORE_COUNTS = {
    "total": Count("pk"),
    "overdue": Count("pk", filter=Q(shown__in=visible.PAST_DUE)),
    "vacant": Count("pk", filter=Q(person=None)),
    "stamp": Sum(F("generation") * 100 + F("rung"), output_field=IntegerField(), default=Value(0)),
}


def incident_list(
    person: Person, world: World = REAL, *, state: str = "", category: str = "", level: str = "", text: str = ""
) -> QuerySet[Incident]:
    """Newest need first: those with somebody silent, then those still open, then the newest."""
    rows = visible.incidents_visible_to(person).filter(world.rows())
    rows = rows.select_related("unit", "commander", "desk_officer").defer("unit__boundary", "area")
    if state in ("open", "closed"):
        rows = rows.filter(status__in=OPEN) if state == "open" else rows.exclude(status__in=OPEN)
    if category:
        rows = rows.filter(category=category)
    if level:
        rows = rows.filter(response_level="" if level == "none" else level)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(ref__icontains=text) | Q(place__icontains=text))
    silent = Assignment.objects.filter(visible.is_silent(), order__incident=OuterRef("pk"), order__status="in_force")
    is_open = Case(When(status__in=OPEN, then=1), default=0, output_field=IntegerField())
    return rows.annotate(somebody_silent=Exists(silent), is_open=is_open).order_by(
        "-somebody_silent", "-is_open", "-pk"
    )


def incident_totals(person: Person, world: World = REAL) -> dict[str, int]:
    rows = visible.incidents_visible_to(person).filter(world.rows())
    return rows.aggregate(
        all=Count("pk"), open=Count("pk", filter=Q(status__in=OPEN)), closed=Count("pk", filter=~Q(status__in=OPEN))
    )


def _counted(rows: QuerySet[Assignment], key: str) -> dict[int, dict[str, Any]]:
    counted = visible.with_shown(rows).order_by().values(key).annotate(**SHOWN_COUNTS, **MORE_COUNTS)
    return {row[key]: with_bar(row) for row in counted}


def with_bar(row: dict[str, Any]) -> dict[str, Any]:
    """The counts with ``bar`` (what {% answer_bar %} takes) and ``answered``."""
    bar = {state: row[state] for state in visible.SHOWN}
    waiting = sum(row[state] for state in visible.WAITING)
    return {**row, "bar": bar, "waiting": waiting, "answered": row["total"] - waiting - row["called_off"]}


def counts_by_incident(person: Person, incidents: Iterable[Incident]) -> dict[int, dict[str, Any]]:
    rows = visible.assignments_visible_to(person).filter(order__incident__in=[i.pk for i in incidents])
    return _counted(rows, "order__incident")


def counts_by_order(person: Person, orders: Iterable[Order]) -> dict[int, dict[str, Any]]:
    return _counted(visible.assignments_visible_to(person).filter(order__in=[o.pk for o in orders]), "order")


def order_list(
    person: Person, world: World = REAL, *, state: str = "", incident: int | None = None, text: str = ""
) -> QuerySet[Order]:
    """Those with somebody silent first, then the newest."""
    rows = visible.orders_visible_to(person).filter(world.rows())
    rows = rows.select_related("unit", "headquarters", "issued_by", "incident").defer("unit__boundary")
    if state in Order.Status.values:
        rows = rows.filter(status=state)
    silent = Assignment.objects.filter(visible.is_silent(), order=OuterRef("pk"))
    rows = rows.annotate(somebody_silent=Exists(silent.filter(order__status="in_force")))
    if state == "silent":
        rows = rows.filter(somebody_silent=True)
    if incident is not None:
        rows = rows.filter(incident=incident)
    if text:
        rows = rows.filter(Q(text__icontains=text) | Q(ref__icontains=text))
    return rows.order_by("-somebody_silent", "-pk")


def places_by_order(person: Person, orders: Iterable[Order], *, silent_only: bool = False) -> dict[int, list[Place]]:
    """The branches of each order's tree with their counts, the most silent first; one query for all orders."""
    rows = visible.assignments_visible_to(person).filter(order__in=[order.pk for order in orders])
    counted = with_place(visible.with_shown(rows)).values("order", *PLACE).annotate(**SHOWN_COUNTS, **MORE_COUNTS)
    counted = counted.order_by("-overdue", "place_path")
    found: dict[int, list[Place]] = defaultdict(list)
    for row in counted:
        if silent_only and not row["overdue"]:
            continue
        stamp = "-".join(str(row[key]) for key in ("total", "stamp", *visible.SHOWN))
        found[row["order"]].append(place_of(row, counts=with_bar(row), stamp=stamp))
    return dict(found)


def assignments_at(person: Person, order: Order, code: str, *, silent_only: bool = False) -> QuerySet[Assignment]:
    """One branch of the tree: the place itself and, of a township, its villages; silence first, then by unit."""
    rows = visible.with_card_parts(visible.assignments_visible_to(person)).filter(order=order)
    rows = rows.filter(at_place(code))
    if silent_only:
        rows = rows.filter(visible.is_silent())
    return (
        rows.alias(past=_is_past())
        .order_by("-past", "unit__path", "post__rank", "id")
        .prefetch_related("calls__person")
    )


def _is_past() -> Case:
    return Case(When(visible.is_silent(), then=1), default=0, output_field=IntegerField())


def all_assignments(person: Person, order: Order) -> QuerySet[Assignment]:
    """For the print sheet: every line by unit and rank."""
    rows = visible.with_card_parts(visible.assignments_visible_to(person)).filter(order=order)
    return (
        rows.select_related("unit__parent")
        .defer("unit__boundary", "unit__parent__boundary")
        .order_by("unit__path", "post__rank", "id")
    )


def incident_people(person: Person, incident: Incident, *, text: str = "") -> QuerySet[Assignment]:
    """Everybody whom the incident's orders called, and whom the ladder called: vacancies first, then silence."""
    rows = visible.with_card_parts(visible.assignments_visible_to(person)).filter(order__incident=incident)
    if text:
        names = Q(person__name__icontains=text) | Q(person__name_en__icontains=text) | Q(person__phone__contains=text)
        rows = rows.filter(names | Q(unit__name__icontains=text) | Q(unit__name_en__icontains=text))
    vacant = Case(When(person=None, then=1), default=0, output_field=IntegerField())
    rows = rows.alias(vacant=vacant, past=_is_past()).order_by("-vacant", "-past", "unit__path", "post__rank", "id")
    return rows.prefetch_related("calls__person")


@dataclass
class Branch:
    """A unit of the picker with the units under it that may be chosen."""

    unit: Unit
    children: list[Branch] = field(default_factory=list)


def picker_tree(person: Person, capability: str = ORDER) -> list[Branch]:
    """Every active unit in which the person holds ``capability``, as trees, down to villages; one query."""
    units = (
        listed(Unit.objects.filter(visible_to(person, "path", capability), active=True))
        .defer("boundary", "seat")
        .order_by("path")
    )
    branches: dict[int, Branch] = {}
    tops: list[Branch] = []
    for unit in units:
        branch = branches[unit.pk] = Branch(unit)
        above = branches.get(unit.parent_id) if unit.parent_id else None
        (above.children if above else tops).append(branch)
    return tops


def posts_by_level() -> dict[str, list[Post]]:
    found: dict[str, list[Post]] = defaultdict(list)
    for post in Post.objects.order_by("rank", "code"):
        found[post.level].append(post)
    return {level: found[level] for level in ("county", "department", "township", "village") if found[level]}


def orderable(person: Person, area: Affected) -> list[str]:
    """Codes of the townships and villages of an affected area, among those that one may order."""
    rows = Unit.objects.filter(visible_to(person, "path", ORDER), active=True, path__in=area.paths)
    return list(rows.order_by("path").values_list("code", flat=True))


def called_as(person: Person, rows: Sequence[Assignment]) -> dict[int, str]:
    """How ``person`` comes to each: "self", or what the ladder's first rung that called them did; one query."""
    calls = Call.objects.filter(person=person, ended_at=None, assignment__in=[row.pk for row in rows]).order_by("-rung")
    found = dict(calls.values_list("assignment", "do"))
    return {row.pk: "self" if row.person_id == person.pk else found.get(row.pk, "") for row in rows}


def with_loggers(rows: Sequence[Assignment]) -> Sequence[Assignment]:
    """Each gets ``logged_by``: who logged the answer that came another way, or ""; one query, none where none was."""
    wanted = {f"assignment:{row.pk}" for row in rows if row.answered_how in HOW_LOGGED}
    told = Event.objects.filter(subject__in=wanted, verb="assignment.acknowledged").order_by("seq") if wanted else None
    names = dict(told.values_list("subject", "by_name")) if told is not None else {}
    for row in rows:
        row.logged_by = names.get(f"assignment:{row.pk}", "")
    return rows


def my_assignments(person: Person, world: World = REAL) -> QuerySet[Assignment]:
    """What the person was called for: unanswered first, of these what is still in time before what is late, the gravest
    ladder and the newest on top (an order of this minute must not lie under yesterday's); then what was answered last.
    """
    rows = visible.my_assignments(person, world).select_related(
        "order__issued_by", "order__unit", "order__headquarters"
    )
    gravest = Case(*[When(order__colour=code, then=Value(i)) for i, code in enumerate(Colour.values)], default=Value(9))
    rows = rows.alias(late=_is_past(), gravity=gravest)
    rows = rows.order_by(F("answered_at").desc(nulls_first=True), "late", "gravity", "-id")
    return rows.defer("unit__boundary", "order__unit__boundary", "order__incident__area", "order__ladder")


def below(person: Person, world: World = REAL) -> QuerySet[Assignment]:
    """What others owe in the person's own units, for those who chase them: the longest silence first."""
    rows = Assignment.objects.filter(visible_to(person, capability=VIEW), order__status=Order.Status.IN_FORCE)
    rows = rows.filter(world.rows("order__"))
    rows = visible.with_card_parts(rows.exclude(person=person)).select_related(
        "order__issued_by", "order__unit", "order__headquarters"
    )
    return rows.defer("unit__boundary", "order__unit__boundary", "order__ladder").order_by(
        "ack_due_at", "unit__path", "id"
    )
