"""Purging messages that were settled long ago."""

from __future__ import annotations

from django.conf import settings

from journal.actions.purges import delete_where
from org.actions.purge import also

_SETTLED = "SELECT id FROM notify_message WHERE state <> 'open' AND closed_at < sanji_now() - %s::interval"


@also("messages")
def messages() -> int:
    """Delete messages that were closed that long ago, with their deliveries."""
    delete_where("notify_delivery", f"message_id IN ({_SETTLED})", settings.MESSAGES_KEPT_DAYS)
    old = "state <> 'open' AND closed_at < sanji_now() - %s::interval"
    return delete_where("notify_message", old, settings.MESSAGES_KEPT_DAYS)
