"""The triage queue: filters, order and cursor pages over tickets, as JSON that the database builds.

A page of a hundred is one statement and no object a row: at 200,000 tickets each reader must still get theirs at once.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from database.clock import DatabaseNow
from hazards.models import Hazard
from hazards.selectors.tickets import Eyes, eyes_of, hazards_visible_to, seen_by
from hazards.states import ENDED
from org.models import Person, Unit
from org.prepared import fetch_again
from org.rules.codes import normalise, path_of
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


def queue(person: Person, filters: Filters | None = None) -> QuerySet[Hazard]:
    """The tickets that the person sees and that pass the filters, in no order yet. Invalid for a code that is none."""
    rows = hazards_visible_to(person)
    return rows.filter(passes(filters, places_of(filters))) if filters else rows


Places = tuple[tuple[int, ...] | None, tuple[int, ...] | None]
"""The ids of the units where it lies and of those that owe it, as far as either is asked for."""


def places_of(filters: Filters) -> Places:
    """Looked up each time: what lies under a unit may change. Invalid for a code that is none."""
    unit, owner = (_under(code, name) if (code := getattr(filters, name)) else None for name in ("unit", "owner"))
    return unit, owner


def passes(filters: Filters, places: Places) -> Q:
    q = _chosen(filters) & _flagged(filters)
    for name, ids in zip(("unit", "owner"), places, strict=True):
        if ids is not None:
            q &= Q(**{f"{name}__in": ids})
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
    """The ids of a unit and all under it: by numbers the tickets' own indexes find them."""
    try:
        path = path_of(normalise(code))
    except ValueError:
        raise Invalid.field(field, _("“%(code)s” is not a unit code of 6, 9 or 12 digits.") % {"code": code}) from None
    inside = Unit.objects.filter(Q(path=path) | Q(path__startswith=path + "."))
    return tuple(inside.order_by().values_list("pk", flat=True))


# Pages ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """``rows`` is the JSON text of a list; the cursors lead on and back, None where there is nothing."""

    rows: bytes
    next: str | None
    previous: str | None


def page(person: Person, filters: Filters, *, ordering: str = "-id", cursor: str = "", size: int = PAGE) -> Page:
    """One page of the tickets that the person sees and that pass the filters, in one statement.

    Invalid (``ordering``, ``cursor``) for what is none.
    """
    if ordering not in ORDERS:
        raise Invalid.field("ordering", _("Choose one of: %(choices)s.") % {"choices": ", ".join(ORDERS)})
    back, after = _read(cursor, ordering)
    size = min(max(size, 1), MOST)
    english = (get_language() or "").startswith("en")
    statement = _composed(eyes_of(person), filters, places_of(filters), ordering, back, after, size, english)
    found: list[tuple[str, Any, int]] = fetch_again(*statement) if statement else []
    more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
    forth = (more if not back else True) and bool(found)
    first, last = (found[0][1:], found[-1][1:]) if found else (None, None)
    return Page(
        b"[" + b",".join(row[0].encode() for row in found) + b"]",
        _write(ordering, False, last) if forth else None,
        _write(ordering, True, first) if found and (more if back else after is not None) else None,
    )


def _beyond(column: str, after: tuple[Any, int], falling: bool) -> Q:
    """Keyset: strictly past the last row seen, whatever was filed meanwhile."""
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


def _write(ordering: str, back: bool, at: tuple[Any, int] | None) -> str | None:
    return base64.urlsafe_b64encode(orjson.dumps([ordering, back, *at])).decode() if at else None


def _plain(column: str) -> str:
    """A number or a flag: its text is JSON already."""
    return f"COALESCE({column}::text, 'null')"


def _word(column: str) -> str:
    """One of our own words, which holds nothing that has to be escaped; empty is null."""
    return f"""COALESCE('"' || NULLIF({column}, '') || '"', 'null')"""


def _text(column: str) -> str:
    """What people wrote, and moments."""
    return f"COALESCE(to_json({column})::text, 'null')"


