"""Text of people and units in one spelling: Unicode normalisation (NFC), full and half width, invisible characters,
and a key by which two spellings of one name are seen to be the same. Pure: nothing is read but the variants' table.

`clean` is for what is stored, `name` for what is stored as a name, `folded` for comparing, `pattern` for searching.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

VARIANTS = Path(__file__).parent / "variants.txt"

_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Characters that draw nothing although Unicode does not class them as formats: joiner, fillers, the empty braille."""
_IDEOGRAPH = "\u2e80-\u2fdf\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_BETWEEN_IDEOGRAPHS = re.compile(f"(?<=[{_IDEOGRAPH}]) +(?=[{_IDEOGRAPH}])")
_DOTS = "·•‧∙⋅・･᛫●"
"""Separators inside the names of people who are not Han: 买买提·吐尔逊 is typed with any of these."""
_UMLAUTS = str.maketrans({"ü": "v", "ǖ": "v", "ǘ": "v", "ǚ": "v", "ǜ": "v"})
_IGNORED = re.compile(f"[\\s'’‘`{_DOTS}._-]+")


def _invisible(character: str) -> bool:
    """Formats (zero-width, direction, tags, soft hyphen, byte order mark), selectors of variants, controls, halves of
    surrogates.
    """
    if character in _BLANK or "\ufe00" <= character <= "\ufe0f" or "\U000e0000" <= character <= "\U000e0fff":
        return True
    if "\u180b" <= character <= "\u180f":
        return True
    return unicodedata.category(character) in {"Cf", "Cc", "Cs"} and character not in "\t\n\v\f\r\x85"


def _narrow(character: str) -> str:
    """Full-width letters, digits and the signs of numbers in half width; full-width punctuation of a text stays."""
    if "０" <= character <= "９" or "Ａ" <= character <= "Ｚ" or "ａ" <= character <= "ｚ" or character in "＋－．＠＿":
        return unicodedata.normalize("NFKC", character)
    if "\u2e80" <= character <= "\u2fdf":
        return unicodedata.normalize("NFKC", character)  # Kangxi radicals, which look like the characters they are of
    return " " if unicodedata.category(character) == "Zs" else character


def visible(text: str) -> str:
    """Without characters that draw nothing, composed (NFC), in half width; lines and inner spaces as they are."""
    if text.isascii() and text.isprintable():
        return text
    kept = "".join(_narrow(character) for character in text if not _invisible(character))
    return unicodedata.normalize("NFC", kept)


def clean(text: str) -> str:
    """One line as it is stored: `visible`, one space where there were several, none at the ends."""
    return " ".join(visible(text).split())


def name(text: str) -> str:
    """A name as it is stored: ``张 三``, typed with a space to fill the column, is ``张三``. Its script stays."""
    return _BETWEEN_IDEOGRAPHS.sub("", clean(text))


@cache
def variants() -> dict[str, str]:
    """Other forms of a character → the one in use now: traditional, regional and older ones."""
    lines = (line for line in VARIANTS.read_text("utf-8").splitlines() if not line.startswith("#"))
    return {other: line[0] for line in lines for other in line[1:]}


@cache
def _to_current() -> dict[int, str]:
    return {ord(other): current for other, current in variants().items()}


def current(text: str) -> str:
    """Every character in its form of today: ``張呂黃戶`` → ``张吕黄户``."""
    return text.translate(_to_current())


def folded(text: str) -> str:
    """The key of a name: two texts with the same key are one name. Width, case, accents and tones, script, spaces,
    hyphens, apostrophes and middle dots do not count.
    """
    plain = unicodedata.normalize("NFKC", visible(text)).lower().translate(_UMLAUTS).casefold()
    plain = "".join(c for c in unicodedata.normalize("NFD", plain) if unicodedata.category(c) != "Mn")
    return _IGNORED.sub("", current(unicodedata.normalize("NFC", plain)))


def alike(one: str, other: str) -> bool:
    """Whether two names may be one, mistyped: the same key, or one character more, less, other, or two exchanged."""
    a, b = folded(one), folded(other)
    if a == b:
        return True
    if abs(len(a) - len(b)) > 1 or min(len(a), len(b)) < 2:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if len(a) == len(b):
        exchanged = a[start : start + 2] == b[start : start + 2][::-1] and a[start + 2 :] == b[start + 2 :]
        return a[start + 1 :] == b[start + 1 :] or exchanged
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return longer[start + 1 :] == shorter[start:]
