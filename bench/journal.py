"""Reading a journal of a million events: what the hub asks every second, and what a client that is back asks."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

from bench.report import beside, median_ms
from journal.live import frames

EVENTS = 1_000_000
FILL = """
    INSERT INTO journal_event (verb, "by", by_name, unit_path, subject, root, data, card, written_at)
    SELECT 'bench.happened', 'system', '', u.path, 'bench:' || n, '', '{}', '{"text": "x"}',
           statement_timestamp() - (%s - n) * interval '50 milliseconds'
    FROM generate_series(1, %s) AS n
    JOIN (SELECT path, row_number() OVER (ORDER BY path) - 1 AS i, count(*) OVER () AS of FROM org_unit) u
      ON u.i = n %% u.of
    ORDER BY n
"""
TOWNSHIP, VILLAGE = "33.11.26.206", "33.11.26.206.200"


def run() -> None:
    with connection.cursor() as cursor:
        # As a replica's session: the guards are not what is measured.
        cursor.execute("SET statement_timeout = 0; SET session_replication_role = replica")
        cursor.execute("UPDATE journal_event SET written_at = written_at - interval '7 days'")
        cursor.execute(FILL, [EVENTS, EVENTS])
        cursor.execute("SET session_replication_role = origin; ANALYZE journal_event")
    newest = frames.newest_seq()
    floor = median_ms(lambda: _one_row(newest))
    asked: dict[str, Callable[[], object]] = {
        "the hub's look, nothing new": lambda: frames.fetch_new(newest, []),
        "the hub's look, 1,000 gaps": lambda: frames.fetch_new(newest, range(newest + 1, newest + 1001)),
        "a hub's start": frames.present_window,
        "replay, county, 500 missed": lambda: frames.fetch_replay(newest - 500, ["33.11.26"], False),
        "replay, township, 500 missed": lambda: frames.fetch_replay(newest - 500, [TOWNSHIP], False),
        "replay, village, 40,000 behind": lambda: frames.fetch_replay(newest - 40_000, [VILLAGE], False),
        "replay, village, 900,000 behind (reset)": lambda: frames.fetch_replay(newest - 900_000, [VILLAGE], False),
    }
    print(f"{newest:,} events")
    for name, ask in asked.items():
        beside(name, median_ms(ask), "one row by key", floor, "ms")


def _one_row(seq: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM journal_event WHERE seq = %s", [seq])
        cursor.fetchall()
