"""Working off queued deliveries, every second: claimed one at a time, so that a slow gateway holds up only itself."""

from __future__ import annotations

import logging
import time

from django.db import connection, transaction
from django.utils import translation

from database.clock import DatabaseNow
from journal.actions.recording import SYSTEM, record
from journal.actions.rounds import every_second
from notify import sentences
from notify.gateways import channels
from notify.models import Delivery

_log = logging.getLogger(__name__)

GIVE_UP_AFTER = 3
"""Maximum number of attempts. A failed delivery is an event, and the ladder's next rung follows at once: waiting longer
helps nobody.
"""

ROUND_S = 3.0
"""Time budget of a round in seconds: after that it begins no further message. A message itself takes at most ten
(`channels.Channel.send`).
"""
LEASE_S = 60
"""Lease of a claimed delivery in seconds. One whose sender died is sent again after that."""

CLAIM = """
    UPDATE notify_delivery SET not_before = sanji_now() + make_interval(secs => %s) WHERE id = (
        SELECT id FROM notify_delivery WHERE state = 'queued' AND not_before <= sanji_now()
        ORDER BY not_before, id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING id
"""
_ALONE = "SELECT pg_try_advisory_lock(hashtext('notify.deliveries'))"
_NO_MORE = "SELECT pg_advisory_unlock(hashtext('notify.deliveries'))"


@every_second("deliveries", waits=True)
def deliver_due(limit: int = 200) -> int:
    """Send up to ``limit`` queued deliveries, for `ROUND_S`; returns how many were tried.

    One round at a time, so that a slow gateway takes one of Celery's slots and leaves the tick its own.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ALONE)
        if not cursor.fetchone()[0]:
            return 0
    done, until = 0, time.monotonic() + ROUND_S
    try:
        while done < limit and _deliver_one():
            done += 1
            if time.monotonic() > until:
                break
    finally:
        with connection.cursor() as cursor:
            cursor.execute(_NO_MORE)
    return done


def _deliver_one() -> bool:
    """Claim → commit → send → write down what came of it: no transaction waits for a gateway."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [LEASE_S])
        row = cursor.fetchone()
    if row is None:
        return False
    delivery = Delivery.objects.select_related("message__person").get(pk=row[0])
    try:
        _send(delivery)
    except channels.Undeliverable as error:
        _fail(delivery, str(error))
    except Exception as error:  # a gateway may fail in any way it likes
        _log.warning("delivery %s over %s failed: %r", delivery.pk, delivery.channel, error)
        _retry_or_fail(delivery, f"{type(error).__name__}: {error}"[:200])
    return True


def _send(delivery: Delivery) -> None:
    channel = channels.by_code(delivery.channel)
    if channel is None:
        raise channels.Undeliverable(f"no channel is called {delivery.channel}")
    with translation.override(delivery.message.person.language):
        channel.send(delivery.address, sentences.text_of(delivery.message), f"delivery:{delivery.pk}")
    # The gateway's receipt may have come first; and the message went out even if it was settled meanwhile.
    rows = Delivery.objects.filter(pk=delivery.pk).exclude(state=Delivery.State.DELIVERED)
    rows.update(state=Delivery.State.SENT, sent_at=DatabaseNow())


def _retry_or_fail(delivery: Delivery, error: str) -> None:
    if delivery.attempts + 1 >= GIVE_UP_AFTER:
        _fail(delivery, error)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notify_delivery SET attempts = attempts + 1, error = %s,"
            " not_before = sanji_now() + make_interval(secs => %s) WHERE id = %s AND state = 'queued'",
            [error, 2**delivery.attempts, delivery.pk],
        )


@transaction.atomic
def _fail(delivery: Delivery, error: str) -> None:
    queued = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.QUEUED)
    if not queued.update(state=Delivery.State.FAILED, attempts=delivery.attempts + 1, error=error):
        return  # what it asked for was settled while the gateway was asked
    message = delivery.message
    record(
        "delivery.failed",
        f"message:{message.pk}",
        message.unit_path,
        by=SYSTEM,
        data={"channel": delivery.channel, "person": message.person_id, "about": message.subject, "error": error},
        exercise=message.exercise,
    )
