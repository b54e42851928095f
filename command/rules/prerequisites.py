"""Which tasks must wait for others (docs/domain.md 7: what first). Pure: no database.

A task waits for every action named in its ``after``. Of such an action count the tasks of the same unit; where it has
none there, those of the units above or below; where it has none there either, all of its tasks. An action without any
task keeps nobody waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from org.rules.codes import ancestors_and_self


@dataclass(frozen=True)
class Step:
    """A task as prerequisites see it: its action, the path of its unit, what it comes after, whether it is done."""

    code: str
    path: str
    after: Sequence[str]
    done: bool


@dataclass
class _Where:
    """Where an action's tasks are, all and undone, and the paths above them."""

    all: set[str] = field(default_factory=set)
    undone: set[str] = field(default_factory=set)
    above_all: set[str] = field(default_factory=set)
    above_undone: set[str] = field(default_factory=set)

    def add(self, step: Step) -> None:
        above = ancestors_and_self(step.path)[:-1]
        self.all.add(step.path)
        self.above_all.update(above)
        if not step.done:
            self.undone.add(step.path)
            self.above_undone.update(above)

    def keeps_waiting(self, path: str) -> bool:
        if path in self.all:
            return path in self.undone
        above = ancestors_and_self(path)[:-1]
        if path in self.above_all or any(place in self.all for place in above):
            return path in self.above_undone or any(place in self.undone for place in above)
        return bool(self.undone)


def waiting(steps: Iterable[Step]) -> list[bool]:
    """For each step whether it has to wait; done ones do not."""
    steps = list(steps)
    where: dict[str, _Where] = {}
    for step in steps:
        where.setdefault(step.code, _Where()).add(step)
    return [
        not step.done and any(code in where and where[code].keeps_waiting(step.path) for code in step.after)
        for step in steps
    ]
