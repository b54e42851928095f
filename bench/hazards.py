"""Hazards over HTTP: filing, the list, the map and the figures, on two web processes, beside raw SQL of the same rows.

Every request brings a token (the page: a session) and is cut to what its reader may see.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from time import perf_counter
from uuid import uuid4

import orjson
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from psycopg2.extras import execute_values

from bench.hazards_fill import fill
from bench.load import drive, processor_ms, request, web_processes
from bench.report import additions, beside, median_ms
from hazards.models import Hazard
from org.models import Person, Unit

SIZES = [int(word) for word in os.environ.get("TICKETS", "20000 200000").split()]
SECONDS = float(os.environ.get("SECONDS", "5"))
STATEMENTS = 12
FEATURES = 4000
OPEN = "h.status NOT IN ('closed', 'merged', 'turned_away')"
LIST = "/api/v1/hazards/?status=rectifying,submitted&ordering=due&page_size=100"
FIGURES = "/api/v1/hazards/statistics/?first=2026-01&last=2026-11"
WRITTEN = {
    "hazards_hazard": "id = %(id)s",
    "hazards_deadline": "hazard_id = %(id)s",
    "journal_timer": "subject = 'hazard:' || %(id)s",
    "journal_event": "subject = 'hazard:' || %(id)s",
}
RAW_LIST = """
    SELECT json_agg(row_to_json(x))::text FROM (
        SELECT h.*, u.name AS unit, o.name AS owner FROM hazards_hazard h
        JOIN org_unit u ON u.id = h.unit_id JOIN org_unit o ON o.id = h.owner_id
        WHERE h.status IN ('rectifying', 'submitted') AND {open} ORDER BY h.next_due_at, h.id LIMIT 100) x
"""
RAW_MAP = """
    SELECT json_agg(json_build_object('id', id, 'kind', kind, 'grade', grade, 'status', status,
        'point', ST_AsGeoJSON(point, 5)::json))::text
    FROM hazards_hazard h WHERE {open} AND point && ST_MakeEnvelope({box}, 4326)
"""
RAW_FIGURES = """
    SELECT unit_id, kind, count(*), count(*) FILTER (WHERE closure = 'rectified'), count(*) FILTER (WHERE in_time),
        count(*) FILTER (WHERE {open}), count(*) FILTER (WHERE {open} AND next_due_at < now())
    FROM hazards_hazard h GROUP BY unit_id, kind
"""


@dataclass(frozen=True)
class Ask:
    """One kind of request. ``want`` is how many a second it is to do, None where nothing is laid down."""

    name: str
    want: int | None
    make: Callable[[], bytes]
    once: Callable[[], object]
    raw: Callable[[], float]


def run() -> None:
    for size in SIZES:
        there = Hazard.objects.filter(ref__startswith="B").count()
        fill(there + 1, size)
        asks = _asks(size)
        print(f"{Hazard.objects.count():,} tickets", flush=True)
        counted = {ask.name: _statements(ask.once) for ask in asks}
        raw = {ask.name: ask.raw() for ask in asks}
        _tidy()
        with web_processes() as processes:
            for ask in asks:
                _measure(ask, counted[ask.name], raw[ask.name], processes)
                _tidy()


def _tidy() -> None:
    """What the database does within minutes of many filings, and a measurement of seconds does not wait for."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE hazards_hazard, hazards_deadline, journal_event, journal_timer")
        cursor.execute("CHECKPOINT")


def _measure(ask: Ask, statements: int, raw: float, processes: list[int]) -> None:
    """The processor's time is what a request costs however busy the machine is; clients wait longer than that."""
    drive(ask.make, seconds=1)  # each thread plans its own first time
    backends = _backends()
    before = processor_ms(processes), processor_ms(backends)
    found = drive(ask.make, seconds=SECONDS)
    web, database = processor_ms(processes) - before[0], processor_ms(backends) - before[1]
    more = f", {found.bad} REFUSED" if found.bad else ""
    print(f"  a core does {additions():.1f} million additions a second, load {os.getloadavg()[0]:.1f}")
    print(f"  p50 {found.p50:.1f} ms, p95 {found.p95:.1f} ms{more}")
    print(f"  processor a request: web {web / found.sent:.1f} ms, database {database / found.sent:.1f} ms")
    if ask.want:
        beside(f"{ask.name}, a second", found.rate, "wanted", ask.want, "", more_is_better=True)
    else:
        print(f"{ask.name}, a second: {found.rate:.1f}")
    beside(f"{ask.name}, statements", statements, "limit", STATEMENTS, "")
    beside(f"{ask.name}, p50", found.p50, "raw SQL", raw, "ms")


