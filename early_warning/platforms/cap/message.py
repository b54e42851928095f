"""A CAP message after it has been checked. Times are aware and in UTC; shapes are lon/lat, EPSG:4326."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

from early_warning.platforms.cap import phrases, stated
from early_warning.platforms.cap.lexicon import GREEN


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
    altitude: float | None = None
    ceiling: float | None = None
    """Both in feet above sea level, as CAP has them."""


@dataclass(frozen=True)
class Resource:
    """A picture or file that a block names or carries; what it carries stays in the verbatim copy."""

    description: str
    mime: str
    size: int | None = None
    uri: str = ""
    digest: str = ""
    embedded: bool = False


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
    responses: list[str] = field(default_factory=list)
    """CAP responseType."""
    resources: list[Resource] = field(default_factory=list)
    event_codes: list[tuple[str, str]] = field(default_factory=list)
    audience: str = ""

    @property
    def no_warning(self) -> bool:
        """It says that there is no warning (MeteoAlarm green, 无预警), and nothing in it says otherwise."""
        read = [phrases.read(self.headline), phrases.read(self.event)]
        parameters = stated.in_parameters(self.parameters)
        if self.severity not in ("Minor", "Unknown") or any(phrase.now for phrase in read):
            return False
        graver = any(colour != GREEN for colour in parameters)
        return not graver and (GREEN in parameters or any(phrase.green for phrase in read))

    @property
    def lifts(self) -> bool:
        """It ends a warning: by AllClear or Past, or in its headline or event. “Issues red, lifts orange” is none."""
        headline, event = phrases.read(self.headline), phrases.read(self.event)
        if headline.lifts_a_part:
            return False
        if "AllClear" in self.responses or self.urgency == "Past" or headline.lifts:
            return True
        return event.lifts and not headline.now and not headline.issued


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
    codes: list[str] = field(default_factory=list)
    version: str = "1.2"
    canonical: str = ""
    """A digest of the alert that white space, comments, prefixes and the encoding do not change."""
    notes: list[dict[str, str]] = field(default_factory=list)
    """What the reader did to it: [{"code", "value"}] with codes of early_warning/rules/words.py."""

    @property
    def no_warning(self) -> bool:
        """Every block says so."""
        return bool(self.infos) and all(info.no_warning for info in self.infos)

    @property
    def lifts(self) -> bool:
        """Every block does."""
        return bool(self.infos) and all(info.lifts for info in self.infos)

    @property
    def identity(self) -> Reference:
        return Reference(self.sender, self.identifier, self.sent)

    @property
    def real(self) -> bool:
        """Only “Actual” is to be acted on (section 3.2.1, status)."""
        return self.status == "Actual"
