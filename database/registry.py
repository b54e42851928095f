"""Registries of codes: each code has one owner, and a second one fails when it is imported (docs/registries.md).

A module registers its codes while it is imported; its app owns them from then on.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


class CodeTaken(Exception):
    """A second module registers a code that is taken."""


@dataclass(frozen=True)
class Entry(Generic[T]):
    """``module``: the one whose import registered the code."""

    value: T
    module: str

    @property
    def owner(self) -> str:
        return self.module.partition(".")[0]


class Registry(Mapping[str, T]):
    """Code → value. ``about``: what a code stands for and how one is registered, for docs/registries.md."""

    def __init__(self, name: str, about: str) -> None:
        if name in registries:
            raise CodeTaken(f"there are two registries of {name}")
        self.name, self.about = name, about
        self._entries: dict[str, Entry[T]] = {}
        registries[name] = self

    def register(self, code: str, value: T, *, module: str = "") -> T:
        """Raises CodeTaken, which names both modules, for a code that is there already. ``module``: on whose behalf,
        where it is not the one that is being imported.
        """
        taken, module = self._entries.get(code), module or _importing()
        if taken is not None:
            raise CodeTaken(f"{self.name}: “{code}” of {taken.module} is registered again by {module}")
        self._entries[code] = Entry(value, module)
        return value

    def owner(self, code: str) -> str:
        """The app that registered the code."""
        return self._entries[code].owner

    @contextmanager
    def lent(self, values: Mapping[str, T], *, alone: bool = False) -> Iterator[None]:
        """For tests: within the block these codes as well, in place of any that are there; or ``alone``."""
        kept = dict(self._entries)
        if alone:
            self._entries.clear()
        self._entries.update({code: Entry(value, "tests") for code, value in values.items()})
        try:
            yield
        finally:
            self._entries = kept

    def __getitem__(self, code: str) -> T:
        return self._entries[code].value

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


registries: dict[str, Registry] = {}
"""All of them, by name."""


def _importing() -> str:
    """The module being imported, found on the call stack: that of the innermost frame at module level."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    return str(frame.f_globals.get("__name__"))