def _members(**members: str) -> str:
    """SQL for the text of a JSON object. Joined as text: json_build_object takes four times as long."""
    return (
        " || ".join(
            f"""'{"{" if n == 0 else ","}"{name}":' || {sql}""" for n, (name, sql) in enumerate(members.items())
        )
        + " || '}'"
    )


def _unit(table: str, name: str) -> str:
    return _members(code=_word(f"{table}.code"), name=_text(name.format(table)), level=_word(f"{table}.level"))


def _row(name: str) -> str:
    return _members(
        id=_plain("h.id"),
        ref=_word("h.ref"),
        kind=_word("h.kind"),
        description=_text("h.description"),
        grade=_word("h.grade"),
        status=_word("h.status"),
        closure=_word("h.closure"),
        in_time=_plain("h.in_time"),
        unit=_unit("u", name),
        owner=_unit("o", name),
        point="'[' || h.lon::text || ',' || h.lat::text || ']'",
        accuracy_m=_plain("h.accuracy_m"),
        place=_text("h.place"),
        people_at_risk=_plain("h.people_at_risk"),
        found_at=_text("h.found_at"),
        filed_at=_text("h.filed_at"),
        door=_word("h.door"),
        next_due_at=_text("h.next_due_at"),
        overdue=_plain("COALESCE(h.next_due_at < (SELECT sanji_now()), false)"),
        overdue_step=_plain("h.overdue_step"),
        listed=_plain("h.listed"),
        reopened=_plain("h.reopened"),
        closed_at=_text("h.closed_at"),
        merged_into=_plain("h.merged_into_id"),
    )


_LIST = """
    SELECT {row}, h.{column}, h.id
    FROM ({wanted}) w(id) JOIN hazards_hazard h ON h.id = w.id
    JOIN org_unit u ON u.id = h.unit_id JOIN org_unit o ON o.id = h.owner_id
    ORDER BY h.{column} {way}, h.id {way}
"""
_ROWS = {
    False: _row("{0}.name"),
    True: _row("COALESCE(NULLIF({0}.name_en, ''), {0}.name)"),
}
"""What a ticket is written as: names in Chinese, names in English where there are any."""


@lru_cache(maxsize=256)
def _composed(
    eyes: Eyes, filters: Filters, places: Places, ordering: str, back: bool, after: tuple[Any, int] | None, size: int,
    english: bool,
) -> tuple[str, tuple[Any, ...]] | None:  # fmt: skip
    """The statement of one page and its values, from all that it depends on; None when nothing can be found.

    Kept, because Django takes a third as long to compose it as the database to answer it.
    """
    column, descending = ORDERS[ordering]
    falling = descending != back
    rows = Hazard.objects.filter(seen_by(eyes), passes(filters, places))
    if column == "next_due_at":
        rows = rows.exclude(status__in=ENDED)
    if after is not None:
        rows = rows.filter(_beyond(column, after, falling))
    wanted = rows.order_by(*(F(name).desc() if falling else F(name).asc() for name in dict.fromkeys((column, "id"))))
    try:
        sql, values = wanted.values("pk")[: size + 1].query.sql_with_params()
    except EmptyResultSet:
        return None
    return _LIST.format(row=_ROWS[english], column=column, way="DESC" if falling else "ASC", wanted=sql), values


# The map -------------------------------------------------------------------------------------------------------------


def drawn(person: Person, filters: Filters) -> tuple[str, tuple[Any, ...]]:
    """A statement and its values: what is drawn of each ticket that passes (hazards/rules/drawn.py), and its
    deadline.
    """
    return _drawn(eyes_of(person), filters, places_of(filters))


@lru_cache(maxsize=64)
def _drawn(eyes: Eyes, filters: Filters, places: Places) -> tuple[str, tuple[Any, ...]]:
    rows = Hazard.objects.filter(seen_by(eyes), passes(filters, places)).order_by().values("drawn", "next_due_at")
    try:
        return rows.query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::text, NULL::timestamptz WHERE false", ()


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
