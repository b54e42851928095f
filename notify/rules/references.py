"""Our reference of a delivery at a gateway: its key in base 36 and the number of the attempt, at most 15 bytes (the
limit of Aliyun's OutId for calls). ``h3k2-1`` is the first attempt of delivery 797402.
"""

from __future__ import annotations

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def reference(key: int, attempt: int) -> str:
    text, left = "", key
    while left:
        left, digit = divmod(left, 36)
        text = _DIGITS[digit] + text
    return f"{text or '0'}-{attempt}"


def key_of(reference: str) -> int | None:
    """The delivery's key; None for what is no reference of ours."""
    text, dash, attempt = reference.strip().lower().rpartition("-")
    if not dash or not attempt.isdecimal() or not text or len(text) > 12 or set(text) - set(_DIGITS):
        return None
    return int(text, 36)
