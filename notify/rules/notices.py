"""What one person is to be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Notice:
    """A message to be queued for one person. ``code`` picks the sentence (notify/sentences.py), ``data`` fills it."""

    person_id: int
    code: str
    subject: str
    unit_path: str
    data: dict[str, Any] = field(default_factory=dict)
    url: str = ""
    alarm: bool = False
    exercise: int | None = None
