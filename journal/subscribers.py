"""Who wants to hear of which verb (DESIGN law 8).

Lower apps record, upper apps subscribe, in their own subscribers.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journal.models import Event

Subscriber = Callable[["Event"], None]

_by_verb: dict[str, list[str]] = {}
_functions: dict[str, Subscriber] = {}


def subscribe(*verbs: str) -> Callable[[Subscriber], Subscriber]:
    """Register a function to run exactly once, in a transaction of its own, for each event with one of ``verbs``."""

    def register(function: Subscriber) -> Subscriber:
        name = f"{function.__module__}.{function.__name__}"
        _functions[name] = function
        for verb in verbs:
            if name not in _by_verb.setdefault(verb, []):
                _by_verb[verb].append(name)
        return function

    return register


def names_for(verb: str) -> list[str]:
    return _by_verb.get(verb, [])


def function(name: str) -> Subscriber | None:
    return _functions.get(name)
