"""What every append to the journal needs around it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from journal import rows, subscribers, wake
from journal.models import Event, Relay


def in_transaction() -> None:
    """RuntimeError where what is recorded would not stand or fall with the change."""
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs inside the transaction of the change that it records")


def follow(events: Sequence[Event]) -> None:
    """After events were written: their relays now, the word to the listeners after the commit."""
    rows.insert(
        Relay,
        ("event_id", "subscriber", "state", "attempts", "error"),
        [(e.seq, name, Relay.State.PENDING, 0, "") for e in events for name in subscribers.names_for(e.verb)],
    )
    transaction.on_commit(wake.listeners)
