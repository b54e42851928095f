"""URL path converters."""

from __future__ import annotations


class UnitCode:
    regex = r"[0-9]{6,15}([DG][0-9]{2})?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class MoveVerb:
    """A step of an incident's life; the table of what it does is in incident_acts."""

    regex = "warn|recovery|reopen|review|archive"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
