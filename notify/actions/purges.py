"""Purging messages that were settled long ago."""

from __future__ import annotations

from django.conf import settings

from journal.actions.purges import delete_where
from org.actions.purge import also

_OLD = "coalesce(closed_at, CASE WHEN person_id IS NULL THEN created_at END) < sanji_now() - %s::interval"
"""Closed so long ago, or told to a place, which closes nothing."""
_SETTLED = f"SELECT id FROM notify_message WHERE {_OLD}"


@also("messages")
def messages() -> int:
    """Delete messages that were closed that long ago, with their deliveries."""
    delete_where("notify_delivery", f"message_id IN ({_SETTLED})", settings.MESSAGES_KEPT_DAYS)
    return delete_where("notify_message", _OLD, settings.MESSAGES_KEPT_DAYS)
