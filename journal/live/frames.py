"""Serialising events for live clients and for the polling cursor (frames)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection

from journal.rules import old_codes
from org.rules.codes import ancestors_and_self

OVERLAP_S = 60
"""Seconds that a replay reaches back before its cursor.

``seq`` is given at INSERT and seen at COMMIT, so a smaller one may appear after a larger one. The database refuses to
commit an event later than this (journal/models.py, COMMITS_SOON), so nothing is ever skipped.
"""

REPLAY_LIMIT = 2000
"""Frames that a replay carries; who missed more loads the page's state anew."""

REPLAY_SPAN = 50_000
"""Events of all scopes that a replay scans at most: it bounds the work for a narrow scope and an old cursor."""

LOOK_LIMIT = 5000
MOST_GAPS = 10_000

_COLUMNS = (
    "seq, at, verb, subject, unit_path, card, data->>'person' AS person, exercise,"
    f" CASE WHEN verb IN {old_codes.VERBS} THEN data END AS data"
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One encoded event and what is needed to route it."""

    seq: int
    verb: str
    unit_path: str
    person: str | None
    text: str

    @property
    def scopes(self) -> list[str]:
        return ancestors_and_self(self.unit_path)


def fetch_new(after: int, gaps: Sequence[int]) -> list[Frame]:
    """Events past ``after``, and those of ``gaps`` that have been committed meanwhile, in order of seq."""
    past = f"SELECT {_COLUMNS} FROM journal_event WHERE seq > %s ORDER BY seq LIMIT {LOOK_LIMIT}"
    if not gaps:
        return _fetch(past, [after])
    # Two queries, because with OR the planner scans the whole index for the sake of the order.
    filled = f"SELECT {_COLUMNS} FROM journal_event WHERE seq = ANY(%s)"
    return _fetch(f"SELECT * FROM ({filled} UNION ALL ({past})) AS found ORDER BY seq", [list(gaps), after])


# MATERIALIZED, because for a bare min(seq) the planner scans the primary key from the very first event.
_LOW = """
    WITH cursor AS (SELECT written_at FROM journal_event WHERE seq <= %(after)s ORDER BY seq DESC LIMIT 1),
    near AS MATERIALIZED (
        SELECT e.seq FROM cursor, journal_event e
        WHERE e.written_at >= cursor.written_at - make_interval(secs => %(overlap)s)
          AND e.written_at <= cursor.written_at + make_interval(secs => %(overlap)s)
    )
    SELECT COALESCE(min(seq), %(after)s + 1) FROM near
"""


def fetch_replay(after: int, scopes: Sequence[str], everything: bool) -> list[Frame] | None:
    """What a client with the cursor ``after`` may have missed in its scopes; None when a replay cannot carry it.

    Reaches `OVERLAP_S` back before the cursor; the client drops what it has seen by ``seq``.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOW, {"after": after, "overlap": OVERLAP_S})
        low = min(cursor.fetchone()[0], after + 1)
    if newest_seq() - low > REPLAY_SPAN:
        return None
    inside = "TRUE" if everything else "(unit_path = ANY(%(scopes)s) OR unit_path LIKE ANY(%(under)s))"
    frames = _fetch(
        f"SELECT {_COLUMNS} FROM journal_event WHERE seq >= %(low)s AND {inside} ORDER BY seq LIMIT {REPLAY_LIMIT + 1}",
        {"low": low, "scopes": list(scopes), "under": [scope + ".%" for scope in scopes]},
    )
    return None if len(frames) > REPLAY_LIMIT else frames


_WINDOW = """
    WITH recent AS (SELECT seq FROM journal_event WHERE written_at > statement_timestamp() - make_interval(secs => %s)),
    edge AS (SELECT COALESCE(max(seq), 0) AS seq FROM journal_event WHERE seq < (SELECT min(seq) FROM recent))
    SELECT COALESCE((SELECT max(seq) FROM journal_event), 0), ARRAY(
        SELECT g FROM edge, generate_series(edge.seq + 1, (SELECT max(seq) FROM recent)) AS g
        WHERE NOT EXISTS (SELECT 1 FROM recent WHERE recent.seq = g) ORDER BY g DESC LIMIT %s
    )
"""


def present_window() -> tuple[int, list[int]]:
    """The newest seq, and the numbers missing below it that may yet be committed (`OVERLAP_S`)."""
    with connection.cursor() as cursor:
        cursor.execute(_WINDOW, [OVERLAP_S, MOST_GAPS])
        newest, gaps = cursor.fetchone()
        return newest, gaps


def database_time() -> float:
    """The database's clock, in seconds since the epoch."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM sanji_now())::float8")
        return float(cursor.fetchone()[0])


def newest_seq() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(seq), 0) FROM journal_event")
        return cursor.fetchone()[0]


def _fetch(sql: str, parameters: Any) -> list[Frame]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(_frames(cursor.fetchall()))


def _loaded(value: Any) -> Any:
    """Decode jsonb, which psycopg2 returns as text where Django has not registered its own loader."""
    return orjson.loads(value) if isinstance(value, str) else value


def _frames(rows: Iterable[tuple]) -> Iterable[Frame]:
    for seq, at, verb, subject, path, card, person, exercise, data in rows:
        if data is not None:
            verb, subject, _data = old_codes.event_now(verb, subject, _loaded(data))
        body = {
            "seq": seq,
            "at": at.isoformat(),
            "verb": verb,
            "subject": subject,
            "unit": path.replace(".", ""),
            "card": _loaded(card),
        }
        if exercise is not None:
            body["exercise"] = exercise
        yield Frame(seq, verb, path, person, orjson.dumps(body).decode())
