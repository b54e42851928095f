"""Drafting shifts from patterns, a batch of units with two statements (docs/adr/0008).

For each day the strengthened pattern counts where a season demands it and the unit has one; the normal one otherwise.
Days that hold a shift already are left alone: generating again changes nothing that exists. Whoever is on leave is not
planned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

_ROSTERS = """
    INSERT INTO duty_roster (unit_id, month, status)
    SELECT u, m::date, 'draft' FROM unnest(%(units)s::bigint[]) u
    CROSS JOIN generate_series(date_trunc('month', %(first)s::date), %(until)s::date - 1, interval '1 month') m
    ON CONFLICT DO NOTHING
"""
_SHIFTS = """
    WITH patterns AS (
        SELECT p.*, u.path, u.level FROM duty_rosterpattern p JOIN org_unit u ON u.id = p.unit_id
        WHERE p.active AND p.unit_id = ANY(%(units)s) AND p.valid_from < %(until)s
          AND (p.valid_to IS NULL OR p.valid_to > %(first)s)
    ), dates AS MATERIALIZED (
        SELECT d::date AS day, rest_day(d::date) AS rest
        FROM generate_series((SELECT min(valid_from) FROM patterns), %(until)s::date - 1, interval '1 day') d
    ), numbered AS MATERIALIZED (
        -- The turn of each day counts the days of its pattern from the first one on, so that any period continues it.
        SELECT p.id, p.unit_id, p.kind, p.starts, p.length, p.rotation, p.signed, d.day, d.rest, p.path, p.level,
               row_number() OVER (PARTITION BY p.id ORDER BY d.day) - 1 AS number
        FROM patterns p JOIN dates d ON d.day >= p.valid_from AND (p.valid_to IS NULL OR d.day < p.valid_to)
         AND (p.days = 'every' OR d.rest = (p.days = 'rest'))
    ), demanded AS MATERIALIZED (
        SELECT n.unit_id, n.day, bool_or(n.kind = 'strengthened') AS possible,
               duty_in_season(n.path, n.level, n.day, NULL) AS demanded
        FROM numbered n WHERE n.day >= %(first)s GROUP BY n.unit_id, n.day, n.path, n.level
    ), planned AS MATERIALIZED (
        SELECT n.id AS pattern_id, n.unit_id, n.kind, n.signed, n.rest, n.rotation, d.demanded, r.id AS roster_id,
               n.number * cardinality(n.starts) + s.nth - 1 AS turn,
               tstzrange((n.day + s.start) AT TIME ZONE 'Asia/Shanghai',
                         (n.day + s.start) AT TIME ZONE 'Asia/Shanghai' + n.length) AS during
        FROM numbered n JOIN demanded d ON d.unit_id = n.unit_id AND d.day = n.day
        JOIN duty_roster r ON r.unit_id = n.unit_id AND r.month = date_trunc('month', n.day)::date
        CROSS JOIN LATERAL unnest(n.starts) WITH ORDINALITY AS s(start, nth)
        WHERE (n.kind = 'strengthened') = (d.demanded AND d.possible)
    ), free AS MATERIALIZED (
        SELECT p.* FROM planned p WHERE NOT EXISTS (
            SELECT 1 FROM duty_shift x
            WHERE x.unit_id = p.unit_id AND x.called_off_at IS NULL AND x.during && p.during)
    ), shifts AS (
        INSERT INTO duty_shift (unit_id, roster_id, during, kind, live, signed, rest_day, pattern_id, generation)
        SELECT unit_id, roster_id, during, kind, false, signed, rest, pattern_id, 0 FROM free
        ORDER BY unit_id, during RETURNING id, unit_id, during
    ), slots AS (
        INSERT INTO duty_slot (shift_id, post, person_id, rostered_id)
        SELECT s.id, t.key, who.id, who.id
        FROM shifts s JOIN free f ON f.unit_id = s.unit_id AND f.during = s.during
        CROSS JOIN LATERAL jsonb_each(f.rotation) t
        CROSS JOIN LATERAL (
            SELECT (t.value ->> (f.turn %% jsonb_array_length(t.value))::int)::bigint AS id
            WHERE jsonb_array_length(t.value) > 0
        ) who WHERE who.id IS NOT NULL AND NOT EXISTS (
            -- Whoever is on leave is not planned: the post stays empty, for somebody to fill.
            SELECT 1 FROM duty_leave l
            WHERE l.person_id = who.id AND l.status = 'approved' AND l.during && s.during)
        ORDER BY s.id, array_position(ARRAY['leader', 'main', 'deputy', 'reserve'], t.key)
    )
    SELECT count(*), count(*) FILTER (WHERE demanded AND kind = 'normal') FROM free
"""


@dataclass(frozen=True)
class Drafted:
    """``unstrengthened``: shifts on dates that demand the strengthened roster, of units that have no such pattern."""

    shifts: int
    unstrengthened: int


def draft(unit_ids: Sequence[int], first: dt.date, until: dt.date) -> Drafted:
    """Draft the shifts that begin in [first, until) for these units. Inside the caller's transaction."""
    parameters: dict[str, Any] = {"units": list(unit_ids), "first": first, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_ROSTERS, parameters)
        cursor.execute(_SHIFTS, parameters)
        return Drafted(*cursor.fetchone())
