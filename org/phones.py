"""Phone numbers in one spelling, so that the same number typed in two ways is seen to be the same."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from org.errors import Invalid

_MOBILE = re.compile(r"1\d{10}", re.ASCII)
_FIXED = re.compile(r"0\d{2,3}-?\d{7,8}|\d{7,8}", re.ASCII)
_OTHER = re.compile(r"\+?\d{3,20}", re.ASCII)


def phone_number(text: str) -> str:
    """``+86 199-0000-0001`` → ``19900000001``; a fixed line keeps its dash; empty stays empty. ValueError otherwise."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return ""
    dashed = re.sub(r"[\s()·.]", "", plain).replace("—", "-").replace("–", "-")
    bare = re.sub(r"^(\+86|0086)", "", dashed.replace("-", ""))
    if _MOBILE.fullmatch(bare):
        return bare
    if _FIXED.fullmatch(dashed):
        return dashed
    if _OTHER.fullmatch(dashed.replace("-", "")) and dashed.startswith("+"):
        return dashed.replace("-", "")
    raise ValueError(text)


def checked_phone(text: str) -> str:
    try:
        return phone_number(text)
    except ValueError:
        raise Invalid.field(
            "phone", _("This is neither a mobile number of 11 digits nor a fixed line with its area code.")
        ) from None
