"""Which of a message's languages a reader gets: their own, else the other of our two, else whatever the message
begins with.
"""

from __future__ import annotations

from typing import Any

_FALLBACK = {"zh": ("zh", "en"), "en": ("en", "zh")}
_TRADITIONAL = ("zh-tw", "zh-hk", "zh-mo", "zh-hant")
LONGEST_HEADLINE = 160  # CAP 1.2 section 3.2.2 advises no more, for small devices


def blocks_for(infos: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """All blocks of the best language that there is; simplified Chinese comes before traditional."""
    wanted = "en" if language.lower().startswith("en") else "zh"
    for main in _FALLBACK[wanted]:
        if found := [block for block in infos if block["language"].lower().split("-")[0] == main]:
            simplified = [block for block in found if not block["language"].lower().startswith(_TRADITIONAL)]
            return simplified or found
    return [block for block in infos if block["language"] == infos[0]["language"]]


def headline(infos: list[dict[str, Any]], language: str) -> str:
    """The headline, or the event where the sender gave none."""
    for block in blocks_for(infos, language):
        if text := block["headline"] or block["event"]:
            return text[:LONGEST_HEADLINE]
    return ""


def areas(blocks: list[dict[str, Any]]) -> str:
    """The descriptions of all areas, each once."""
    return "; ".join(dict.fromkeys(area["description"] for block in blocks for area in block["areas"]))


def both(infos: list[dict[str, Any]]) -> dict[str, str]:
    """For cards and sentences, which are written once and read in either language."""
    return {"zh": headline(infos, "zh"), "en": headline(infos, "en")}
