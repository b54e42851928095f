"""The chase, an escalation engine: who must answer by when, and what follows silence (docs/laws.md 7), for every kind
of subject.

A subject that waits for an answer has one pending timer. When it is due the subject is locked, and left alone if it
has been answered or has moved on since (its generation differs); otherwise the step is taken (people called, the fact
recorded) and the next timer set, counted from the previous due time, so that after downtime no step is lost or doubled.
Whoever owns the subject says the rest in a `Chase`, registered with `chased`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from database.members import Members
from database.registry import Registry
from journal.timers import Due, Setting, handler, set_timers
from org.models import Person

Row = TypeVar("Row")

TOLD: Members = {"step": int, "due_at": dt.datetime, "late": bool, "called": list, "called_names": dict}
"""What `Step.told` holds, for the declaration of verbs."""


@dataclass
class Step(Generic[Row]):
    """One step that is due: the timer, the row that still owes an answer, and whom the step calls."""

    due: Due
    row: Row
    people: list[Person] = field(default_factory=list)

    @property
    def called_names(self) -> dict[str, str]:
        """Whom the step called, as the journal keeps it."""
        return {
            "zh": "、".join(person.name for person in self.people),
            "en": ", ".join(person.name_en or person.name for person in self.people),
        }

    @property
    def told(self) -> dict[str, Any]:
        """What every step's event says of itself."""
        return {
            "step": self.due.step,
            "due_at": self.due.due_at,
            "late": self.due.late,
            "called": [person.pk for person in self.people],
            "called_names": self.called_names,
        }


class Chase(Generic[Row]):
    """How one kind of subject is chased. ``timer`` is the kind of its timers."""

    timer: ClassVar[str]

    def owing(self, ids: Collection[int]) -> Mapping[int, Row]:
        """The rows that still owe an answer, locked, in the order of their keys (no deadlock among firers)."""
        raise NotImplementedError

    def generation(self, row: Row) -> int:
        """Rises when the row moves on; a timer of another generation is void. 0 where a row never does."""
        return 0

    def take(self, steps: Sequence[Step[Row]]) -> None:
        """Take the steps, all with a fixed number of statements: find and call the people, write, record."""
        raise NotImplementedError

    def next_due(self, step: Step[Row]) -> dt.datetime | None:
        """When the step after this one is due, counted from ``step.due.due_at``; None where the chase ends."""
        raise NotImplementedError


Kind = TypeVar("Kind", bound=type[Chase[Any]])
CHASES: Registry[type[Chase[Any]]] = Registry(
    "chases", "What is chased until somebody answers, by the kind of its timers. `norms.actions.chased`, on a `Chase`."
)


def chased(kind: Kind) -> Kind:
    """Register a chase: from now on timers of its kind drive it."""
    CHASES.register(kind.timer, kind)
    chase = kind()
    handler(kind.timer)(lambda timers: run(chase, timers))
    return kind


def run(chase: Chase[Row], timers: Sequence[Due]) -> None:
    """One step of every subject of ``timers`` that still owes an answer. Inside the firing transaction."""
    rows = chase.owing([timer.subject_id for timer in timers])
    steps = [
        Step(timer, rows[timer.subject_id])
        for timer in sorted(timers, key=lambda timer: (timer.due_at, timer.id))
        if timer.subject_id in rows and chase.generation(rows[timer.subject_id]) == timer.generation
    ]
    if not steps:
        return
    chase.take(steps)
    set_timers(
        Setting(
            chase.timer,
            step.due.subject,
            due_at,
            step.due.step + 1,
            chase.generation(step.row),
            step.due.exercise,
        )
        for step in steps
        if (due_at := chase.next_due(step)) is not None
    )
