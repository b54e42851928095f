"""Full steps of timers a second, beside a loop that only claims: one process, committed, batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from django.db import connection, transaction

from bench.report import beside
from command.actions import issue_order
from journal import timers
from journal.timers import handler
from org.models import Person

COUNT = 10_000
KIND = "bench.tick"


def run() -> None:
    handler(KIND)(lambda due: None)
    claim = _rate(_fill, _claim_only)
    trivial = _rate(_fill, lambda: timers.fire_due(COUNT))
    ladder = _rate(_silent_county, lambda: timers.fire_due(COUNT))
    beside("full steps, trivial handler", trivial, "claim only", claim, "steps/s", more_is_better=True)
    beside("full steps, the ladder's climb", ladder, "claim only", claim, "steps/s", more_is_better=True)


def _rate(prepare: Callable[[], None], fire: Callable[[], int]) -> float:
    """Steps a second, the best of three: what disturbs is not ours."""
    best = 0.0
    for _ in range(3):
        prepare()
        began = perf_counter()
        fired = fire()
        best = max(best, fired / (perf_counter() - began))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_timer SET state = 'cancelled' WHERE state = 'pending'")
    return best


def _fill() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_timer WHERE kind = %s", [KIND])
        cursor.execute(
            "INSERT INTO journal_timer (kind, subject, step, generation, due_at, state, attempts, error)"
            " SELECT %s, 'bench:' || n, 0, 0, sanji_now(), 'pending', 0, '' FROM generate_series(1, %s) AS n",
            [KIND, COUNT],
        )
        cursor.execute("ANALYZE journal_timer")


def _claim_only() -> int:
    """The floor: the same claim and the same mark, a transaction a batch, with nothing in between."""
    done = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(timers.CLAIM)
            ids = [row[0] for row in cursor.fetchall()]
            cursor.execute("UPDATE journal_timer SET state = 'fired', fired_at = sanji_now() WHERE id = ANY(%s)", [ids])
        done += len(ids)
        if not ids:
            return done


def _silent_county() -> None:
    """An order to the whole county whose four rungs are all due: some 3,000 climbs that call, tell and set timers."""
    officer = Person.objects.get(username="officer")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_timer SET state = 'cancelled' WHERE state = 'pending'")
        cursor.execute("SET sanji.clock_offset = '-902 seconds'")
        issue_order(by=officer, incident_id=None, text="检查", units=["331126"], descendants=True, ladder="red")
        cursor.execute("RESET sanji.clock_offset")
        cursor.execute("ANALYZE journal_timer, command_assignment, notify_message")
