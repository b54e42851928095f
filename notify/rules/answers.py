"""Reading what somebody sends back: ``1``, ``收到``, ``1 已转移23人``, ``37 到位``, keys pressed in a call."""

from __future__ import annotations

import re
from dataclasses import dataclass

from database.text import clean

_YES = ("收到", "已收到", "好的", "明白", "知道了", "received", "ok", "yes", "roger")
_NOT = re.compile(r"[不没未无]|\bnot?\b|n't", re.IGNORECASE)
_NUMBER = re.compile(r"(\d{1,2})(?!\d)")
_FIGURE = re.compile(r"(\d{1,5})\s*(?:个)?(?:人|名|户|people|persons?|households?)", re.IGNORECASE)
_PUNCTUATION = " ,，.。;；:：!！、-"


@dataclass(frozen=True)
class Read:
    """``yes``: it acknowledges. ``code``: the reply code that it names. ``figure``: the number of people or households
    that it tells. ``note``: the words beside code and yes.
    """

    yes: bool
    code: int | None = None
    figure: int | None = None
    note: str = ""


def read_text(text: str, codes: frozenset[int] = frozenset()) -> Read:
    """``codes``: those open for whoever wrote. A text that denies ("没收到", "不能转移") acknowledges nothing."""
    rest = clean(text).strip(_PUNCTUATION)
    code, yes = None, False
    begins = _NUMBER.match(rest)
    if begins and not _FIGURE.match(rest):
        number = int(begins[1])
        if number == 1 or number in codes:
            yes, code = True, number if number in codes else None
            rest = rest[begins.end() :].strip(_PUNCTUATION)
    low = rest.lower()
    word = next((word for word in _YES if low.startswith(word)), None)
    if word is not None:
        yes, rest = True, rest[len(word) :].strip(_PUNCTUATION)
    figure = _FIGURE.search(rest)
    denied = bool(_NOT.search(clean(text)))
    return Read(yes and not denied, code, int(figure[1]) if figure else None, rest)


def read_keys(keys: str) -> int | None:
    """The number that a call asked for ("how many are still in the houses?"), ``#`` ending it. None for a wrong key:
    whoever only hits the telephone has not answered.
    """
    number = keys.strip().removesuffix("#")
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= 5 else None
