"""Health endpoints for machines: is the process alive, can it do its work, and how is it going.

`/healthz` is about this process alone: a database that is away is no reason to start the web server again.
`/readyz` is 200 only when a person's click would have its full effect: database, migrations, Redis, room on the disk,
Celery's rounds, the deliverer, and the journal's seals. It answers within two seconds, also when one of them hangs.
`/metrics` is Prometheus's text; it holds counts and ages only, no name, no text, nothing that jurisdiction would hide.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from pathlib import Path

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CollectorRegistry, GaugeMetricFamily, Metric

from journal.actions import rounds
from journal.actions.silence import Silence
from notify.selectors.figures import account_figures, queue_ages

_log = logging.getLogger(__name__)

# Seconds without a round by Celery before we are not ready. The sentinel takes over after 5 s; a process that
# Procfile's keeper starts again is back within 10 s: what lasts longer wants a person's eye.
ROUND_LIMIT_S = 15.0
REDIS_LIMIT_S = 1.0
CHECK_LIMIT_S = 1.5
"""Timeout: the checks run in parallel, and one that has not answered by then is reported as hanging."""
ROOM_BYTES = 500 * 1024 * 1024
"""Free space below which an upload, or PostgreSQL's own log, may fail at any moment."""
SEALED_WITHIN_S = 15 * 60.0
"""Events are sealed each minute once they are a minute old; this long without is no hiccup."""

MEDIA = Path(settings.MEDIA_ROOT)
UNSEALED = """
    SELECT extract(epoch FROM now() - written_at)::float8 FROM journal_event
    WHERE seq > (SELECT coalesce(max(last_seq), 0) FROM journal_seal) ORDER BY seq LIMIT 1
"""
AGES = "SELECT name, extract(epoch FROM sanji_now() - at)::float8 FROM journal_pulse"
# Each count reads a partial index over pending rows, so the cost does not grow with history.
COUNTS = {
    "sanji_timers_pending": (
        "Timers that are not due or not fired yet",
        "SELECT count(*) FROM journal_timer WHERE state = 'pending'",
    ),
    "sanji_timers_overdue": (
        "Pending timers whose time has come",
        "SELECT count(*) FROM journal_timer WHERE state = 'pending' AND due_at <= sanji_now()",
    ),
    "sanji_timers_overdue_seconds": (
        "How late the oldest pending timer is",
        "SELECT coalesce(greatest(extract(epoch FROM sanji_now() - min(due_at)), 0), 0)::float8"
        " FROM journal_timer WHERE state = 'pending'",
    ),
    "sanji_relays_pending": (
        "Events that a subscriber has yet to hear",
        "SELECT count(*) FROM journal_relay WHERE state = 'pending'",
    ),
    "sanji_deliveries_queued": (
        "Messages waiting to be sent",
        "SELECT count(*) FROM notify_delivery WHERE state = 'queued'",
    ),
    "sanji_jobs_unfinished": (
        "PDFs, workbooks and imports that are asked for and not ready",
        "SELECT count(*) FROM web_job WHERE state IN ('queued', 'running')",
    ),
    "sanji_jobs_oldest_seconds": (
        "How long the oldest of them waits to be taken",
        "SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 FROM web_job"
        " WHERE state IN ('queued', 'running') AND state = 'queued'",
    ),
    "sanji_journal_seq": ("The journal's newest event", "SELECT coalesce(max(seq), 0) FROM journal_event"),
}


class NotReady(Exception):
    """Why one check failed, in words that may be shown to anyone: no address, no account."""


def check_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "answers"


def check_migrations() -> str:
    """Cached once it holds: migrations are never undone under a running process."""
    if not LOOKS.migrated:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            raise NotReady(f"{len(waiting)} not applied")
        LOOKS.migrated = True
    return "applied"


def check_redis() -> str:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=REDIS_LIMIT_S, socket_connect_timeout=REDIS_LIMIT_S
    ) as client:
        client.ping()
    return "answers"


def check_rounds() -> str:
    """Beat, broker and worker at once: each round that Celery must do every second has been done of late, by the
    database's clock and by this process's own count (a clock that was set back makes nobody look alive).
    """
    ages = LOOKS.silence.seconds([f"celery:{name}" for name in rounds.names()])
    late = []
    for name in rounds.names():
        age = ages[f"celery:{name}"]
        if age is None or age > ROUND_LIMIT_S:
            late.append(f"{name} " + ("never" if age is None else f"{age:.0f} s ago"))
    if late:
        raise NotReady("last done by Celery: " + ", ".join(late))
    return "on time"


def check_deliverer() -> str:
    """Whether messages leave the house: by the same count as Celery's rounds."""
    age = LOOKS.silence.seconds(["deliverer"])["deliverer"]
    if age is None or age > ROUND_LIMIT_S:
        raise NotReady("last at work " + ("never" if age is None else f"{age:.0f} s ago"))
    return "at work"


