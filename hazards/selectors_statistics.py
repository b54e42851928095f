"""The figures by township and kind, in one statement (DOMAIN section 6: closed as rectified and otherwise apart)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils.translation import gettext as _

from hazards.deadlines import BEIJING
from hazards.selectors import hazards_visible_to
from journal.errors import Invalid
from org.models import Person, in_language

AGES = ((7, "overdue_7"), (30, "overdue_30"), (None, "overdue_more"))
"""Days overdue, at most; what is older still."""

_SQL = """
    WITH mine AS MATERIALIZED (
        SELECT h.id, h.kind, h.status, h.grade, h.closure, h.in_time, h.found_at, h.closed_at, h.next_due_at,
            array_to_string((string_to_array(u.path, '.'))[1:4], '.') AS place,
            h.status NOT IN ('closed', 'merged', 'turned_away') AS running
        FROM hazards_hazard h JOIN org_unit u ON u.id = h.unit_id
        WHERE h.id IN ({rows}) AND (u.path = %(scope)s OR u.path LIKE %(under)s)
    ), again AS (
        SELECT m.id, count(*) AS times FROM journal_event e
        JOIN mine m ON m.id = split_part(e.subject, ':', 2)::bigint
        WHERE e.verb = 'hazard.reopened' AND e.at >= %(first)s AND e.at < %(until)s GROUP BY m.id
    )
    SELECT p.code, p.name, p.name_en, m.kind,
        count(*) FILTER (WHERE found_at >= %(first)s AND found_at < %(until)s
            AND status NOT IN ('held', 'turned_away', 'merged')) AS found,
        count(*) FILTER (WHERE closed_at >= %(first)s AND closed_at < %(until)s AND closure = 'rectified') AS rectified,
        count(*) FILTER (WHERE closed_at >= %(first)s AND closed_at < %(until)s AND closure = 'otherwise') AS otherwise,
        count(*) FILTER (WHERE closed_at >= %(first)s AND closed_at < %(until)s AND in_time) AS in_time,
        COALESCE(sum(a.times), 0)::int AS reopened,
        count(*) FILTER (WHERE running) AS open,
        count(*) FILTER (WHERE running AND grade = 'major') AS major_open,
        count(*) FILTER (WHERE running AND late > interval '0') AS overdue,
        count(*) FILTER (WHERE running AND late > interval '0' AND late <= interval '7 days') AS overdue_7,
        count(*) FILTER (WHERE running AND late > interval '7 days' AND late <= interval '30 days') AS overdue_30,
        count(*) FILTER (WHERE running AND late > interval '30 days') AS overdue_more
    FROM (SELECT *, (SELECT sanji_now()) - next_due_at AS late FROM mine) m
    JOIN org_unit p ON p.path = m.place LEFT JOIN again a ON a.id = m.id
    GROUP BY p.code, p.name, p.name_en, p.path, m.kind ORDER BY p.path, m.kind
"""
FIGURES = (
    "found", "rectified", "otherwise", "in_time", "reopened", "open", "major_open",
    "overdue", "overdue_7", "overdue_30", "overdue_more",
)  # fmt: skip


def statistics(reader: Person, scope: str, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """A line a township (or the county's own ground) and kind under the path ``scope``, of what the reader sees.

    Found, closed and reopened count in the months of [first, last] (first days of months, Beijing time); what was
    merged, turned away or not taken up yet is no find. What is open or overdue counts as of now. One statement.
    Invalid (``last``) for a backward range.
    """
    if last < first:
        raise Invalid.field("last", _("The last month comes before the first."))
    try:
        sql, values = hazards_visible_to(reader).values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    text, given = _named(_SQL.replace("{rows}", sql), values)
    given |= {"scope": scope, "under": scope + ".%", "first": _midnight(first), "until": _midnight(_next(last))}
    with connection.cursor() as cursor:
        cursor.execute(text, given)
        return [
            {"unit": code, "name": in_language(name, name_en), "kind": kind, **dict(zip(FIGURES, row, strict=True))}
            for code, name, name_en, kind, *row in cursor.fetchall()
        ]


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
