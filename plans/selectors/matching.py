"""Which levels a signal suggests: of each plan in force the gravest one that a trigger of its own matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from org.rules.codes import ancestors_and_self
from plans.models import Level, Version
from plans.rules.words import LEVELS, ladder_of
from plans.selectors.plans import in_force
from plans.selectors.signals import KINDS, Signal, matches


@dataclass(frozen=True)
class Suggestion:
    """``grounds`` as `plans.selectors.signals.say_grounds` reads them; ``condition``: which trigger of the level, from
    1.
    """

    version: Version
    level: str
    approver: str
    grounds: list[dict[str, Any]]
    condition: int


def suggested(signal: Signal) -> list[Suggestion]:
    """For each plan in force of the signal's unit, or of one above it, at most one suggestion; of the ladders on which
    such a signal counts. Two queries.
    """
    kind = KINDS.get(signal.kind)
    ladders = kind.ladders if kind else ()
    versions = in_force().filter(plan__unit__path__in=ancestors_and_self(signal.unit.path), plan__active=True)
    found = []
    for version in versions.select_related("plan__unit").defer("plan__unit__boundary").prefetch_related("levels"):
        rows = [level for level in version.levels.all() if ladder_of(level.level) in ladders]
        levels = sorted(rows, key=lambda level: LEVELS.index(level.level), reverse=True)
        suggestion = next((one for level in levels if (one := _suggestion(version, level, signal))), None)
        if suggestion:
            found.append(suggestion)
    return found


def _suggestion(version: Version, level: Level, signal: Signal) -> Suggestion | None:
    for number, rule in enumerate(level.triggers, start=1):
        grounds = matches(rule, signal)
        if grounds is not None:
            return Suggestion(version, level.level, level.approver, grounds, number)
    return None
