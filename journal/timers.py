"""Timers are rows; firing one is one transaction (docs/laws.md 6).

Two firers share the work: Celery's tick and the sentinel.

Claim with SKIP LOCKED → the handler rechecks the subject and its generation → acts, records, sets the next timer, whose
due time is the previous due time plus its step. After downtime every missed step therefore fires, in order, each marked
late.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from database import rows
from database.registry import Registry
from journal.actions.recording import SYSTEM, Fact, record_all
from journal.models import Timer
from org.models import Unit

_log = logging.getLogger(__name__)

BATCH = 200
"""Claimed per transaction. A literal in the SQL: as a parameter it would plan as a sequential scan."""

LATE_AFTER = dt.timedelta(seconds=5)
OVERDUE_AFTER: Any = dt.timedelta(seconds=60)

CLAIM = f"""
    SELECT id, kind, subject, step, generation, due_at, attempts, sanji_now() - due_at AS waited, exercise
    FROM journal_timer
    WHERE state = 'pending' AND due_at <= sanji_now() AND not_before <= sanji_now()
    ORDER BY due_at, id LIMIT {BATCH} FOR UPDATE SKIP LOCKED
"""


@dataclass(frozen=True)
class Due:
    """A claimed timer. ``late`` when it fires well past its time, as after downtime."""

    id: int
    kind: str
    subject: str
    step: int
    generation: int
    due_at: dt.datetime
    attempts: int
    waited: dt.timedelta
    exercise: int | None = None

    @property
    def late(self) -> bool:
        return self.waited > LATE_AFTER

    @property
    def subject_id(self) -> int:
        return int(self.subject.rpartition(":")[2])


@dataclass(frozen=True)
class Setting:
    """A timer to be set. ``exercise``: its subject's."""

    kind: str
    subject: str
    due_at: dt.datetime
    step: int = 0
    generation: int = 0
    exercise: int | None = None


Handler = Callable[[Sequence[Due]], None]
HANDLERS: Registry[Handler] = Registry(
    "timer kinds", "What is due. `journal.timers.handler`, in an app's `timers.py`, says what happens then."
)


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register what happens when timers of ``kind`` are due.

    One call for all of a batch, inside the claiming transaction.

    A handler locks its subjects, skips those that have moved on since (their generation differs), and may raise: then
    the timers of the batch are tried one by one, and the failing ones later again.
    """

    def register(function: Handler) -> Handler:
        return HANDLERS.register(kind, function)

    return register


def set_timers(settings: Iterable[Setting]) -> None:
    """Set timers inside the caller's transaction. Setting the same one twice leaves the first."""
    rows.insert(
        Timer,
        ("kind", "subject", "step", "generation", "due_at", "exercise", "state", "attempts", "error"),
        [(s.kind, s.subject, s.step, s.generation, s.due_at, s.exercise, Timer.State.PENDING, 0, "") for s in settings],
        ignore_conflicts=True,
    )


def cancel(subjects: Sequence[str]) -> int:
    """Void everything pending of these subjects; returns how many.

    Rows that a firer holds at this instant are skipped rather than waited for: it would be waiting for our subject's
    lock in turn. Having got it, it sees the new generation and does nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_timer SET state = 'cancelled' WHERE id IN (SELECT id FROM journal_timer"
            " WHERE state = 'pending' AND subject = ANY(%s) FOR UPDATE SKIP LOCKED)",
            [list(subjects)],
        )
        found: int = cursor.rowcount
        return found


def fire_due(limit: int = 5000) -> int:
    """Fire what is due, in batches, until nothing is left or about ``limit`` were fired; returns how many were."""
    fired = 0
    while fired < limit:
        count = _fire_batch()
        fired += count
        if count == 0:  # a fired timer may have set one that is due already, after downtime
            break
    return fired


def _fire_batch() -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CLAIM)
            due = [Due(*row) for row in cursor.fetchall()]
        by_kind: dict[str, list[Due]] = defaultdict(list)
        for timer in due:
            by_kind[timer.kind].append(timer)
        for kind, timers in by_kind.items():
            _fire(kind, timers)
    return len(due)


def _fire(kind: str, timers: list[Due]) -> None:
    try:
        with transaction.atomic():
            _act(kind, timers)
    except Exception as error:  # one bad subject must not stop the clock for the others
        if len(timers) == 1:
            _log.exception("timer %s of %s failed", kind, timers[0].subject)
            _postpone(timers[0], error)
            return
        for timer in timers:
            _fire(kind, [timer])


def _act(kind: str, timers: list[Due]) -> None:
    function = HANDLERS.get(kind)
    if function is None:
        raise LookupError(f"no handler for timers of kind {kind}")
    function(timers)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_timer SET state = 'fired', fired_at = sanji_now(), error = '' WHERE id = ANY(%s)",
            [[timer.id for timer in timers]],
        )


def _postpone(timer: Due, error: Exception) -> None:
    """Backoff, at most a minute; the due time stays, so that the timer is seen to be overdue."""
    wait = min(60, 2 ** min(timer.attempts, 6))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_timer SET attempts = attempts + 1, error = %s,"
            " not_before = sanji_now() + make_interval(secs => %s) WHERE id = %s",
            [f"{type(error).__name__}: {error}"[:2000], wait, timer.id],
        )


def raise_alarms() -> int:
    """Record `timer.overdue`, once each, for timers over a minute late: the board shows that a clock has stopped. One
    that was set in the past (a shift published within its last half-hour) is late from when it was set.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE journal_timer SET alarmed_at = sanji_now() WHERE id IN (SELECT id FROM journal_timer WHERE"
                " state = 'pending' AND alarmed_at IS NULL AND due_at < sanji_now() - %(after)s"
                " AND set_at < sanji_now() - %(after)s ORDER BY due_at LIMIT 100"
                " FOR UPDATE SKIP LOCKED) RETURNING kind, subject, due_at, error, exercise",
                {"after": OVERDUE_AFTER},
            )
            overdue = cursor.fetchall()
        if not overdue:
            return 0
        top = Unit.objects.filter(parent=None).values_list("path", flat=True).first() or ""
        record_all(
            [
                Fact(
                    "timer.overdue",
                    subject,
                    top,
                    data={"kind": kind, "due_at": due_at.isoformat(), "error": error},
                    exercise=exercise,
                )
                for kind, subject, due_at, error, exercise in overdue
            ],
            by=SYSTEM,
        )
        return len(overdue)
