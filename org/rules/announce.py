"""An observer hook for the lowest layer: the journal registers itself here to record what org announces, for org may
not import it (docs/laws.md 11).

Announcements are made inside the transaction of the change, like every record in the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Actor = Any
"""A Person, one of the journal's other actors, or None: the system itself, as in a command on the machine."""


@dataclass(frozen=True)
class Announcement:
    """``subject`` is "unit:7" or "person:12"; ``unit_path`` decides who hears of it."""

    verb: str
    subject: str
    unit_path: str
    data: dict[str, Any] = field(default_factory=dict)


Announcer = Callable[[Sequence[Announcement], Actor], None]

registered: Announcer | None = None


def register(announcer: Announcer) -> None:
    """Name who records announcements; the last one named counts. The journal does so when Django is ready."""
    global registered
    registered = announcer


def announce_all(announcements: Sequence[Announcement], *, by: Actor) -> None:
    """Record them in order. RuntimeError when nobody listens: a change that leaves no trace must not happen."""
    if registered is None:
        raise RuntimeError("org.rules.announce has no announcer: is the journal app installed?")
    if announcements:
        registered(announcements, by)


def announce(verb: str, subject: str, unit_path: str, data: dict[str, Any], *, by: Actor) -> None:
    announce_all([Announcement(verb, subject, unit_path, data)], by=by)
