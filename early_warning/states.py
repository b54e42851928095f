"""The life of a warning. Its sender ends it by an update or a cancel, its clock by expiry, an officer by dismissing
it.
"""

from __future__ import annotations

from early_warning.cards import card_of
from journal.states import machine

WARNING = machine(
    kind="warning",
    initial="active",
    moves={
        ("active", "updated"): "warning.updated",
        ("active", "cancelled"): "warning.cancelled",
        ("active", "expired"): "warning.expired",
        ("active", "dismissed"): "warning.dismissed",
        ("dismissed", "active"): "warning.reopened",
    },
    card=card_of,
    path=lambda warning: warning.unit.path,
    root=lambda warning: f"incident:{warning.incident_id}" if warning.incident_id else "",
)
