"""The figures by township and kind, in one statement (docs/domain.md 6: closed as rectified and otherwise apart).

Whoever sees every ticket reads what is over from the roll-up (hazards/actions/tally.py) and counts only open ones; for
others, who see some, each of theirs is counted.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils.translation import gettext as _

from hazards.models import Hazard
from hazards.selectors.tickets import hazards_visible_to
from journal.rules.world import REAL, World
from norms.rules.deadlines import BEIJING
from org.models import Person, in_language
from org.selectors.jurisdiction import jurisdiction_of
from web.errors import Invalid

AGES = ((7, "overdue_7"), (30, "overdue_30"), (None, "overdue_more"))
"""Days overdue, at most; what is older still."""

_STANDING = """count(*) FILTER (WHERE running AND grade = 'major') AS major_open,
            count(*) FILTER (WHERE next_due_at < at) AS overdue,
            count(*) FILTER (WHERE next_due_at < at AND next_due_at >= at - interval '7 days') AS overdue_7,
            count(*) FILTER (WHERE next_due_at < at - interval '7 days'
                AND next_due_at >= at - interval '30 days') AS overdue_30,
            count(*) FILTER (WHERE next_due_at < at - interval '30 days') AS overdue_more"""
_EACH = """
    WITH again AS MATERIALIZED (
        SELECT split_part(e.subject, ':', 2)::bigint AS id, count(*) AS times FROM journal_event e
        WHERE e.verb = 'hazard.reopened' AND e.at >= %(first)s AND e.at < %(until)s GROUP BY 1
    ), sums AS MATERIALIZED (
        -- By unit first: names and paths are then looked up for a few hundred lines, not for every ticket.
        SELECT m.unit_id, m.kind,
            count(*) FILTER (WHERE found_at >= %(first)s AND found_at < %(until)s
                AND status NOT IN ('held', 'turned_away', 'merged')) AS found,
            count(*) FILTER (WHERE ended AND closure = 'rectified') AS rectified,
            count(*) FILTER (WHERE ended AND closure = 'otherwise') AS otherwise,
            count(*) FILTER (WHERE ended AND in_time) AS in_time,
            COALESCE(sum(a.times), 0) AS reopened,
            count(*) FILTER (WHERE running) AS open,
            {standing}
        FROM (
            SELECT r.*, r.status NOT IN ('closed', 'merged', 'turned_away') AS running, c.at,
                r.closed_at >= %(first)s AND r.closed_at < %(until)s AS ended
            FROM ({rows}) r({columns}) CROSS JOIN (SELECT sanji_now() AS at OFFSET 0) c
        ) m LEFT JOIN again a ON a.id = m.id
        GROUP BY m.unit_id, m.kind
    )
"""
"""Every ticket of ``rows`` counted."""
_ROLLED_UP = """
    WITH sums AS MATERIALIZED (
        SELECT unit_id, kind, {months}, 0 AS open, 0 AS major_open,
            0 AS overdue, 0 AS overdue_7, 0 AS overdue_30, 0 AS overdue_more
        FROM hazards_tally
        GROUP BY unit_id, kind
        UNION ALL
        SELECT unit_id, kind, 0, 0, 0, 0, 0, count(*), {standing}
        FROM (
            SELECT h.*, true AS running, c.at
            FROM hazards_hazard h CROSS JOIN (SELECT sanji_now() AS at OFFSET 0) c
            WHERE h.exercise IS NULL AND h.status NOT IN ('closed', 'merged', 'turned_away')
        ) m GROUP BY unit_id, kind
    )
"""
"""What is over from the roll-up, and the open tickets counted; of what is real."""
_LINES = """, places AS MATERIALIZED (
        SELECT u.id, p.code, p.name, p.name_en, p.path
        FROM org_unit u JOIN org_unit p ON p.path = array_to_string((string_to_array(u.path, '.'))[1:4], '.')
        WHERE u.path = %(scope)s OR u.path LIKE %(under)s
    )
    SELECT p.code, p.name, p.name_en, s.kind, {sums}
    FROM sums s JOIN places p ON p.id = s.unit_id
    GROUP BY p.code, p.name, p.name_en, p.path, s.kind ORDER BY p.path, s.kind
"""
_COLUMNS = (
    "id", "unit_id", "kind", "status", "grade", "closure", "in_time", "found_at", "closed_at", "next_due_at",
)  # fmt: skip
FIGURES = (
    "found", "rectified", "otherwise", "in_time", "reopened", "open", "major_open",
    "overdue", "overdue_7", "overdue_30", "overdue_more",
)  # fmt: skip
_SUMS = ", ".join(f"sum(s.{name})::int AS {name}" for name in FIGURES)
_OF_MONTHS = FIGURES[:5]
_MONTHS = ", ".join(
    f"COALESCE(sum({name}) FILTER (WHERE month >= %(month)s AND month < %(after)s), 0) AS {name}" for name in _OF_MONTHS
)
_TAIL = _LINES.replace("{sums}", _SUMS)
_COUNTED = (_EACH + _TAIL).replace("{standing}", _STANDING).replace("{columns}", ", ".join(_COLUMNS))
_READ = (_ROLLED_UP + _TAIL).replace("{standing}", _STANDING).replace("{months}", _MONTHS)


def statistics(reader: Person, scope: str, first: dt.date, last: dt.date, world: World = REAL) -> list[dict[str, Any]]:
    """A line a township (or the county's own ground) and kind under the path ``scope``, of what the reader sees.

    Found, closed and reopened count in the months of [first, last] (first days of months, Beijing time); what was
    merged, turned away or not taken up yet is no find. What is open or overdue counts as of now. One statement.
    Invalid (``last``) for a backward range.
    """
    if last < first:
        raise Invalid.field("last", _("The last month comes before the first."))
    text, given = (_READ, {}) if world == REAL and jurisdiction_of(reader).spans() else _counting(reader, world)
    after = _next(last)
    given |= {"scope": scope, "under": scope + ".%", "first": _midnight(first), "until": _midnight(after)}
    given |= {"month": first, "after": after}
    with connection.cursor() as cursor:
        cursor.execute(text, given)
        return [
            {"unit": code, "name": in_language(name, name_en), "kind": kind, **dict(zip(FIGURES, row, strict=True))}
            for code, name, name_en, kind, *row in cursor.fetchall()
        ]


def _counting(reader: Person, world: World) -> tuple[str, dict[str, Any]]:
    rows = hazards_visible_to(reader).filter(world.rows()).order_by().values(*_COLUMNS)
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:
        sql, values = Hazard.objects.filter(pk=0).values(*_COLUMNS).query.sql_with_params()
    return _named(_COUNTED.replace("{rows}", sql), values)


def totals(lines: list[dict[str, Any]], by: str) -> dict[str, dict[str, int]]:
    """The lines added up by ``unit`` or by ``kind``."""
    found: dict[str, dict[str, int]] = {}
    for line in lines:
        sums = found.setdefault(line[by], dict.fromkeys(FIGURES, 0))
        for name in FIGURES:
            sums[name] += line[name]
    return found


def _named(sql: str, values: tuple[Any, ...]) -> tuple[str, dict[str, Any]]:
    """Django's own parameters by name, beside ours."""
    names = {f"own{n}": value for n, value in enumerate(values)}
    for name in names:
        sql = sql.replace("%s", f"%({name})s", 1)
    return sql, names


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(0), BEIJING)


def _next(month: dt.date) -> dt.date:
    return (month.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
