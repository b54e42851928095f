"""Recording events, with the relays of their subscribers.

Called inside another action's transaction; the outbox rows are written with the fact (docs/laws.md 2, 4 and 11).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from database import rows
from database.rows import as_json
from journal import subscribers
from journal.live import wake
from journal.models import Event, Relay
from journal.rules.payloads import check_payload
from journal.rules.subjects import check_kinds
from org.models import Person
from org.rules.announce import Announcement


@dataclass(frozen=True)
class By:
    """Who acted: a person, a platform, or the system itself, which acts by a ``rule`` (norms/selectors/automatic.py).

    The rule stands in the data of each event that is recorded by it.
    """

    ref: str
    name: str = ""
    rule: dict[str, Any] | None = None


SYSTEM = By("system")

Actor = Person | By


def actor_of(by: Actor) -> By:
    return by if isinstance(by, By) else By(f"person:{by.pk}", by.name)


@dataclass
class Fact:
    """One event to be recorded. ``unit_path`` decides who hears of it: that unit's scope and those above it."""

    verb: str
    subject: str
    unit_path: str
    data: dict[str, Any] = field(default_factory=dict)
    card: dict[str, Any] | None = None
    root: str = ""
    cause: int | None = None
    exercise: int | None = None


def record_all(facts: Sequence[Fact], *, by: Actor) -> list[Event]:
    """Append the facts in order with one INSERT (and one for their relays), and wake the listeners after the commit.

    Must run inside the transaction that changed the subject; raises RuntimeError outside one, UnknownKind for a
    subject of no registered kind, in tests WrongPayload for data or a card that is not as declared.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs inside the transaction of the change that it records")
    if not facts:
        return []
    check_kinds(fact.subject for fact in facts)
    if settings.CHECK_PAYLOADS:
        for fact in facts:
            check_payload(fact.verb, fact.data, fact.card)
    actor = actor_of(by)
    if actor.rule is not None:
        for fact in facts:
            fact.data = {"rule": actor.rule, **fact.data}
    events = _append(facts, actor)
    hearers = {verb: subscribers.names_for(verb) for verb in {event.verb for event in events}}
    rows.insert(
        Relay,
        ("event_id", "subscriber", "state", "attempts", "error"),
        [(e.seq, name, Relay.State.PENDING, 0, "") for e in events for name in hearers[e.verb]],
    )
    transaction.on_commit(wake.listeners)
    return events


_PLAIN = ("verb", "subject", "unit_path", "root", "cause", "exercise")
_COLUMNS = ("by", "by_name", *_PLAIN, "data", "card")


def _append(facts: Sequence[Fact], actor: By) -> list[Event]:
    events = [Event(by=actor.ref, by_name=actor.name, **vars(fact)) for fact in facts]
    written = rows.insert(
        Event,
        _COLUMNS,
        [
            (actor.ref, actor.name, *(getattr(fact, name) for name in _PLAIN), as_json(fact.data), as_json(fact.card))
            for fact in facts
        ],
        returning=("seq", "at"),
    )
    for event, (seq, at) in zip(events, written, strict=True):
        event.seq, event.at = seq, at
        event._state.adding = False
    return events


def record(verb: str, subject: str, unit_path: str, *, by: Actor, **more: Any) -> Event:
    """Append one fact; the keywords are those of `Fact`."""
    return record_all([Fact(verb, subject, unit_path, **more)], by=by)[0]


def chain(facts: Iterable[Fact], cause: Event) -> list[Fact]:
    """Copies of facts with their ``cause``, the event that brought them about."""
    return [Fact(**{**vars(fact), "cause": cause.seq}) for fact in facts]


def record_announcements(announcements: Sequence[Announcement], by: Actor | None) -> None:
    """What org tells of its own changes (org/rules/announce.py); None is the system itself."""
    facts = [Fact(a.verb, a.subject, a.unit_path, data=a.data) for a in announcements]
    record_all(facts, by=SYSTEM if by is None else by)
