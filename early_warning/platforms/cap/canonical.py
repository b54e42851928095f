"""A digest of an XML element that is the same when only white space, comments, prefixes or the encoding differ.

C14N's idea, computed while the element is read: names with their namespaces, sorted attributes, text with its white
space drawn together. White space between elements is nothing; inside base64 it is nothing as well.
"""

from __future__ import annotations

import hashlib


class Canonical:
    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._begun = self._gap = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._mark("<", name)
        for key in sorted(attributes):
            self._mark("@", key)
            self._mark("=", " ".join(attributes[key].split()))

    def end(self) -> None:
        self._mark(">", "")

    def text(self, piece: str, *, packed: bool = False) -> None:
        """``packed``: white space inside says nothing (base64)."""
        words = piece.split()
        if not words:
            self._gap = True
            return
        if self._begun and not packed and (self._gap or piece[0].isspace()):
            self._digest.update(b" ")
        self._digest.update(("" if packed else " ").join(words).encode("utf-8", "surrogatepass"))
        self._begun, self._gap = True, piece[-1].isspace()

    def digest(self) -> str:
        return self._digest.hexdigest()

    def _mark(self, kind: str, value: str) -> None:
        self._digest.update(f"\x00{kind}{value}\x00".encode("utf-8", "surrogatepass"))
        self._begun = self._gap = False