def check_disk() -> str:
    """Where uploads go; the private database lies on the same disk."""
    folder = next(path for path in (MEDIA, *MEDIA.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    if free < ROOM_BYTES:
        raise NotReady(f"{free // 1024 // 1024} MB free")
    return f"{free // 1024 // 1024} MB free"


def check_seals() -> str:
    with connection.cursor() as cursor:
        cursor.execute(UNSEALED)
        age = (cursor.fetchone() or [0.0])[0]
    if age > SEALED_WITHIN_S:
        raise NotReady(f"an event of {age / 60:.0f} minutes ago is not sealed")
    return "up to date"


def pulse_ages() -> dict[str, float]:
    """Seconds since each firer's last round, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(AGES)
        return dict(cursor.fetchall())


CHECKS: dict[str, Callable[[], str]] = {
    "database": check_database,
    "migrations": check_migrations,
    "redis": check_redis,
    "rounds": check_rounds,
    "deliverer": check_deliverer,
    "disk": check_disk,
    "seals": check_seals,
}


class Looks:
    """What this process remembers from one look to the next."""

    def __init__(self, threads: Executor) -> None:
        self.threads = threads
        self.asked: dict[str, Future[tuple[bool, str]]] = {}
        self.logged: dict[str, str] = {}
        self.silence = Silence()
        self.migrated = False


LOOKS = Looks(ThreadPoolExecutor(len(CHECKS), thread_name_prefix="readiness"))


def run_check(name: str) -> tuple[bool, str]:
    """Whether it holds, and one line about it."""
    if not connection.in_atomic_block:
        # Django checks a kept connection when a request begins. No request begins on these threads, so a dead
        # connection would stay.
        connection.close_if_unusable_or_obsolete()
    try:
        said = CHECKS[name]()
    except NotReady as reason:
        return False, str(reason)
    except (Error, redis.RedisError, OSError) as failure:
        # The text of such an error may name hosts and accounts: it goes to the log alone, and once, for whoever waits
        # for us asks many times a second.
        if LOOKS.logged.get(name) != str(failure):
            LOOKS.logged[name] = str(failure)
            _log.warning("not ready: %s: %s", name, failure)
        return False, type(failure).__name__
    LOOKS.logged.pop(name, None)
    return True, said


def run_all() -> dict[str, tuple[bool, str]]:
    """Run all checks in parallel threads, by name: a database that hangs holds up no other answer.

    A check that still hangs since somebody asked before is not begun a second time, however often one asks.
    """
    for name in CHECKS:
        if name not in LOOKS.asked or LOOKS.asked[name].done():
            LOOKS.asked[name] = LOOKS.threads.submit(run_check, name)
    asked = {name: LOOKS.asked[name] for name in CHECKS}
    wait(asked.values(), CHECK_LIMIT_S)
    return {name: one.result() if one.done() else (False, "does not answer") for name, one in asked.items()}


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 with every check, or 503 with the same list and what is wrong."""
    results = run_all()
    ready = all(holds for holds, _ in results.values())
    checks = {name: {"ok": holds, "detail": detail} for name, (holds, detail) in results.items()}
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


class Figures:
    """Prometheus collector: the database is queried at each scrape. A figure that fails is left out, the others are
    given.
    """

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("sanji_database_up", "Whether the database answers")
        try:
            counted = [self.figure(name) for name in COUNTS]
            pulses = self.pulses()
            gateways = self.gateways()
        except Error as failure:
            _log.warning("metrics unavailable: %s", failure)
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from counted
        yield pulses
        yield from gateways

    def describe(self) -> Iterator[Metric]:
        """Empty, so that registering the collector runs no query."""
        return iter(())

    @staticmethod
    def figure(name: str) -> Metric:
        meaning, query = COUNTS[name]
        with connection.cursor() as cursor:
            cursor.execute(query)
            (value,) = cursor.fetchone()
        return GaugeMetricFamily(name, meaning, value=value)

    @staticmethod
    def gateways() -> list[Metric]:
        """Of each gateway account: what waits for it, what nobody knows, receipts that are late, whether it rests."""
        waits = GaugeMetricFamily(
            "sanji_delivery_queue_seconds", "How long the oldest due delivery waits", labels=["account", "channel"]
        )
        for account, channel, seconds in queue_ages():
            waits.add_metric([account, channel], seconds)
        meanings = {
            "sanji_deliveries_unknown": "Handed over, and nobody has said what came of it",
            "sanji_receipts_late": "Taken by the gateway, and no receipt for minutes",
            "sanji_gateway_resting": "Whether the account is not used for a while after failures",
        }
        families = [GaugeMetricFamily(name, meaning, labels=["account"]) for name, meaning in meanings.items()]
        for one in account_figures():
            for family, value in zip(families, (one.unknown, one.late, one.resting), strict=True):
                family.add_metric([one.account], value)
        return [waits, *families]

    @staticmethod
    def pulses() -> Metric:
        family = GaugeMetricFamily("sanji_pulse_age_seconds", "Since the last round of each firer", labels=["name"])
        for name, age in sorted(pulse_ages().items()):
            family.add_metric([name], age)
        return family


REGISTRY = CollectorRegistry()
"""Without Prometheus's own collectors of a process: of several web processes any may answer. Ours ask the database."""
REGISTRY.register(Figures())


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
