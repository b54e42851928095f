"""Schemas of dicts: the names that a dict must have and the types of their values.

Flat by intention, so that a declaration is one line; what JSON, a form or the API needs more has its own library.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Types = type | UnionType


@dataclass(frozen=True)
class Sometimes(Generic[T]):
    """A declaration of something that need not be there."""

    declared: T


def sometimes(declared: T) -> Sometimes[T]:
    """Of a member that is there only sometimes; one that is always there and may be None is ``str | None``."""
    return Sometimes(declared)


def always(declared: T | Sometimes[T]) -> T:
    """What is declared of it when it is there."""
    return declared.declared if isinstance(declared, Sometimes) else declared


Members = dict[str, Types | Sometimes[Types]]
"""Name → the types that its value may have."""


def faults(what: str, given: Mapping[str, Any], declared: Members) -> Iterator[str]:
    """What is wrong with a dict: a member that is missing, undeclared or of another type. ``what`` names the dict."""
    for name in declared.keys() - given.keys():
        if not isinstance(declared[name], Sometimes):
            yield f"{what}.{name} is missing"
    for name, value in given.items():
        if name not in declared:
            yield f"{what}.{name} is not declared"
        elif not isinstance(value, types := always(declared[name])):
            yield f"{what}.{name} is a {type(value).__name__}, not {getattr(types, '__name__', types)}"
