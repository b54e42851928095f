"""A checked CAP message as the columns of a warning: pure, without the database."""

from __future__ import annotations

import datetime as dt
from typing import Any

from early_warning import languages
from early_warning.platforms.cap import Info, Message
from early_warning.platforms.cap.colours import colour_of

SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
LONGEST_EVENT = 120

CATEGORIES = {
    "Geo": "natural_disaster",
    "Met": "natural_disaster",
    "Fire": "accident",
    "Safety": "accident",
    "Transport": "accident",
    "Infra": "accident",
    "CBRNE": "accident",
    "Env": "accident",
    "Health": "public_health",
    "Security": "social_security",
    "Rescue": "social_security",
}
"""What a CAP category suggests to the officer who opens an incident; the officer's word decides (DOMAIN section 2)."""


def columns_of(message: Message) -> dict[str, Any]:
    """Colour, times, words and blocks. The urgency and certainty are those of the gravest block."""
    gravest = min(message.infos, key=lambda info: SEVERITIES.index(info.severity))
    colour = colour_of(message.infos)
    blocks = [block_of(info) for info in message.infos]
    return {
        "colour": colour.name,
        "colour_source": colour.source,
        "event": (languages.blocks_for(blocks, "zh")[0]["event"])[:LONGEST_EVENT],
        "severity": gravest.severity,
        "urgency": gravest.urgency,
        "certainty": gravest.certainty,
        "effective": min((info.effective for info in message.infos if info.effective), default=None),
        "expires": last_expiry(message.infos),
        "infos": blocks,
        "area_description": languages.areas(languages.blocks_for(blocks, "zh")),
        "scope": message.scope,
        "test": not message.real,
    }


def last_expiry(infos: list[Info]) -> dt.datetime | None:
    """A warning ends with the last of its blocks; one block without an end leaves it without one."""
    if any(info.expires is None for info in infos):
        return None
    return max(info.expires for info in infos if info.expires)


def block_of(info: Info) -> dict[str, Any]:
    """One info block as stored in ``Warning.infos``."""
    words = (
        "language",
        "event",
        "urgency",
        "severity",
        "certainty",
        "sender_name",
        "headline",
        "description",
        "instruction",
        "web",
        "contact",
    )
    times = ("effective", "onset", "expires")
    return {
        **{name: getattr(info, name) for name in words},
        **{name: moment.isoformat() if (moment := getattr(info, name)) else None for name in times},
        "categories": info.categories,
        "parameters": [list(pair) for pair in info.parameters],
        "areas": [
            {"description": area.description, "geocodes": [list(g) for g in area.geocodes]} for area in info.areas
        ],
    }


def category_of(infos: list[dict[str, Any]]) -> str:
    """The suggestion for the incident's category; natural disaster where CAP says only “Other”."""
    for block in infos:
        for category in block["categories"]:
            if category in CATEGORIES:
                return CATEGORIES[category]
    return "natural_disaster"
