"""What a reply can answer: apps register the kinds of subjects that they let somebody acknowledge by telephone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from database.registry import Registry
from notify.models import Message
from org.models import Person


@dataclass(frozen=True)
class Said:
    """What somebody said by telephone. ``how``: text, call_key and the like. ``figure``: a number they told."""

    how: str
    note: str = ""
    figure: int | None = None


class Answerable(Protocol):
    """How one kind of subject is answered. ``counts_people``: by the number of people still in the houses."""

    counts_people: bool

    def open_for(self, person: Person, ids: Collection[int]) -> set[int]:
        """Those that still wait for this person's answer; one query."""

    def answer(self, number: int, person: Person, said: Said) -> None:
        """Answer it in the person's name. Raises ActionError."""


ANSWERABLE: Registry[Answerable] = Registry(
    "answerable kinds", "What a text or a key acknowledges. `notify.selectors.replies.answerable`."
)


def answerable(kind: str, answers: Answerable) -> None:
    ANSWERABLE.register(kind, answers)


@dataclass(frozen=True)
class Waiting:
    """A group of open messages to a person that one reply answers: one order, however many posts it called them in."""

    group: str
    code: int | None
    kind: str
    ids: tuple[int, ...]


def waiting_for(person: Person) -> list[Waiting]:
    """The groups that wait for this person's answer, the newest first. One query, and one for each kind."""
    groups: dict[tuple[str, str], tuple[int | None, list[int]]] = {}
    for message in Message.objects.filter(person=person, state=Message.State.OPEN).exclude(group="").order_by("-id"):
        kind, _colon, number = message.subject.partition(":")
        if kind in ANSWERABLE and number.isdecimal():
            code, ids = groups.setdefault((message.group, kind), (message.reply_code, []))
            ids.append(int(number))
    found = []
    for (group, kind), (code, ids) in groups.items():
        if still := ANSWERABLE[kind].open_for(person, ids):
            found.append(Waiting(group, code, kind, tuple(number for number in ids if number in still)))
    return found
