"""The blanks of a template's texts: ``{shelter}`` becomes the name that the inheriting unit gave."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

BLANK = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
GIVEN = ("unit",)
"""Blanks that nobody fills by hand: the unit that the instruction goes to."""


def blanks_in(texts: Iterable[str]) -> list[str]:
    """The names of the blanks to be filled, in the order in which they stand, each once."""
    found = (name for text in texts for name in BLANK.findall(text))
    return list(dict.fromkeys(name for name in found if name not in GIVEN))


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its blanks filled; one without a value stays as it is written."""
    return BLANK.sub(lambda found: str(values.get(found[1]) or found[0]), text)
