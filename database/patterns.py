"""A regular expression (PostgreSQL's) that finds what somebody types in columns of free text, however it is spelled
there: script, width, case, numerals (三, 3, ３, Ⅲ, III), spaces and hyphens between, characters that draw
nothing. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from database import text

_BETWEEN = "[-\\s'’·•‧・‐‑–\u200b-\u200f\u2060-\u2069\u202a-\u202e\ufeff\u00ad\ufe00-\ufe0f]*"
"""Separators that may stand between two characters of the search text."""
_SPECIAL = frozenset(".^$*+?()[]{}|\\")
_DIGITS = "〇一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_VALUES = {character: value for row in (_DIGITS, _FORMAL) for value, character in enumerate(row)} | {"两": 2, "貳": 2}
_LOOSE = ("零○", "", "两兩", "", "", "", "", "", "", "")
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_PIECE = re.compile(
    r"[0-9]+|[〇零一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]+|(?<![A-Za-z])(?:XII|XI|IX|IV|V?I{1,3}|X|V)(?![A-Za-z])|.",
    re.DOTALL,
)


@cache
def _forms() -> dict[str, str]:
    """Inverse of the folding table: character → all variants that are folded into it."""
    found: dict[str, str] = {}
    for other, now in text.variants().items():
        found[now] = found.get(now, now) + other
    return found


def _one(character: str) -> str:
    """Matches this character in any form."""
    if character in _SPECIAL:
        return "\\" + character
    forms = _forms().get(character, character)
    if "!" < character <= "~":
        forms += chr(ord(character) + 0xFEE0)
        forms += character.swapcase() + chr(ord(character.swapcase()) + 0xFEE0) if character.isalpha() else ""
    return forms if len(forms) == 1 else f"[{forms}]"


def _digit(value: int) -> str:
    return f"[{value}{chr(0xFF10 + value)}{_DIGITS[value]}{_FORMAL[value]}{_LOOSE[value]}]"


def _number(piece: str) -> str:
    """Digit by digit in any script; a number up to 99 in words too, one up to 12 in Roman numerals."""
    value, digits = _value(piece)
    options = [_BETWEEN.join(map(_digit, digits))]
    if value is not None and 9 < value < 100:
        tens, ones = divmod(value, 10)
        options.append((_digit(tens) if tens > 1 else f"{_digit(1)}?") + "[十拾]" + (_digit(ones) if ones else ""))
    if value is not None and 0 < value < len(_ROMAN):
        options.append(chr(0x2160 + value - 1))
        options.append(f"(?<![A-Za-z]){_ROMAN[value]}(?![A-Za-z])")
    return f"(?:{'|'.join(options)})"


def _value(piece: str) -> tuple[int | None, list[int]]:
    """The number that a piece is, where it is one below 100, and its digits."""
    if piece in _ROMAN:
        value = _ROMAN.index(piece)
        return value, [int(digit) for digit in str(value)]
    plain = piece.replace("拾", "十")
    if "十" in plain:
        tens, _, ones = plain.partition("十")
        if len(tens) > 1 or len(ones) > 1 or "十" in ones:
            return None, [_VALUES.get(c, 1) for c in plain]
        value = _VALUES.get(tens, 1) * 10 + _VALUES.get(ones, 0)
        return value, [int(digit) for digit in str(value)]
    digits = [int(c) if c.isascii() else _VALUES[c] for c in plain]
    return (int("".join(map(str, digits))) if len(digits) < 3 else None), digits


def pattern(typed: str) -> str:
    """For ``__iregex``. Empty when nothing is left that could be looked for."""
    plain = unicodedata.normalize("NFKC", text.visible(_without_roman(typed)))
    plain = text.current(plain)
    pieces = [
        _number(piece) if len(piece) > 1 or piece in _VALUES or piece in "十拾" or piece.isdigit() else _one(piece)
        for piece in _PIECE.findall(plain)
        if not (piece.isspace() or piece in "'’‘`·•‧・-‐‑–")
    ]
    return _BETWEEN.join(pieces)


def _without_roman(typed: str) -> str:
    """Ⅲ as 3, before compatibility makes letters of it."""
    return re.sub("[Ⅰ-Ⅻ]", lambda found: str(ord(found[0]) - 0x2160 + 1), typed)


def spoken(typed: str) -> str:
    """For ``sort_key__regex``: pinyin with or without spaces, tones and apostrophes. Empty when this is no pinyin."""
    letters = re.sub("[^a-z]", "", text.folded(typed)) if text.folded(typed).isascii() else ""
    return "(?:^|[^a-z])" + "[^a-z]*".join(letters) if len(letters) > 1 else ""


def digits(typed: str) -> str:
    """For ``phone__regex``: four digits or more of a number, with or without +86 and separators. Empty otherwise."""
    plain = re.sub(r"[\s()./·–—‐‑-]", "", unicodedata.normalize("NFKC", text.visible(typed)))
    plain = re.sub(r"^(\+|00)86(?=\d)", "", plain)
    return "-?".join(plain) if re.fullmatch(r"[0-9]{4,20}", plain) else ""
