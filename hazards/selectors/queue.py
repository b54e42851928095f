"""The triage queue: filters, order and cursor pages over tickets, their points on the map, and counts."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from database.clock import DatabaseNow
from hazards.models import Hazard
from hazards.selectors.tickets import hazards_visible_to
from hazards.states import ENDED
from journal.rules.world import REAL, World
from org.models import Person, Unit
from org.rules.codes import normalise, path_of
from org.selectors.jurisdiction import under
from web.bounds import LARGEST_NUMBER
from web.errors import Invalid

ORDERS: dict[str, tuple[str, bool]] = {
    "-id": ("id", True),
    "id": ("id", False),
    "due": ("next_due_at", False),
    "-due": ("next_due_at", True),
    "-people": ("people_at_risk", True),
    "found": ("found_at", False),
    "-found": ("found_at", True),
}
"""Name → column, descending. By a deadline only open tickets are listed: the others have none."""
PAGE, MOST = 50, 500


@dataclass(frozen=True)
class Filters:
    """What is asked for; everything left out lets everything through. ``unit`` and ``owner`` are codes."""

    status: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    grade: tuple[str, ...] = ()
    unit: str = ""
    owner: str = ""
    open: bool | None = None
    overdue: bool | None = None
    listed: bool | None = None
    due_before: dt.datetime | None = None
    found_after: dt.datetime | None = None
    found_before: dt.datetime | None = None
    people: bool | None = None
    q: str = ""
    bbox: tuple[float, float, float, float] | None = None


def queue(person: Person, filters: Filters | None = None, world: World = REAL) -> QuerySet[Hazard]:
    """The tickets that the person sees and that pass the filters, in no order yet. Invalid for a code that is none."""
    rows = hazards_visible_to(person).filter(world.rows())
    return rows.filter(passes(filters)) if filters else rows


def passes(filters: Filters) -> Q:
    q = _chosen(filters) & _flagged(filters)
    for name in ("unit", "owner"):
        if code := getattr(filters, name):
            q &= Q(**{f"{name}__in": _under(code, name)})
    if filters.due_before:
        q &= Q(next_due_at__lt=filters.due_before)
    if filters.found_after:
        q &= Q(found_at__gte=filters.found_after)
    if filters.found_before:
        q &= Q(found_at__lt=filters.found_before)
    if filters.bbox:
        west, south, east, north = filters.bbox
        q &= Q(lon__range=(west, east), lat__range=(south, north))
    return q


def _chosen(filters: Filters) -> Q:
    q = Q()
    for name in ("status", "kind", "grade"):
        if values := getattr(filters, name):
            q &= Q(**{f"{name}__in": values})
    for word in filters.q.split()[:5]:
        q &= Q(ref__icontains=word) | Q(description__icontains=word) | Q(place__icontains=word)
    return q


def _flagged(filters: Filters) -> Q:
    running = ~Q(status__in=ENDED)
    q = Q()
    if filters.open is not None:
        q &= running if filters.open else ~running
    if filters.overdue is not None:
        late = running & Q(next_due_at__lt=DatabaseNow())
        q &= late if filters.overdue else ~late
    if filters.listed is not None:
        q &= Q(listed=filters.listed)
    if filters.people is not None:
        q &= Q(people_at_risk__gt=0) if filters.people else Q(people_at_risk=0)
    return q


def _under(code: str, field: str) -> tuple[int, ...]:
    """Ids of a unit and all under it: the tickets' indexes are on ids, not on paths."""
    try:
        path = path_of(normalise(code))
    except ValueError:
        raise Invalid.field(field, _("“%(code)s” is not a unit code of 6, 9 or 12 digits.") % {"code": code}) from None
    inside = Unit.objects.filter(under(path, "path"))
    return tuple(inside.order_by().values_list("pk", flat=True))


# Pages ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """Tickets with unit and owner, and ``at``, the present; the cursors lead on and back, None where nothing is."""

    rows: list[Hazard]
    next: str | None
    previous: str | None


