"""Frames: an event as live clients and the polling cursor get it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection

from org.codes import ancestors_and_self

OVERLAP_S = 60
"""Seconds that a replay reaches back before its cursor.

``seq`` is given at INSERT and seen at COMMIT, so a smaller one may appear after a larger one. No transaction may last
longer than this (emergency/env.py), so nothing is ever skipped.
"""

REPLAY_LIMIT = 2000

_COLUMNS = "seq, at, verb, subject, unit_path, card, data->>'person' AS person, exercise"


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
    return _fetch(
        f"SELECT {_COLUMNS} FROM journal_event WHERE seq > %s OR seq = ANY(%s) ORDER BY seq LIMIT 5000",
        [after, list(gaps)],
    )


def fetch_replay(after: int, scopes: Sequence[str], everything: bool) -> list[Frame] | None:
    """What a client with the cursor ``after`` may have missed inside its scopes.

    None when that is more than a replay carries.

    Reaches `OVERLAP_S` back before the cursor; the client drops what it has seen by ``seq``.
    """
    low = (
        "COALESCE((SELECT min(e.seq) FROM journal_event e"
        " WHERE e.written_at >= (SELECT c.written_at FROM journal_event c"
        " WHERE c.seq <= %(after)s ORDER BY c.seq DESC LIMIT 1) - make_interval(secs => %(overlap)s)), 0)"
    )
    inside = "TRUE" if everything else "(unit_path = ANY(%(scopes)s) OR unit_path LIKE ANY(%(under)s))"
    frames = _fetch(
        f"SELECT {_COLUMNS} FROM journal_event WHERE seq >= LEAST({low}, %(after)s + 1) AND {inside}"
        " ORDER BY seq LIMIT %(limit)s",
        {
            "after": after,
            "overlap": OVERLAP_S,
            "scopes": list(scopes),
            "under": [scope + ".%" for scope in scopes],
            "limit": REPLAY_LIMIT + 1,
        },
    )
    return None if len(frames) > REPLAY_LIMIT else frames


def present_window() -> tuple[int, list[int]]:
    """The newest seq, and the numbers missing below it in the last `OVERLAP_S`, which may yet be committed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH recent AS (SELECT seq FROM journal_event WHERE written_at > now() - make_interval(secs => %s))"
            " SELECT COALESCE((SELECT max(seq) FROM journal_event), 0), ARRAY(SELECT g FROM generate_series((SELECT"
            " min(seq) FROM recent), (SELECT max(seq) FROM recent)) AS g WHERE g NOT IN (SELECT seq FROM recent)"
            " ORDER BY g DESC LIMIT 10000)",
            [OVERLAP_S],
        )
        newest, gaps = cursor.fetchone()
        return newest, gaps


def newest_seq() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(seq), 0) FROM journal_event")
        return cursor.fetchone()[0]


def _fetch(sql: str, parameters: Any) -> list[Frame]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(_frames(cursor.fetchall()))


def _frames(rows: Iterable[tuple]) -> Iterable[Frame]:
    for seq, at, verb, subject, path, card, person, exercise in rows:
        body = {
            "seq": seq,
            "at": at.isoformat(),
            "verb": verb,
            "subject": subject,
            "unit": path.replace(".", ""),
            # psycopg2 hands jsonb over as text where Django has not registered its own loader.
            "card": orjson.loads(card) if isinstance(card, str) else card,
        }
        if exercise is not None:
            body["exercise"] = exercise
        yield Frame(seq, verb, path, person, orjson.dumps(body).decode())
