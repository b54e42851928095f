"""Working off queued deliveries, every second: claimed one at a time, so that a slow gateway holds up only itself."""

from __future__ import annotations

import logging

from django.db import connection, transaction
from django.utils import translation

from journal.actions import SYSTEM, record
from journal.rounds import every_second
from notify import channels, words
from notify.models import Delivery
from org.clock import DatabaseNow

_log = logging.getLogger(__name__)

GIVE_UP_AFTER = 3
"""Attempts. A failed delivery is an event, and the ladder's next rung follows at once: waiting longer helps nobody."""

_CLAIM = """
    SELECT id FROM notify_delivery WHERE state = 'queued' AND not_before <= sanji_now()
    ORDER BY not_before, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""


@every_second("deliveries")
def deliver_due(limit: int = 200) -> int:
    """Send up to ``limit`` queued deliveries; returns how many were tried."""
    done = 0
    while done < limit and _deliver_one():
        done += 1
    return done


@transaction.atomic
def _deliver_one() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM)
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
        channel.send(delivery.address, words.text_of(delivery.message), f"delivery:{delivery.pk}")
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.SENT, sent_at=DatabaseNow())


def _retry_or_fail(delivery: Delivery, error: str) -> None:
    if delivery.attempts + 1 >= GIVE_UP_AFTER:
        _fail(delivery, error)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notify_delivery SET attempts = attempts + 1, error = %s,"
            " not_before = sanji_now() + make_interval(secs => %s) WHERE id = %s",
            [error, 2**delivery.attempts, delivery.pk],
        )


def _fail(delivery: Delivery, error: str) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.FAILED, attempts=delivery.attempts + 1, error=error
    )
    message = delivery.message
    record(
        "delivery.failed",
        f"message:{message.pk}",
        message.unit_path,
        by=SYSTEM,
        data={"channel": delivery.channel, "person": message.person_id, "about": message.subject, "error": error},
        exercise=message.exercise,
    )
