"""How the subject of a signal leads to its incident."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from command.models import Incident, Proposal
from database.registry import Registry
from org.models import Person
from web.bounds import whole_number


@dataclass(frozen=True)
class Opener:
    """``find``: the incident of a subject, if it has one. ``open``: that incident, opened by a person if need be."""

    find: Callable[[int], Incident | None]
    open: Callable[[int, Person], Incident]


OPENERS: Registry[Opener] = Registry(
    "openers", "Subjects of signals from which an incident is opened. `command.selectors.proposals.opener`."
)


def opener(kind: str, opener: Opener) -> None:
    """Register how an incident is opened from a subject of a kind (early_warning/subscribers.py)."""
    OPENERS.register(kind, opener)


def incident_found(subject: str) -> Incident | None:
    kind, _colon, number = subject.partition(":")
    known = OPENERS.get(kind)
    return known.find(int(number)) if known and whole_number(number) is not None else None


def opener_of(proposal: Proposal) -> Callable[[Person], Incident] | None:
    """None for subjects that nobody speaks for."""
    kind, _colon, number = proposal.subject.partition(":")
    known = OPENERS.get(kind)
    if known is None or whole_number(number) is None:
        return None
    return lambda person: known.open(int(number), person)
