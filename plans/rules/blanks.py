"""The blanks of a plan's texts: ``{shelter}`` becomes the name that the inheriting unit gave, ``{numbers.some_code}``
the county's own number, as the page of numbers has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

BLANK = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
GIVEN = ("unit",)
"""Blanks that nobody fills by hand: the unit that the instruction goes to."""
NUMBER = re.compile(r"\{numbers\.([a-z][a-z0-9_]{0,39})\}")
NUMBERS = (
    "report_township_phone", "report_township_written", "report_county_phone", "report_county_written",
    "report_county_general",
)  # fmt: skip
"""Numbers that texts may name (rules/default_numbers.py). None has a default: no other place's is printed as this
county's."""


def blanks_in(texts: Iterable[str]) -> list[str]:
    """The names of the blanks to be filled, in the order in which they stand, each once."""
    found = (name for text in texts for name in BLANK.findall(text))
    return list(dict.fromkeys(name for name in found if name not in GIVEN))


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its blanks filled; one without a value stays as it is written."""
    return BLANK.sub(lambda found: str(values.get(found[1]) or found[0]), text)


def numbers_in(texts: Iterable[str]) -> list[str]:
    """The codes of the numbers that the texts name, each once."""
    return list(dict.fromkeys(code for text in texts for code in NUMBER.findall(text)))


def fill_numbers(text: str, said: Mapping[str, str], otherwise: str) -> str:
    """``text`` with its numbers in words; ``otherwise`` for one that nobody has set."""
    return NUMBER.sub(lambda found: said.get(found[1]) or otherwise, text)
