"""Codes as they were until 2026-11-30, before each had one owner, and what they are called now (docs/adr/0029).

Events are sealed: they keep the code under which they were recorded, and are read by today's. Nothing writes an old
one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CONDITIONS = {"secondary": "secondary_dangers_controlled", "report": "final_report_drafted"}
VERBS = ("feed.issued", "feed.revoked", "warning.message_kept", "response.condition_met", "response.condition_unmet")
"""Verbs of which some recorded events have to be translated."""


def event_now(verb: str, subject: str, data: Mapping[str, Any]) -> tuple[str, str, Mapping[str, Any]]:
    """Verb, subject and data of an event by today's codes; what is of today stays as it is."""
    number = subject.rpartition(":")[2]
    if verb == "feed.issued" or (verb == "feed.revoked" and "name" not in data):  # a platform's says its name
        return f"calendar_{verb}", f"calendar_feed:{number}", data
    if verb == "warning.message_kept":
        return verb, f"cap_message:{number}", data
    if verb.startswith("response.condition_") and data.get("code") in CONDITIONS:
        return verb, subject, {**data, "code": CONDITIONS[data["code"]]}
    return verb, subject, data


def subscriber_now(name: str) -> str:
    """Relays named the function's module, as "command.subscribers.climb_at_once". A process that was started before
    migration 0007 may still queue such a one; without such processes this can go.
    """
    return name.replace(".subscribers.", ".", 1)
