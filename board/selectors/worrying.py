"""Tonight's most worrying points: open hazards with people at risk, and villages that owe an answer past its time.

At a past moment tickets, warnings and answers count as they were recorded then; people and posts as they are now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case, CharField, F, Func, Q, QuerySet, Value, When

from board.rules.daylight import hours_until_dark
from board.rules.worry import CODES, GRAVITY, Facts, is_rain, score
from command.models import Assignment
from command.selectors.visible import PAST_DUE
from database.clock import now
from early_warning.models import Warning, WarningUnit
from early_warning.selectors.warnings import warnings_visible_to
from hazards.models import Hazard
from hazards.rules.words import Grade
from hazards.selectors.tickets import hazards_visible_to
from journal.rules.world import REAL, World
from norms.selectors.numbers import numbers
from org.models import Appointment, Person, Responsibility, Unit
from org.selectors.jurisdiction import visible_to
from org.selectors.register import held_now

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Shown(TypedDict):
        shown: str

    AssignmentShown = WithAnnotations[Assignment, _Shown]

SHOWN = 10
COMPARED = 400
"""Tickets that are compared, those under a warning and with most people first: the others would not come among ten."""
NAMED_OTHERWISE = {
    "bridge_road": "dangerous_bridge",
    "heritage": "covered_bridge",
    "chemicals": "hazardous_chemicals",
    "crowded_place": "public_place",
}
"""Kinds of hazard that the register of who answers calls by another code."""
HEADS = {"village": "village_head", "township": "township_head"}


@dataclass(frozen=True)
class People:
    keeper: Person | None = None
    deputy: Person | None = None
    leader: Person | None = None


@dataclass(frozen=True)
class Point:
    """``hazard`` is None where the village itself is the point. ``answer``: the last one of the village, or None."""

    unit: Unit
    hazard: Hazard | None
    facts: Facts
    score: float
    people: People
    warning: Warning | None
    answer: AssignmentShown | None


def worrying_points(person: Person, world: World = REAL, shown: int = SHOWN) -> list[Point]:
    """The places in sight by their score, the highest first; at most eight queries however many places."""
    at = world.at or now()
    over = _warnings(person, world, at)
    tickets = list(_tickets(person, world, over))
    units = {ticket.unit_id: ticket.unit for ticket in tickets}
    answers = _answers(person, world, at, list(units))
    for owing in answers.values():
        units.setdefault(owing.unit_id, owing.unit)
    held = {ticket.unit_id for ticket in tickets}
    alone = [units[pk] for pk, row in answers.items() if pk not in held and row.shown in PAST_DUE]
    pairs: list[tuple[Unit, Hazard | None]] = [*((row.unit, row) for row in tickets), *((unit, None) for unit in alone)]
    keepers = _Keepers([unit for unit, _ticket in pairs])
    points = [
        (unit, ticket, keepers.of(unit, ticket), over.get(_deepest(unit.path, over)), answers.get(unit.pk))
        for unit, ticket in pairs
    ]
    most = max((_people(unit, ticket) or 0 for unit, ticket in pairs), default=0)
    weights = numbers(*CODES, at=world.at) if pairs else {}
    scored = []
    for unit, ticket, people, warning, answer in points:
        facts = _facts(unit, ticket, people, warning, answer, at)
        scored.append(Point(unit, ticket, facts, score(facts, weights, most), people, warning, answer))
    return sorted(scored, key=lambda one: (-one.score, one.unit.path, one.hazard.pk if one.hazard else 0))[:shown]


def _people(unit: Unit, ticket: Hazard | None) -> int | None:
    return ticket.people_at_risk if ticket else unit.population


def _facts(
    unit: Unit, ticket: Hazard | None, people: People, warning: Warning | None, answer: AssignmentShown | None,
    at: dt.datetime,
) -> Facts:  # fmt: skip
    place = ticket.point if ticket else unit.seat
    return Facts(
        people=_people(unit, ticket),
        colour=warning.colour if warning else "",
        rain=warning is not None and is_rain(warning.event_kind),
        kind=ticket.kind if ticket else "",
        major=ticket is not None and ticket.grade == Grade.MAJOR,
        silent=answer is not None and answer.shown in PAST_DUE,
        keeper=people.keeper is not None,
        dark_in_h=hours_until_dark(at, place.x, place.y) if place else None,
    )


def _deepest(path: str, over: dict[str, Warning]) -> str:
    """The path, or the nearest above it, that the gravest of the warnings names."""
    parts = path.split(".")
    lines = [".".join(parts[:n]) for n in range(len(parts), 0, -1)]
    return max((line for line in lines if line in over), key=lambda line: _gravity(over[line]), default="")


def _gravity(warning: Warning) -> int:
    return GRAVITY.index(warning.colour) if warning.colour in GRAVITY else -1


def _warnings(person: Person, world: World, at: dt.datetime) -> dict[str, Warning]:
    """Path of a unit → the gravest warning in force over it."""
    seen = warnings_visible_to(person).filter(world.rows(), test=False, in_force_since__lte=at)
    seen = seen.filter(status=Warning.Status.ACTIVE) if world.at is None else seen.filter(_until("ended_at", at))
    rows = WarningUnit.objects.filter(_until("part__over_at", at), part__begun_at__lte=at, warning__in=seen.order_by())
    named = rows.values_list("unit__path", "warning_id", "part__colour")
    found: dict[str, Warning] = {}
    warnings = {row.pk: row for row in seen.defer("area").order_by("pk")}
    for path, pk, _colour in named:
        if pk in warnings and (path not in found or _gravity(warnings[pk]) > _gravity(found[path])):
            found[path] = warnings[pk]
    return found


def _until(column: str, at: dt.datetime) -> Q:
    return Q(**{column: None}) | Q(**{f"{column}__gt": at})


def _tickets(person: Person, world: World, over: Iterable[str]) -> QuerySet[Hazard]:
    ended = ("closed", "merged", "turned_away")
    rows = hazards_visible_to(person).filter(world.rows(), people_at_risk__gt=0)
    if world.at is None:
        rows = rows.exclude(status__in=ended)
    else:
        still = ~Q(status__in=ended) | Q(closed_at__gt=world.at)
        rows = rows.filter(still, filed_at__lte=world.at)
    named = When(unit__path__in=list(over), then=Value(0))
    rows = rows.select_related("unit__parent", "leader").defer("unit__boundary", "unit__parent__boundary")
    return rows.order_by(Case(named, default=Value(1)), "-people_at_risk", "pk")[:COMPARED]


def _answers(person: Person, world: World, at: dt.datetime, units: list[int]) -> dict[int, AssignmentShown]:
    """Unit → what it owes past its time, else the last that it was asked; of ``units`` and of villages that owe."""
    rows = Assignment.objects.filter(
        visible_to(person), world.rows("order__"), order__status="in_force", order__issued_at__lte=at
    )
    late = Q(status="called") | Q(answered_at__gt=at)
    rows = rows.filter(Q(unit__in=units) | (late & Q(ack_due_at__lte=at, unit__level=Unit.Level.VILLAGE)))
    rows = rows.exclude(status="called_off").filter(
        Q(order__incident=None) | Q(order__incident__status__in=("monitored", "warned", "responding"))
    )
    then = Case(When(late, then=Value("called")), default=F("status"), output_field=CharField())
    facts = (then, F("climbed_to"), F("ack_due_at"), F("answered_by"), F("person"), Value(at))
    rows = rows.annotate(
        shown=Func(*facts, function="assignment_shown", output_field=CharField()),
        owed=Case(When(late & Q(ack_due_at__lte=at), then=Value(0)), default=Value(1)),
    )
    rows = rows.select_related("unit__parent", "person", "order", "post").defer(
        "unit__boundary", "unit__parent__boundary", "order__ladder"
    )
    return {row.unit_id: row for row in rows.order_by("unit_id", "owed", "-pk").distinct("unit_id")}


class _Keepers:
    """Who answers for a point: by the register of responsibilities, else the head of its village; two queries."""

    def __init__(self, units: list[Unit]) -> None:
        ids = {unit.pk for unit in units}
        above = {unit.parent_id for unit in units if unit.parent_id}
        entries = Responsibility.objects.filter(unit__in=ids).select_related("lead", "deputy", "superior")
        self.entries: dict[tuple[int, str], list[Responsibility]] = {}
        for row in entries.order_by("pk"):
            self.entries.setdefault((row.unit_id, row.hazard_kind), []).append(row)
        held = held_now(Appointment.objects.filter(unit__in=ids | above, post__code__in=HEADS.values()))
        self.heads: dict[tuple[int, str, str], Person] = {}
        for one in held.select_related("person", "post").order_by("-pk"):
            self.heads[one.unit_id, one.post.code, one.role] = one.person

    def of(self, unit: Unit, ticket: Hazard | None) -> People:
        kind = NAMED_OTHERWISE.get(ticket.kind, ticket.kind) if ticket else ""
        entry = next(self._entries(unit, kind, ticket.place if ticket else ""), None)
        lead, deputy, superior = (
            (_serving(entry.lead), _serving(entry.deputy), _serving(entry.superior)) if entry else (None, None, None)
        )
        post = HEADS.get(unit.level, "")
        leader = _serving(ticket.leader if ticket else None) or superior
        return People(
            lead or self.heads.get((unit.pk, post, "A")),
            deputy or self.heads.get((unit.pk, post, "B")),
            leader or self.heads.get((unit.parent_id or 0, "township_head", "A")),
        )

    def _entries(self, unit: Unit, kind: str, place: str) -> Iterator[Responsibility]:
        """Those of the unit and kind, the one for this very site first."""
        rows = self.entries.get((unit.pk, kind), [])
        yield from sorted(rows, key=lambda row: (row.site != place, row.site != ""))


def _serving(person: Person | None) -> Person | None:
    return person if person is not None and person.is_active else None