def _asks(size: int) -> list[Ask]:
    from knox.models import AuthToken

    officer = Person.objects.get(username="officer")
    token = {"Authorization": f"Token {AuthToken.objects.create(officer)[1]}"}
    box = _box()
    fixed = (
        ("list of 100", 200, LIST, RAW_LIST.format(open=OPEN)),
        (f"map of {FEATURES:,}", 100, f"/api/v1/map/hazards.geojson?bbox={box}", RAW_MAP.format(open=OPEN, box=box)),
        ("figures", None, FIGURES, RAW_FIGURES.format(open=OPEN)),
    )
    asks = [_reading(name, want, path, token, sql) for name, want, path, sql in fixed]
    # Filing comes last: the thousands that it leaves are no part of a map of 4,000.
    return [*asks, _page(officer, RAW_FIGURES.format(open=OPEN)), _filing(token)]


def _box() -> str:
    """A box around the county's middle that holds 4,000 open tickets."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH middle AS (SELECT avg(ST_X(point)) AS x, avg(ST_Y(point)) AS y FROM hazards_hazard h WHERE {OPEN})
            SELECT x, y, (SELECT greatest(abs(ST_X(point) - x), abs(ST_Y(point) - y)) AS far FROM hazards_hazard h
                WHERE {OPEN} ORDER BY far OFFSET {FEATURES - 1} LIMIT 1) FROM middle"""
        )
        x, y, far = cursor.fetchone()
    return f"{x - far:.6f},{y - far:.6f},{x + far:.6f},{y + far:.6f}"


def _reading(name: str, want: int | None, path: str, headers: dict[str, str], sql: str) -> Ask:
    whole = request("GET", path, headers)
    once = lambda: _got(Client().get(path, headers=headers))  # noqa: E731
    return Ask(name, want, lambda: whole, once, lambda: median_ms(_run(sql)))


def _page(officer: Person, sql: str) -> Ask:
    client = Client()
    client.force_login(officer, backend="emergency.authentication.sessions.PeopleBackend")
    whole = request("GET", "/hazards/statistics/", {"Cookie": f"sessionid={client.cookies['sessionid'].value}"})
    return Ask(
        "figures, the page", None, lambda: whole, lambda: _got(client.get("/hazards/statistics/")),
        lambda: median_ms(_run(sql)),
    )  # fmt: skip


def _filing(headers: dict[str, str]) -> Ask:
    points = cycle(Unit.objects.filter(level=Unit.Level.VILLAGE, seat__isnull=False).values_list("seat", flat=True))

    def body() -> bytes:
        at = next(points)
        content = {
            "client_id": uuid4(), "kind": "geological_point", "description": "坡脚渗水，挡墙鼓起",
            "point": [at.x, at.y], "accuracy_m": 8, "found_at": "2026-11-20T08:00:00+08:00", "people_at_risk": 12,
        }  # fmt: skip
        return orjson.dumps(content)

    def once() -> None:
        answer = Client().post("/api/v1/hazards/", body(), content_type="application/json", headers=headers)
        _got(answer)

    make = lambda: request("POST", "/api/v1/hazards/", headers, body())  # noqa: E731
    return Ask("filing", 300, make, once, lambda: _same_rows(once))


def _backends() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [row[0] for row in cursor.fetchall()]


def _got(answer: object) -> None:
    if answer.status_code not in (200, 201):  # type: ignore[attr-defined]
        raise SystemExit(f"{answer.status_code}: {answer.content[:300]}")  # type: ignore[attr-defined]


def _statements(act: Callable[[], object]) -> int:
    """BEGIN and COMMIT among them; the second time, when what a process learns once is known."""
    act()
    with CaptureQueriesContext(connection) as caught:
        act()
    return len(caught)


def _run(sql: str) -> Callable[[], None]:
    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            cursor.fetchall()

    return ask


def _same_rows(file: Callable[[], None]) -> float:
    """Milliseconds for the rows of one filing by bare INSERTs into tables with the same indexes, committed."""
    file()
    newest = Hazard.objects.latest("id").pk
    rows = {}
    with connection.cursor() as cursor:
        for table, where in WRITTEN.items():
            cursor.execute(f"SELECT * FROM {table} WHERE {where}", {"id": newest})
            rows[table] = cursor.fetchall()
    return min(_insert(rows) for _ in range(5))


def _insert(rows: dict[str, list[tuple]]) -> float:
    with connection.cursor() as cursor:
        for table in rows:
            cursor.execute(f"DROP TABLE IF EXISTS bench_{table}")
            cursor.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL EXCLUDING GENERATED)")
    began = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table, lines in rows.items():
            execute_values(cursor.cursor, f"INSERT INTO bench_{table} OVERRIDING SYSTEM VALUE VALUES %s", lines)
    return (perf_counter() - began) * 1000