def page(
    person: Person,
    filters: Filters,
    world: World = REAL,
    *,
    ordering: str = "-id",
    cursor: str = "",
    size: int = PAGE,
) -> Page:
    """One page of the tickets that the person sees and that pass the filters.

    Invalid (``ordering``, ``cursor``) for what is none.
    """
    if ordering not in ORDERS:
        raise Invalid.field("ordering", _("Choose one of: %(choices)s.") % {"choices": ", ".join(ORDERS)})
    back, after = _read(cursor, ordering)
    size = min(max(size, 1), MOST)
    found = list(_ordered(queue(person, filters, world), ordering, back, after)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
    forth = (more if not back else True) and bool(found)
    return Page(
        found,
        _write(ordering, False, found[-1]) if forth else None,
        _write(ordering, True, found[0]) if found and (more if back else after is not None) else None,
    )


def _ordered(rows: QuerySet[Hazard], ordering: str, back: bool, after: tuple[Any, int] | None) -> QuerySet[Hazard]:
    column, descending = ORDERS[ordering]
    falling = descending != back
    if column == "next_due_at":
        rows = rows.exclude(status__in=ENDED)
    if after is not None:
        rows = rows.filter(_beyond(column, after, falling))
    order = [F(name).desc() if falling else F(name).asc() for name in dict.fromkeys((column, "id"))]
    parts = rows.select_related("unit", "owner").annotate(at=DatabaseNow()).only(*LISTED, *_OF_UNITS)
    return parts.order_by(*order)


LISTED = (
    "ref", "kind", "description", "grade", "status", "closure", "in_time", "lon", "lat", "accuracy_m", "place",
    "people_at_risk", "found_at", "filed_at", "door", "next_due_at", "overdue_step", "listed", "reopened", "closed_at",
    "merged_into",
)  # fmt: skip
"""The columns of a ticket in a list (hazards/api/representations.py)."""
_OF_UNITS = [f"{table}__{name}" for table in ("unit", "owner") for name in ("code", "name", "name_en", "level")]


def _beyond(column: str, after: tuple[Any, int], falling: bool) -> Q:
    """Keyset pagination: rows strictly past the last one seen, whatever was filed meanwhile."""
    sign = "lt" if falling else "gt"
    value, pk = after
    if column == "id":
        return Q(**{f"id__{sign}": pk})
    return Q(**{f"{column}__{sign}": value}) | Q(**{column: value, f"id__{sign}": pk})


def _read(cursor: str, ordering: str) -> tuple[bool, tuple[Any, int] | None]:
    if not cursor:
        return False, None
    try:
        known, back, value, pk = orjson.loads(base64.urlsafe_b64decode(cursor.encode()))
        if known == ordering and isinstance(pk, int) and isinstance(back, bool):
            place = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
            if _is_place(ORDERS[ordering][0], place) and _is_place("id", pk):
                return back, (place, pk)
    except (ValueError, TypeError, binascii.Error):
        pass
    raise Invalid.field("cursor", _("This cursor is not one of this list."))


def _is_place(column: str, place: Any) -> bool:
    """Whether the column can be compared with it: a number within its type, or a moment with its offset."""
    if column in ("id", "people_at_risk"):
        return isinstance(place, int) and not isinstance(place, bool) and abs(place) <= LARGEST_NUMBER
    return isinstance(place, dt.datetime) and place.tzinfo is not None


def _write(ordering: str, back: bool, at: Hazard) -> str:
    place = [ordering, back, getattr(at, ORDERS[ordering][0]), at.pk]
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode()


# The map -------------------------------------------------------------------------------------------------------------


def points(person: Person, filters: Filters, world: World = REAL) -> QuerySet[Hazard, tuple[Any, ...]]:
    """id, lon, lat, ref, kind, grade, status, people at risk and the next deadline of each ticket that passes."""
    return (
        queue(person, filters, world)
        .order_by()
        .values_list("id", "lon", "lat", "ref", "kind", "grade", "status", "people_at_risk", "next_due_at")
    )


# Counts --------------------------------------------------------------------------------------------------------------

_COUNTS = """
    SELECT count(*) FILTER (WHERE running) AS open, count(*) FILTER (WHERE next_due_at < at) AS overdue,
        count(*) FILTER (WHERE next_due_at >= at AND next_due_at < at + interval '7 days') AS due_soon,
        count(*) FILTER (WHERE running AND grade = 'major') AS major,
        count(*) FILTER (WHERE running AND listed) AS listed,
        COALESCE(sum(people_at_risk) FILTER (WHERE running), 0) AS people_at_risk, {by_status}
    FROM (
        SELECT r.*, r.status NOT IN ('closed', 'merged', 'turned_away') AS running, c.at
        FROM ({rows}) r({columns}) CROSS JOIN (SELECT sanji_now() AS at OFFSET 0) c
    ) m
"""
_COUNTED = ("status", "next_due_at", "grade", "listed", "people_at_risk")
_STATES = ", ".join(f"count(*) FILTER (WHERE status = '{state}') AS {state}" for state in Hazard.Status.values)


def counts(rows: QuerySet[Hazard]) -> dict[str, int]:
    """How many are open, overdue, due within a week, major, listed, and in each state; in one statement."""
    try:
        sql, values = rows.order_by().values(*_COUNTED).query.sql_with_params()
    except EmptyResultSet:
        sql, values = rows.model.objects.filter(pk=0).values(*_COUNTED).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(by_status=_STATES, rows=sql, columns=", ".join(_COUNTED)), values)
        return dict(zip((column.name for column in cursor.description), cursor.fetchone(), strict=True))
