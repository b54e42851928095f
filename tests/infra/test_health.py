"""What machines ask of the system: alive, ready, figures."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from emergency.views import health
from journal.actions import rounds, seals
from journal.actions.recording import SYSTEM, record


class Inline(Executor):
    """On the test's own thread, whose transaction the checks have to see."""

    def submit(self, work: Callable[..., Any], /, *given: Any, **more: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(work(*given, **more))
        return done


@pytest.fixture(autouse=True)
def on_this_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LOOKS", health.Looks(Inline()))


@pytest.fixture
def celery_is_alive(db: None) -> None:
    for name in rounds.names():
        rounds.pulse(f"celery:{name}")
    rounds.pulse("deliverer")
    seals.seal_new()  # the demo county may have been founded an hour ago


@pytest.fixture
def redis_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health.CHECKS, "redis", lambda: "answers")


def test_alive_asks_neither_database_nor_redis(client: Client, settings: object) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]
    assert client.get("/healthz").content == b"ok\n"


def test_ready_when_every_check_holds(client: Client, celery_is_alive: None) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.content
    assert answer.json()["ready"] is True
    assert set(answer.json()["checks"]) == {"database", "migrations", "redis", "rounds", "deliverer", "disk", "seals"}


def test_what_hangs_is_told_while_the_others_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    hung = threading.Event()
    checks = {"database": lambda: str(hung.wait(60)), "redis": lambda: "answers"}
    monkeypatch.setattr(health, "CHECKS", checks)
    monkeypatch.setattr(health, "CHECK_LIMIT_S", 0.2)
    monkeypatch.setattr(health, "LOOKS", health.Looks(ThreadPoolExecutor(2)))
    answer = client.get("/readyz")
    hung.set()
    assert answer.status_code == 503
    told = answer.json()["checks"]
    assert (told["database"], told["redis"]["ok"]) == ({"ok": False, "detail": "does not answer"}, True)


@pytest.mark.django_db(transaction=True)
def test_ready_again_after_its_connections_were_ended(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by a restart of the database, or by a restore: the threads that look keep theirs from one look to the next."""
    monkeypatch.setattr(health, "CHECKS", {"database": health.check_database})
    monkeypatch.setattr(health, "CHECK_LIMIT_S", 20)
    monkeypatch.setattr(health, "LOOKS", health.Looks(ThreadPoolExecutor(1)))
    assert client.get("/readyz").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert client.get("/readyz").status_code == 200
    health.LOOKS.threads.submit(lambda: connection.close()).result()


def test_what_is_wrong_is_logged_once(
    client: Client, db: None, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    for _look in range(3):
        client.get("/readyz")
    assert len([one for one in caplog.records if "not ready: redis" in one.getMessage()]) == 1


def test_not_ready_when_the_disk_is_nearly_full(
    client: Client, celery_is_alive: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "ROOM_BYTES", 1 << 60)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "MB free" in answer.json()["checks"]["disk"]["detail"]


def test_not_ready_when_events_stay_unsealed(client: Client, celery_is_alive: None) -> None:
    event = record("test.happened", "test:1", "33.11.26", by=SYSTEM)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE journal_event SET written_at = now() - interval '20 minutes' WHERE seq = %s"
            " OR seq > (SELECT coalesce(max(last_seq), 0) FROM journal_seal)", [event.seq]
        )  # fmt: skip
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert "20 minutes ago is not sealed" in client.get("/readyz").json()["checks"]["seals"]["detail"]
    seals.seal_new()
    assert client.get("/readyz").json()["checks"]["seals"]["ok"] is True


def test_not_ready_before_celery_has_done_a_round(client: Client, db: None) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "timers never" in answer.json()["checks"]["rounds"]["detail"]


def test_not_ready_when_one_of_celerys_rounds_has_stopped(client: Client, celery_is_alive: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_pulse SET at = at - interval '20 s' WHERE name = 'celery:relays'")
    detail = client.get("/readyz").json()["checks"]["rounds"]["detail"]
    assert "relays 20 s ago" in detail
    assert "timers" not in detail


def test_the_sentinels_pulse_does_not_stand_in_for_celerys(client: Client, db: None) -> None:
    rounds.pulse("sentinel")
    assert client.get("/readyz").status_code == 503


def test_not_ready_without_redis_and_no_address_is_told(
    client: Client, celery_is_alive: None, settings: object
) -> None:
    settings.REDIS_URL = "redis://:very-secret@127.0.0.1:1/0"  # type: ignore[attr-defined]
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["redis"] == {"ok": False, "detail": "ConnectionError"}
    assert b"very-secret" not in answer.content
    assert b"127.0.0.1" not in answer.content


def test_not_ready_while_a_migration_waits(client: Client, celery_is_alive: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'journal'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "not applied" in answer.json()["checks"]["migrations"]["detail"]


def test_not_ready_without_the_database(
    client: Client, celery_is_alive: None, monkeypatch: pytest.MonkeyPatch, redis_answers: None
) -> None:
    def gone() -> str:
        raise OperationalError("connection to 10.0.0.5 refused for user sanji")

    monkeypatch.setitem(health.CHECKS, "database", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == {"ok": False, "detail": "OperationalError"}


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_machines_need_no_sign_in_and_may_only_read(client: Client, db: None, address: str) -> None:
    assert client.get(address).status_code in (200, 503)
    assert client.post(address).status_code == 405
    assert "no-store" in client.get(address).headers["Cache-Control"]


def test_the_figures_count_what_is_overdue(client: Client, celery_is_alive: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_timer (kind, subject, step, generation, due_at, state, attempts, not_before, error)"
            " VALUES ('t', 'order:1', 0, 0, sanji_now() - interval '90 s', 'pending', 0, sanji_now(), ''),"
            " ('t', 'order:2', 0, 0, sanji_now() + interval '90 s', 'pending', 0, sanji_now(), '')"
        )
    text = client.get("/metrics").content.decode()
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("sanji_"))
    assert float(figures["sanji_timers_pending"]) == 2
    assert float(figures["sanji_timers_overdue"]) == 1
    assert 90 <= float(figures["sanji_timers_overdue_seconds"]) < 120
    assert float(figures["sanji_database_up"]) == 1
    assert float(figures['sanji_pulse_age_seconds{name="celery:timers"}']) < 60
