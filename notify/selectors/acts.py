"""Actions offered within an alarm, which answer it. Apps register them for the subjects they own.

An alarm without such an act can only be silenced, and its button says so: nothing that looks like an answer is not one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from database.registry import Registry
from notify.models import Message
from org.models import Person
from web.errors import NotFound


@dataclass(frozen=True)
class Act:
    """``word``: what the button says. ``url``: where a phone's outbox sends the same act (phone/orders.js)."""

    word: Any
    url: str


Finder = Callable[[Person, Sequence[int]], dict[int, Act]]
"""Person, ids of subjects → the act of each that this person may do now; one query."""
Doer = Callable[[int, Person], object]

ACTS: Registry[tuple[Finder, Doer]] = Registry(
    "acts of alarms", "What can be done from an alarm about a kind of subject. `notify.selectors.acts.act`."
)


def act(kind: str, find: Finder, do: Doer) -> None:
    """For the subjects "kind:id"."""
    ACTS.register(kind, (find, do))


def acts_of(messages: Sequence[Message], person: Person) -> dict[int, Act]:
    """Message id → its act; a query a kind."""
    found: dict[int, Act] = {}
    for kind, (find, _do) in ACTS.items():
        ids = {message.pk: number for message in messages if (number := _number(message, kind))}
        known = find(person, sorted(set(ids.values()))) if ids else {}
        found |= {pk: known[number] for pk, number in ids.items() if number in known}
    return found


def do_act(message_id: int, *, by: Person) -> None:
    """Do it, by the app's own action, which settles the alarm. NotFound for another's message or one without an act."""
    message = Message.objects.filter(pk=message_id, person=by).first()
    kind, _colon, number = message.subject.partition(":") if message else ("", "", "")
    if kind not in ACTS or not number.isdecimal():
        raise NotFound
    ACTS[kind][1](int(number), by)


def _number(message: Message, kind: str) -> int:
    known, _colon, number = message.subject.partition(":")
    return int(number) if known == kind and number.isdecimal() else 0
