"""A checked CAP message as the columns of a warning: pure, without the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from early_warning.platforms.cap import Info, Message
from early_warning.rules import languages
from early_warning.rules.parts import LONGEST_EVENT, Part, cut, gravity

SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")

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
"""What a CAP category suggests to the officer who opens an incident; the officer's word decides (docs/domain.md 2)."""


def columns_of(message: Message, parts: Sequence[Part]) -> dict[str, Any]:
    """Times, words and blocks of the whole. Event, urgency and certainty are those of its gravest part."""
    gravest = min(parts, key=lambda part: (gravity(part.columns()["colour"]), SEVERITIES.index(part.first.severity)))
    blocks = [block_of(info) for info in message.infos]
    warning = [blocks[place] for part in parts for place in part.blocks]
    return {
        "event": cut(languages.blocks_for(warning, "zh")[0]["event"], LONGEST_EVENT),
        "event_kind": gravest.columns()["event_kind"],
        "severity": gravest.first.severity,
        "urgency": gravest.first.urgency,
        "certainty": gravest.first.certainty,
        "effective": min((part.first.effective for part in parts if part.first.effective), default=None),
        "infos": blocks,
        "area_description": languages.areas(languages.blocks_for(warning, "zh")),
        "scope": message.scope,
        "test": not message.real,
    }


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
        "responses": info.responses,
        "audience": info.audience,
        "lifts": info.lifts,
        "resources": [vars(resource) for resource in info.resources],
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
