"""What one person is to be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

BY_HAND = -1


@dataclass(frozen=True)
class Notice:
    """A message to be queued for one person. ``code`` picks the sentence (notify/sentences.py), ``data`` fills it.

    ``group``: what one reply answers at once, such as ``order:17``. ``asked``: the channel that a ladder's step asks
    for, "message" or "phone".

    ``rung``: how far up its ladder the silence has climbed, 0 when it goes out,
    `BY_HAND` for a reminder that somebody sends; None: no board hears of it.
    ``loudspeaker``: the village's loudspeakers speak it whatever the rules say, for no telephone reaches it.
    """

    person_id: int
    code: str
    subject: str
    unit_path: str
    data: dict[str, Any] = field(default_factory=dict)
    url: str = ""
    alarm: bool = False
    exercise: int | None = None
    group: str = ""
    asked: str = "message"
    rung: int | None = None
    loudspeaker: bool = False
