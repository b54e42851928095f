"""Parts of a text message: up to 70 characters are one; longer ones are cut into parts of 67 (GSM 03.40, UCS-2)."""

from __future__ import annotations

ONE, EACH = 70, 67


def parts(text: str) -> int:
    """How many parts a text takes; characters outside the basic plane count twice."""
    length = len(text.encode("utf-16-le")) // 2
    return 1 if length <= ONE else -(-length // EACH)


def cut(text: str) -> list[str]:
    """The parts themselves; no character outside the basic plane is torn apart."""
    if parts(text) == 1:
        return [text] if text else []
    found, current, used = [], "", 0
    for character in text:
        size = len(character.encode("utf-16-le")) // 2
        if used + size > EACH:
            found.append(current)
            current, used = "", 0
        current, used = current + character, used + size
    return [*found, current]
