"""Delivering relays (the outbox): each pending row is claimed, run and closed in one transaction, so that it takes
effect once."""

from __future__ import annotations

import logging

from django.db import connection, transaction

from journal import subscribers
from journal.actions.recording import SYSTEM, record
from journal.models import Relay
from org.models import Unit

_log = logging.getLogger(__name__)

CLAIM = """
    SELECT id FROM journal_relay WHERE state = 'pending' AND not_before <= sanji_now()
    ORDER BY not_before, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""


def run_pending(limit: int = 500) -> int:
    """Run up to ``limit`` relays that are due; returns how many were run.

    A failing one is put back with a longer wait.
    """
    done = 0
    while done < limit and _run_one():
        done += 1
    return done


def _run_one() -> bool:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CLAIM)
            row = cursor.fetchone()
        if row is None:
            return False
        relay = Relay.objects.select_related("event").get(pk=row[0])
        _run(relay)
    return True


def _run(relay: Relay) -> None:
    function = subscribers.function(relay.subscriber)
    if function is None:
        _unheard(relay)
        return
    try:
        with transaction.atomic():
            function(relay.event)
    except Exception as error:  # the relay must survive whatever its subscriber does
        _log.exception("relay %s of event %s failed", relay.subscriber, relay.event_id)
        _postpone(relay, error)
        return
    Relay.objects.filter(pk=relay.pk).update(state=Relay.State.DONE)


def _unheard(relay: Relay) -> None:
    """No subscriber has that name: record an alarm, once, and keep the relay for a version in which one has."""
    error = LookupError(f"no subscriber is called {relay.subscriber}")
    _log.error("relay %s of event %s: %s", relay.pk, relay.event_id, error)
    if relay.attempts == 0:
        data = {"subscriber": relay.subscriber, "event": relay.event_id, "verb": relay.event.verb}
        top = Unit.objects.filter(parent=None).values_list("path", flat=True).first() or ""
        record("relay.unheard", f"relay:{relay.pk}", top, by=SYSTEM, data=data, exercise=relay.event.exercise)
    _postpone(relay, error)


def _postpone(relay: Relay, error: Exception) -> None:
    """Exponential backoff, up to five minutes; a relay is never given up."""
    wait = min(300, 2 ** min(relay.attempts, 9))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_relay SET attempts = attempts + 1, error = %s,"
            " not_before = sanji_now() + make_interval(secs => %s) WHERE id = %s",
            [f"{type(error).__name__}: {error}"[:2000], wait, relay.pk],
        )
