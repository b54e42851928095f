"""Seals over the journal: a SHA-256 chain over runs of events, computed by the database (journal/sql/seals.sql).

An event becomes sealable once it is `SETTLED` old: by then every transaction that could still insert a smaller ``seq``
is over (the database refuses later commits, journal/models.py), so a sealed run has no hole that could fill later.
Digests leave the database (journal/files/anchors.py): whoever owns it could rewrite the whole chain, but not those.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

from journal.models import Seal

SETTLED = dt.timedelta(seconds=60)
BATCH = 10_000
AT_ONCE = 100_000
"""Batch size of the verification, in events: some seconds at most, below statement_timeout."""

_DIGESTS = """
    SELECT s.number, d.first_seq, d.events, d.digest
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::smallint[])
        AS s (number, after, upto, previous, format)
    CROSS JOIN LATERAL journal_digest(s.after, s.upto, s.number, s.previous, s.format) d
"""


@dataclass(frozen=True)
class Breach:
    """A failed verification; ``place`` names the events or the file, for people."""

    place: str
    reason: str


def seal_new() -> int:
    """Seal the settled events after the last seal; returns how many events were sealed. One sealer at a time."""
    sealed = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT journal_seal_next(%s, %s)", [BATCH, SETTLED])
            count = cursor.fetchone()[0]
        if not count:
            return sealed
        sealed += count


def verify() -> list[Breach]:
    """Recompute every seal; an empty list means that nothing sealed was changed, added or taken away."""
    breaches, last = _before_the_first(), None
    for seals in _runs():
        found = _digests(seals, last)
        for seal in seals:
            reason = _wrong(seal, last, found[seal.number])
            if reason:
                breaches.append(Breach(f"events {seal.first_seq}-{seal.last_seq}", reason))
            last = seal
    return breaches


def _before_the_first() -> list[Breach]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_event WHERE seq < 1")
        count = cursor.fetchone()[0]
    return [Breach("events below 1", f"{count} events bear a number that is never given out")] if count else []


def _runs() -> Iterator[list[Seal]]:
    """The seals in order, in runs of at most `AT_ONCE` events (one seal at least)."""
    run: list[Seal] = []
    events = 0
    for seal in Seal.objects.order_by("number").iterator():
        if run and events + seal.count > AT_ONCE:
            yield run
            run, events = [], 0
        run.append(seal)
        events += seal.count
    if run:
        yield run


def _digests(seals: Sequence[Seal], last: Seal | None) -> dict[int, tuple[int, int, str]]:
    """{number: (first seq, events, digest)} as the journal is now, each chained to what the seal before says."""
    before = [last, *seals[:-1]]
    columns = (
        [seal.number for seal in seals],
        [seal.last_seq if seal else 0 for seal in before],
        [seal.last_seq for seal in seals],
        [seal.digest if seal else "" for seal in before],
        [seal.format for seal in seals],
    )
    with connection.cursor() as cursor:
        cursor.execute(_DIGESTS, columns)
        return {number: (first, count, digest) for number, first, count, digest in cursor.fetchall()}


def _wrong(seal: Seal, before: Seal | None, found: tuple[int, int, str]) -> str:
    first, count, digest = found
    if seal.number != (before.number + 1 if before else 1):
        return "the chain is broken: a seal before it is missing"
    if seal.previous != (before.digest if before else ""):
        return "the chain is broken: it does not name the seal before it"
    if (first, count) != (seal.first_seq, seal.count):
        return f"holds {count} events from {first}, sealed were {seal.count} from {seal.first_seq}"
    return "" if digest == seal.digest else "an event in it was changed"
