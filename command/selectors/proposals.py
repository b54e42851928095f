"""Who decides on a proposed level, in turn, and how a signal's subject leads to its incident."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from command.models import Incident, Proposal
from database.registry import Registry
from duty.selectors import fanout
from org.models import Person, Post, Unit
from org.rules.capabilities import LEVEL
from org.rules.codes import ancestors_and_self
from web.bounds import whole_number


@dataclass(frozen=True)
class Called:
    """A post that may decide, and who answers for it at this moment; empty for a vacancy."""

    post: Post
    people: list[Person]


def chain_of(unit: Unit, level: str, approver: str) -> list[Called]:
    """The post that the plan names, then those above it in rank that may start this level (docs/domain.md 2).

    A vacant post is passed over. The posts are those of the unit at or above ``unit`` that has the plan's.
    """
    posts = {post.code: post for post in Post.objects.all()}
    first = posts.get(approver)
    able = [post for post in posts.values() if LEVEL[level] in post.capabilities]
    if first is not None:
        able = [post for post in able if post.level == first.level and post.rank <= first.rank]
    places = Unit.objects.filter(path__in=ancestors_and_self(unit.path), active=True).defer("boundary", "seat")
    by_level = {place.level: place for place in places}
    units = [by_level[post.level] for post in able if post.level in by_level]
    held: dict[int, list[Person]] = {}
    for line in fanout.lines_for(list({place.pk: place for place in units}.values()), able):
        held.setdefault(line.post.pk, []).extend([line.person] if line.person else [])
    ordered = sorted(able, key=lambda post: -post.rank)
    return [Called(post, held[post.pk]) for post in ordered if held.get(post.pk)]


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
