"""Phone numbers in one spelling, so that the same number typed in two ways is seen to be the same."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from database.text import visible
from web.errors import Invalid

_MOBILE = re.compile(r"1\d{10}", re.ASCII)
_FIXED = re.compile(r"(010|02\d|0[3-9]\d{2})(\d{7,8})", re.ASCII)
_LOCAL = re.compile(r"\d{7,8}", re.ASCII)
_OTHER = re.compile(r"\+\d{3,20}", re.ASCII)
_SHORTENED = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})", re.ASCII)
_SEPARATORS = re.compile(r"[\s()\[\]·.,/_‐‑‒–—―−~-]+")


class LostDigits(ValueError):
    """A spreadsheet has rounded this number (1.99E+10): what it was cannot be known."""


def whole(text: str) -> str:
    """A number as a spreadsheet writes it, as its digits: ``19900000001.0`` and ``1.9900000001E+10``. LostDigits where
    some are missing.
    """
    text = re.sub(r"(?<=\d{4})\.0$", "", text, flags=re.ASCII)
    found = _SHORTENED.fullmatch(text)
    if found is None:
        return text
    first, rest, power = found[1], found[2] or "", int(found[3])
    if len(rest) != power:
        raise LostDigits(text)
    return first + rest


def phone_number(text: str) -> str:
    """``+86 199-0000-0001`` → ``19900000001``, ``（0578）6120000`` → ``0578-6120000``; empty stays empty.

    ValueError for what is no number, LostDigits (one of them) for a rounded one.
    """
    plain = whole(unicodedata.normalize("NFKC", visible(text)).strip())
    if not plain:
        return ""
    bare = _SEPARATORS.sub("", plain)
    abroad = re.match(r"(\+|00)86", bare)
    home = bare[abroad.end() :] if abroad else bare
    if re.fullmatch(r"86(1\d{10})", home, re.ASCII):
        home = home[2:]
    if _MOBILE.fullmatch(home):
        return home
    if abroad and not home.startswith("0"):
        home = "0" + home
    if fixed := _FIXED.fullmatch(home):
        return f"{fixed[1]}-{fixed[2]}"
    if _LOCAL.fullmatch(home) or (_OTHER.fullmatch(bare) and not abroad):
        return home
    raise ValueError(text)


def fault_of(text: str) -> str:
    """What is wrong with a number as typed; empty when nothing is."""
    try:
        phone_number(text)
    except LostDigits:
        return str(_("Its last digits were lost to rounding. Format the column as text and type the number again."))
    except ValueError:
        return str(_("This is neither a mobile number of 11 digits nor a fixed line with its area code."))
    return ""


def checked_phone(text: str) -> str:
    if fault := fault_of(text):
        raise Invalid.field("phone", fault)
    return phone_number(text)
