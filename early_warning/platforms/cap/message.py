"""A CAP message after it has been checked. Times are aware and in UTC; shapes are lon/lat, EPSG:4326."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Reference:
    """The identity of a message: what `references` names, and what a duplicate shares."""

    sender: str
    identifier: str
    sent: dt.datetime

    def __str__(self) -> str:
        return f"{self.sender},{self.identifier},{self.sent.isoformat(timespec='seconds')}"


@dataclass(frozen=True)
class Area:
    """``shapes`` holds polygons and circles; ``geocodes`` every (name, value) pair as sent."""

    description: str
    shapes: list[BaseGeometry] = field(default_factory=list)
    geocodes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Info:
    """One block: one language, or one part of the warning with its own severity and area."""

    language: str
    event: str
    categories: list[str]
    urgency: str
    severity: str
    certainty: str
    effective: dt.datetime | None = None
    onset: dt.datetime | None = None
    expires: dt.datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: list[tuple[str, str]] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)


@dataclass(frozen=True)
class Message:
    identifier: str
    sender: str
    sent: dt.datetime
    status: str
    kind: str
    scope: str
    source: str = ""
    note: str = ""
    references: list[Reference] = field(default_factory=list)
    infos: list[Info] = field(default_factory=list)

    @property
    def identity(self) -> Reference:
        return Reference(self.sender, self.identifier, self.sent)

    @property
    def real(self) -> bool:
        """Only “Actual” is to be acted on (section 3.2.1, status)."""
        return self.status == "Actual"
