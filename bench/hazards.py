"""Hazards over HTTP on two web processes: filing, the list, the map and the figures, each beside a request that does
nothing in the same run, by the processor time of web and database together; then a burst of filings from many phones.

Every request brings a token (the page: a session) and is cut to what its reader may see.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from uuid import uuid4

import orjson
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.hazards_fill import fill
from bench.load import Figures, drive, processor_ms, request, web_processes
from bench.report import additions, beside
from hazards.models import Hazard
from org.models import Person, Unit

SIZES = [int(word) for word in os.environ.get("TICKETS", "20000 200000").split()]
SECONDS = float(os.environ.get("SECONDS", "5"))
STATEMENTS = 15
PHONES, REPORTS = 200, 10
BURST_P95_MS = 3000
FEATURES = 4000
OPEN = "h.status NOT IN ('closed', 'merged', 'turned_away')"
LIST = "/api/v1/hazards/?status=rectifying,submitted&ordering=due&page_size=100"
FIGURES = "/api/v1/hazards/statistics/?first=2026-01&last=2026-11"


@dataclass(frozen=True)
class Ask:
    """One kind of request. ``most``: how many times the processor time of one that does nothing it may take."""

    name: str
    most: float
    make: Callable[[], bytes]
    once: Callable[[], object]


def run() -> None:
    for size in SIZES:
        there = Hazard.objects.filter(ref__startswith="B").count()
        fill(there + 1, size)
        token = _token()
        asks = _asks(token)
        print(f"{Hazard.objects.count():,} tickets", flush=True)
        counted = {ask.name: _statements(ask.once) for ask in asks}
        _tidy()
        with web_processes() as processes:
            alive = _cost(request("GET", "/healthz", {}), processes)
            nothing = _cost(request("GET", "/api/v1/", token), processes)
            print(f"does nothing: {nothing:.1f} ms for a token (/api/v1/), {alive:.1f} ms for nobody (/healthz)")
            for ask in asks:
                _measure(ask, counted[ask.name], nothing, processes)
                _tidy()
            _burst(token)


def _cost(whole: bytes, processes: list[int]) -> float:
    return _driven(lambda: whole, processes)[1]


def _driven(make: Callable[[], bytes], processes: list[int]) -> tuple[Figures, float, float]:
    """What clients saw, and milliseconds of processor a request: in all, and the database's part of it."""
    drive(make, seconds=1)  # connections are made, and each thread imports what it needs
    backends = _backends()
    before = processor_ms(processes), processor_ms(backends)
    found = drive(make, seconds=SECONDS)
    web, database = processor_ms(processes) - before[0], processor_ms(backends) - before[1]
    return found, (web + database) / found.sent, database / found.sent


def _burst(token: dict[str, str]) -> None:
    """So many phones at once, each sending its reports one after the other."""
    make = _filing(token).make
    before = Hazard.objects.count()
    found = drive(make, seconds=600, connections_each=PHONES // 2, each=REPORTS)
    stored = Hazard.objects.count() - before
    print(f"burst of {PHONES * REPORTS:,} filings from {PHONES} phones: {stored:,} stored, {found.bad} refused")
    beside("burst, p95", found.p95, "limit", BURST_P95_MS, "ms")


def _tidy() -> None:
    """What the database does within minutes of many filings, and a measurement of seconds does not wait for."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE hazards_hazard, hazards_deadline, journal_event, journal_timer")
        cursor.execute("CHECKPOINT")


def _measure(ask: Ask, statements: int, nothing: float, processes: list[int]) -> None:
    """The processor's time is what a request costs however busy the machine is; clients wait longer than that."""
    found, cost, database = _driven(ask.make, processes)
    more = f", {found.bad} REFUSED" if found.bad else ""
    print(f"  a core does {additions():.1f} million additions a second, load {os.getloadavg()[0]:.1f}")
    print(f"  {found.rate:.0f} a second, p50 {found.p50:.1f} ms, p95 {found.p95:.1f} ms{more}")
    print(f"  processor: web {cost - database:.1f} ms, database {database:.1f} ms: x{cost / nothing:.1f} of nothing")
    beside(f"{ask.name}, processor", cost, "limit", ask.most * nothing, "ms")
    beside(f"{ask.name}, statements", statements, "limit", STATEMENTS, "")


def _token() -> dict[str, str]:
    from knox.models import AuthToken

    return {"Authorization": f"Token {AuthToken.objects.create(Person.objects.get(username='officer'))[1]}"}


def _asks(token: dict[str, str]) -> list[Ask]:
    fixed = (
        ("list of 100", 15, LIST),
        (f"map of {FEATURES:,}", 40, f"/api/v1/map/hazards.geojson?bbox={_box()}"),
        ("figures", 40, FIGURES),
    )
    # Filing comes last: the thousands that it leaves are no part of a map of 4,000.
    return [*(_reading(name, most, path, token) for name, most, path in fixed), _page(), _filing(token)]


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


def _reading(name: str, most: float, path: str, headers: dict[str, str]) -> Ask:
    whole = request("GET", path, headers)
    return Ask(name, most, lambda: whole, lambda: _got(Client().get(path, headers=headers)))


def _page() -> Ask:
    client = Client()
    client.force_login(
        Person.objects.get(username="officer"), backend="emergency.authentication.sessions.PeopleBackend"
    )
    whole = request("GET", "/hazards/statistics/", {"Cookie": f"sessionid={client.cookies['sessionid'].value}"})
    return Ask("figures, the page", 40, lambda: whole, lambda: _got(client.get("/hazards/statistics/")))


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
    return Ask("filing", 8, make, once)


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
    """BEGIN and COMMIT among them."""
    with CaptureQueriesContext(connection) as caught:
        act()
    return len(caught)
