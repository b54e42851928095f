"""Unit codes and paths: 2+2+2+3+3 digits of the national statistical code (docs/domain.md 11), and the county's own
suffixes: D and two digits a department, three more digits a natural village, G and two digits a grid of a village.
"""

from __future__ import annotations

import re

from database.text import clean

_DIGITS = re.compile(r"(\d{6}|\d{9}|\d{12}|\d{15})", re.ASCII)
ALONE = "="
"""Before a code in a list of codes that otherwise mean "and what lies under it": this unit alone."""

_SUFFIXED = re.compile(r"(\d{6}|\d{9})D\d{2}|\d{12}G\d{2}", re.ASCII)


def normalise(code: str) -> str:
    """The shortest form of a 6, 9, 12 or 15 digit code (``331126206000`` → ``331126206``), a department's
    (``331126D01``) or a grid's (``331126206200G01``). Width and characters that draw nothing do not count.

    Raises ValueError when it is none of these.
    """
    code = clean(str(code)).upper()
    if _SUFFIXED.fullmatch(code):
        return code
    if not _DIGITS.fullmatch(code):
        raise ValueError(code)
    while len(code) > 6 and code.endswith("000"):
        code = code[:-3]
    return code


def of_survey(code: str) -> str:
    """As `normalise`; a code of the land survey (ZLDWDM, 19 digits) is its unit's twelve and seven of its own."""
    plain = clean(str(code))
    return normalise(plain[:12] if re.fullmatch(r"\d{19}", plain, re.ASCII) else plain)


def path_of(code: str) -> str:
    """``331126206201`` → ``33.11.26.206.201``; ``331126D01`` → ``33.11.26.D01``."""
    code = normalise(code)
    parts = [code[0:2], code[2:4], code[4:6]]
    rest = code[6:]
    while rest:
        parts.append(rest[:3])
        rest = rest[3:]
    return ".".join(parts)


def ancestors_and_self(path: str) -> list[str]:
    """``33.11.26.206`` → ``["33", "33.11", "33.11.26", "33.11.26.206"]``: the scopes that an event of this unit
    reaches.
    """
    parts = path.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


def county_of(path: str) -> str:
    """``33.11.26.206.201`` → ``33.11.26``: the county that a unit belongs to."""
    return ".".join(path.split(".")[:3])


def is_within(path: str, scope: str) -> bool:
    """Whether ``path`` is ``scope`` or lies under it."""
    return path == scope or path.startswith(scope + ".")


def level_of(code: str) -> str:
    """The level of a unit (`org.models.Unit.Level`), by the form of the code."""
    code = normalise(code)
    if "D" in code:
        return "department"
    return "grid" if "G" in code else {6: "county", 9: "township", 12: "village", 15: "hamlet"}[len(code)]


def parent_path(code: str) -> str:
    """The path of the unit directly above: ``331126206`` → ``33.11.26``; for a county its prefecture's."""
    return path_of(code).rpartition(".")[0]


MONTH = r"^(20\d\d|2100)-(0[1-9]|1[0-2])$"
"""A month as an address or a body names it. No record is older than the county's, no roster reaches further."""
