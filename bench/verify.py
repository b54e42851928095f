"""Verifying the seals of a million events, beside reading the same rows once."""

from __future__ import annotations

import time

from django.db import connection

from bench.journal import EVENTS, FILL
from bench.report import beside
from journal.actions import seals


def run() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET session_replication_role = replica")
        cursor.execute("UPDATE journal_event SET written_at = written_at - interval '7 days'")
        cursor.execute(FILL, [EVENTS, EVENTS])
        cursor.execute("SET session_replication_role = origin; ANALYZE journal_event")
    sealing = _seconds(seals.seal_new)
    reading = _seconds(_read)
    verifying = _seconds(_verified)
    beside("verifying a million events", verifying, "reading them once", reading, "s")
    beside("sealing a million events", sealing, "reading them once", reading, "s")


def _verified() -> None:
    if seals.verify():
        raise AssertionError("what nobody touched does not verify")


def _read() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(length(e::text)) FROM journal_event e")


def _seconds(work: object) -> float:
    begun = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - begun
