"""Seals over the journal: a SHA-256 chain over runs of events, recomputed by ``manage.py verify_journal``.

An event becomes sealable once it is `SETTLED` old: by then every transaction that could still insert a smaller ``seq``
is over (the database refuses later commits, journal/models.py), so a sealed run has no hole that could fill later.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import connection, transaction

from journal.models import Seal

SETTLED = dt.timedelta(seconds=60)
BATCH = 10_000

_ROWS = """
    SELECT seq, jsonb_build_array(seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), verb, by, by_name,
        unit_path, subject, root, cause, data, card, exercise)::text
    FROM journal_event WHERE seq > %s AND seq <= %s ORDER BY seq
"""


@dataclass(frozen=True)
class Breach:
    """A seal that does not fit what the journal holds now."""

    seal: Seal
    reason: str


def seal_new() -> int:
    """Seal the settled events after the last seal; returns how many events were sealed. One sealer at a time."""
    sealed = 0
    while count := _seal_batch():
        sealed += count
    return sealed


def _seal_batch() -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('journal.seal'))")
        last = Seal.objects.order_by("-last_seq").first()
        after = last.last_seq if last else 0
        cursor.execute(
            "SELECT max(seq) FROM (SELECT seq FROM journal_event WHERE seq > %s AND written_at < now() - %s"
            " ORDER BY seq LIMIT %s) AS settled",
            [after, SETTLED, BATCH],
        )
        upto = cursor.fetchone()[0]
        if upto is None:
            return 0
        previous = last.digest if last else ""
        first, count, digest = _digest(after, upto, previous)
        Seal.objects.create(first_seq=first, last_seq=upto, count=count, previous=previous, digest=digest)
        return count


def _digest(after: int, upto: int, previous: str) -> tuple[int, int, str]:
    """First seq, number of events and hash of the events in (after, upto], chained to ``previous``."""
    hashed = hashlib.sha256(previous.encode())
    first, count = 0, 0
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [after, upto])
        for seq, text in cursor.fetchall():
            first = first or seq
            count += 1
            hashed.update(text.encode())
            hashed.update(b"\n")
    return first, count, hashed.hexdigest()


def verify() -> list[Breach]:
    """Recompute every seal; an empty list means that nothing sealed was changed, added or taken away."""
    breaches, after, previous = [], 0, ""
    for seal in Seal.objects.order_by("last_seq").iterator():
        first, count, digest = _digest(after, seal.last_seq, previous)
        if seal.previous != previous:
            breaches.append(Breach(seal, "the chain is broken: it does not name the seal before it"))
        elif (first, count) != (seal.first_seq, seal.count):
            breaches.append(
                Breach(seal, f"holds {count} events from {first}, sealed were {seal.count} from {seal.first_seq}")
            )
        elif digest != seal.digest:
            breaches.append(Breach(seal, "an event in it was changed"))
        after, previous = seal.last_seq, seal.digest
    return breaches
