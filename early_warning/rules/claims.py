"""Comparing warnings by what they claim: who is under which colour, from when to when. Pure.

A message never makes things quieter by mistake: what follows says when an update cannot be in force in place of what it
replaces (`doubts`), and in what it is milder (`weaker`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from early_warning.rules.parts import faults, gravity

Reason = dict[str, Any]


@dataclass(frozen=True)
class Span:
    """A part: its units by id, its colour, and its times as stated."""

    units: frozenset[int]
    colour: str
    effective: dt.datetime | None
    onset: dt.datetime | None
    expires: dt.datetime | None


@dataclass(frozen=True)
class Claim:
    sent: dt.datetime
    spans: tuple[Span, ...]

    @property
    def units(self) -> frozenset[int]:
        return frozenset().union(*(span.units for span in self.spans))

    def faults_of(self, span: Span, now: dt.datetime) -> list[str]:
        return faults(self.sent, now, span.effective, span.onset, span.expires)

    def sound(self, now: dt.datetime) -> list[Span]:
        """The parts that can be in force here, now or later."""
        return [span for span in self.spans if span.units and not self.faults_of(span, now)]

    def begins(self, now: dt.datetime) -> dt.datetime | None:
        """When the last of its sound parts begins; None when all have begun."""
        later = [span.effective for span in self.sound(now) if span.effective and span.effective > now]
        return max(later, default=None)

    def under(self, now: dt.datetime) -> dict[int, str]:
        """Unit → the gravest colour over it, of the parts that are not over."""
        found: dict[int, str] = {}
        for span in self.spans:
            if span.expires is not None and span.expires <= now:
                continue
            for unit in span.units:
                if unit not in found or gravity(span.colour) < gravity(found[unit]):
                    found[unit] = span.colour
        return found


def doubts(new: Claim, old: Sequence[Claim], now: dt.datetime) -> list[Reason]:
    """Why ``new`` cannot be in force in place of ``old``; empty when it can."""
    found: dict[str, Reason] = {}
    for span in new.spans:
        for code in new.faults_of(span, now):
            found.setdefault(code, reason(code, span.expires.isoformat() if span.expires else ""))
    if any(one.under(now) for one in old) and not new.units:
        found["lies_elsewhere"] = reason("lies_elsewhere")
    return list(found.values())


def starts(claim: Claim, now: dt.datetime) -> dt.datetime:
    """When the first of its parts is in force: now at the earliest."""
    return min((max(span.effective or now, now) for span in claim.spans), default=now)


def waits_until(new: Claim, old: Sequence[Claim], now: dt.datetime) -> dt.datetime | None:
    """The moment at which ``new`` takes over when it begins later than what it replaces, else None."""
    begins = new.begins(now)
    if begins is None or all(starts(one, now) >= begins for one in old):
        return None
    return begins


@dataclass(frozen=True)
class Weaker:
    """In what an update is milder: ``dropped`` units are under it no more, and the gravest step down in colour."""

    dropped: frozenset[int]
    step: tuple[str, str] | None

    def __bool__(self) -> bool:
        return bool(self.dropped or self.step)


def weaker(new: Claim, old: Iterable[Claim], now: dt.datetime) -> Weaker:
    before: dict[int, str] = {}
    for one in old:
        for unit, colour in one.under(now).items():
            if unit not in before or gravity(colour) < gravity(before[unit]):
                before[unit] = colour
    after = new.under(now)
    steps = {(colour, after[unit]) for unit, colour in before.items()
             if unit in after and gravity(after[unit]) > gravity(colour)}  # fmt: skip
    step = min(steps, key=lambda pair: (gravity(pair[0]), -gravity(pair[1])), default=None)
    return Weaker(frozenset(before) - frozenset(after), step)


def adds_nothing(new: Claim, standing: Claim, now: dt.datetime) -> bool:
    """Whether ``standing`` holds every unit of ``new`` under the same or a graver colour."""
    over = standing.under(now)
    return all(unit in over and gravity(over[unit]) <= gravity(c) for unit, c in new.under(now).items())


def reason(code: str, value: Any = "") -> Reason:
    return {"code": code, "value": str(value)}
