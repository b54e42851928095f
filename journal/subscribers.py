"""Event subscribers: which function hears of which verb (docs/laws.md 11).

Lower apps record, upper apps subscribe, in their own subscribers.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from database.registry import Registry
from journal.rules.old_codes import subscriber_now

if TYPE_CHECKING:
    from journal.models import Event

Subscriber = Callable[["Event"], None]


@dataclass(frozen=True)
class Subscription:
    verbs: frozenset[str]
    function: Subscriber


SUBSCRIPTIONS: Registry[Subscription] = Registry(
    "subscribers",
    "What hears of events, once each. `journal.subscribers.subscribe`, in an app's `subscribers.py`. The name is kept"
    " in relay rows and stays, wherever the function moves.",
)


def subscribe(*verbs: str, name: str) -> Callable[[Subscriber], Subscriber]:
    """Register a function to run exactly once, in a transaction of its own, for each event with one of ``verbs``.

    ``name`` ("command.climb_at_once") names it in relay rows and is never changed.
    """

    def register(function: Subscriber) -> Subscriber:
        SUBSCRIPTIONS.register(name, Subscription(frozenset(verbs), function))
        return function

    return register


def names_for(verb: str) -> list[str]:
    return [name for name, subscription in SUBSCRIPTIONS.items() if verb in subscription.verbs]


def function(name: str) -> Subscriber | None:
    found = SUBSCRIPTIONS.get(subscriber_now(name))
    return found.function if found else None
