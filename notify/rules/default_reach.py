"""The rules of reach that a county begins with. They are data: the county edits them."""

from __future__ import annotations

from typing import Any

SOURCE = "default; set by the county"
ROWS: tuple[dict[str, Any], ...] = (
    # prefix, colour, alarm, asked, channels in turn; a push goes beside them, and takes the place of none
    {"prefix": "", "colour": "", "alarm": True, "asked": "message", "channels": ["sms", "voice", "push"]},
    {"prefix": "", "colour": "", "alarm": True, "asked": "phone", "channels": ["voice", "sms", "push"]},
    {"prefix": "order.", "colour": "", "alarm": False, "asked": "message", "channels": ["sms", "push"]},
    {"prefix": "duty.comm_test", "colour": "", "alarm": False, "asked": "message", "channels": ["sms", "voice"]},
)


def rows() -> list[dict[str, Any]]:
    return [{**row, "source": SOURCE} for row in ROWS]


PLACE_ROWS: tuple[dict[str, Any], ...] = (
    {"prefix": "order.", "colour": "", "channels": ["board"]},
    {"prefix": "order.", "colour": "red", "channels": ["board", "loudspeaker"]},
    {"prefix": "warning.", "colour": "red", "channels": ["board"]},
)
"""Which places hear of a message besides the people."""


def place_rows() -> list[dict[str, Any]]:
    return [{**row, "source": SOURCE} for row in PLACE_ROWS]


def default_channels(prefix: str, colour: str, *, alarm: bool, asked: str) -> list[str] | None:
    """What the county began with for such messages; None where it had no such rule."""
    key = (prefix, colour, alarm, asked)
    found = (row for row in ROWS if (row["prefix"], row["colour"], row["alarm"], row["asked"]) == key)
    return next((list(row["channels"]) for row in found), None)
