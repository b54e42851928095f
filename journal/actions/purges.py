"""Purging the journal's working tables: delivered relays, fired timers, remembered answers to repeated requests.
Events, seals and attachments are the record, and stay."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from org.actions.purge import also

BATCH = 20_000
"""Batch size: well within statement_timeout, and no long lock on a busy table."""


def delete_where(table: str, condition: str, days: int) -> int:
    """Delete rows of ``table`` by ``condition``, which has one ``%s`` for the age, in batches; how many went."""
    gone = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {condition} LIMIT {BATCH})",
                [f"{days} days"],
            )
            count = cursor.rowcount
        gone += count
        if count < BATCH:
            return gone


@also("relays")
def relays() -> int:
    old = "state = 'done' AND not_before < sanji_now() - %s::interval"
    return delete_where("journal_relay", old, settings.DONE_KEPT_DAYS)


@also("timers")
def timers() -> int:
    old = "state <> 'pending' AND due_at < sanji_now() - %s::interval"
    return delete_where("journal_timer", old, settings.DONE_KEPT_DAYS)


@also("replies")
def replies() -> int:
    return delete_where("journal_rememberedreply", "at < now() - %s::interval", settings.REPLIES_KEPT_DAYS)
