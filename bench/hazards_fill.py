"""A register of many hazards, written set by set: a fifth of them open, spread over the county's villages."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import connection

from hazards.rules.words import Kind

_TALLY = (Path(settings.BASE_DIR) / "hazards/sql/tally.sql").read_text()
_HAZARDS = """
    INSERT INTO hazards_hazard (client_id, digest, ref, kind, description, point, accuracy_m, place, people_at_risk,
        found_at, filed_at, door, finder_contact, unit_id, owner_id, status, next_due_at, grade, reasons, grade_note,
        closure, close_note, closed_at, in_time, reopened, overdue_step, listed, generation)
    SELECT gen_random_uuid(), md5(n::text), 'B' || n, (%(kinds)s::text[])[1 + n %% %(many)s],
        '山体裂缝，雨后有落石，下方有住户 ' || n,
        ST_SetSRID(ST_MakePoint(ST_X(v.seat) + (random() - .5) / 50, ST_Y(v.seat) + (random() - .5) / 50), 4326), 12,
        v.name || '村口', n %% 40, d.found, d.found, 'phone', '', v.id,
        CASE n %% 3 WHEN 0 THEN v.parent_id ELSE v.id END,
        CASE WHEN d.open THEN (ARRAY['found', 'registered', 'graded', 'rectifying', 'submitted'])[1 + n / 5 %% 5]
            ELSE 'closed' END,
        CASE WHEN d.open THEN sanji_now() + (n / 5 %% 40 - 10) * interval '1 day' END,
        CASE n %% 50 WHEN 0 THEN 'major' ELSE 'general' END, '{}', '',
        CASE WHEN d.open THEN '' WHEN n %% 9 = 0 THEN 'otherwise' ELSE 'rectified' END, '',
        CASE WHEN NOT d.open THEN d.found + interval '12 days' END,
        CASE WHEN NOT d.open THEN n %% 7 <> 0 END, 0, 0, false, 0
    FROM generate_series(%(first)s, %(last)s) n
    CROSS JOIN LATERAL (SELECT n %% 5 = 0 AS open,
        sanji_now() - (13 + n * 17 %% 900) * interval '1 day' AS found) d
    JOIN (SELECT id, parent_id, name, seat, row_number() OVER (ORDER BY path) - 1 AS i, count(*) OVER () AS of
        FROM org_unit WHERE level = 'village' AND seat IS NOT NULL) v ON v.i = (n * 7919::bigint) %% v.of
"""
_DEADLINES = """
    INSERT INTO hazards_deadline (hazard_id, what, due_at, rule, why)
    SELECT id, 'rectify', next_due_at, 'general', '{}' FROM hazards_hazard h WHERE next_due_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM hazards_deadline d WHERE d.hazard_id = h.id)
"""
_EVENTS = """
    INSERT INTO journal_event (verb, "by", by_name, unit_path, subject, root, data, card, written_at)
    SELECT v.verb, 'system', '', u.path, 'hazard:' || h.id, '', '{}', '{"type": "hazard"}', h.filed_at
    FROM hazards_hazard h JOIN org_unit u ON u.id = h.unit_id
    JOIN unnest(ARRAY['hazard.filed', 'hazard.registered', 'hazard.reopened']) v(verb)
        ON v.verb <> 'hazard.reopened' OR h.id %% 60 = 0
    WHERE h.ref LIKE 'B%%' AND substr(h.ref, 2)::int BETWEEN %(first)s AND %(last)s
"""


def fill(first: int, last: int) -> None:
    """Tickets number ``first`` to ``last``, each with its events, the open ones with their deadline."""
    values = {"first": first, "last": last, "kinds": Kind.values, "many": len(Kind.values)}
    with connection.cursor() as cursor:
        # As a replica's session: the journal's guards are not what is measured, and these rows name what is there.
        cursor.execute("SET statement_timeout = 0; SET session_replication_role = replica; SELECT setseed(0.5)")
        cursor.execute(_HAZARDS, values)
        cursor.execute(_DEADLINES)
        cursor.execute(_EVENTS, values)
        cursor.execute("SET session_replication_role = origin; DELETE FROM hazards_tally")
        cursor.execute(_TALLY)
        for table in ("hazards_hazard", "hazards_deadline", "hazards_tally", "journal_event"):
            cursor.execute(f"VACUUM ANALYZE {table}")
