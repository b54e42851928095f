"""Photos of tickets: who may see one, and the receipt that a phone waits for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hazards.models import Photo
from hazards.selectors import tickets
from journal.models import Attachment
from journal.selectors.attachments import seen_by

seen_by("hazard", lambda person, pk: tickets.hazards_visible_to(person).filter(pk=pk).exists())


def receipt(photo: Photo) -> dict[str, Any]:
    """What the sender keeps: which photo, which bytes, since when. ``sha256`` is of what was sent."""
    attachment: Attachment = photo.attachment
    return {
        "photo": photo.pk,
        "hazard": photo.hazard_id,
        "sha256": attachment.sha256,
        "received_at": attachment.added_at,
        "shows": photo.shows,
        "pair": photo.pair_id,
        # In UTC, as the database returns it, so that a repeated receipt is byte-identical.
        "taken_at": attachment.taken_at and attachment.taken_at.astimezone(dt.UTC),
        "taken_where": [attachment.taken_where.x, attachment.taken_where.y] if attachment.taken_where else None,
        "url": f"/attachments/{attachment.pk}/",
    }
