"""State machines as tables. `move` is the only writer of ``.status`` (docs/laws.md 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from database.registry import Registry
from journal.actions.recording import Actor, Fact, record, record_all
from journal.models import Event
from journal.rules.subjects import SUBJECTS
from web.errors import Conflict


@dataclass(frozen=True)
class Machine:
    """``moves``: (from, to) → the verb recorded. ``card`` draws the subject's snapshot; ``path`` names its unit."""

    kind: str
    initial: str
    moves: dict[tuple[str, str], str]
    card: Callable[[Any], dict[str, Any]]
    path: Callable[[Any], str]
    root: Callable[[Any], str] = lambda subject: ""
    exercise: Callable[[Any], int | None] = lambda subject: getattr(subject, "exercise", None)
    begins: tuple[str, ...] = ()
    """Other states than ``initial`` in which a row may begin."""

    def subject(self, row: models.Model) -> str:
        return f"{self.kind}:{row.pk}"

    def targets(self, state: str) -> list[str]:
        return [to for (source, to) in self.moves if source == state]

    def states(self) -> list[str]:
        """Every state, the initial one first, in the order in which the table names them."""
        found = [self.initial, *self.begins]
        for pair in self.moves:
            found.extend(state for state in pair if state not in found)
        return found


machines: Registry[Machine] = Registry(
    "state tables", "Subjects with a status. `journal.states.machine`, in an app's `states.py`; drawn in states.md."
)


def machine(table: type[Machine] = Machine, **spec: Any) -> Machine:
    """Declare a machine and register it for the generated diagrams (docs/states.md)."""
    made = table(**spec)
    return machines.register(made.kind, made)


class IllegalMove(Conflict):
    """The subject is not in a state from which this can be done: 409 with the present state."""

    def __init__(self, table: Machine, row: Any, to: str) -> None:
        current = {"id": row.pk, "status": row.status, "allowed": table.targets(row.status)}
        super().__init__(
            _("This is now “%(state)s” and cannot become “%(to)s”.")
            % {"state": row.get_status_display(), "to": _label(row, to)},
            current=current,
            code="illegal_move",
        )


def _label(row: Any, state: str) -> Any:
    return dict(row._meta.get_field("status").flatchoices).get(state, state)


def exercise_of(row: models.Model) -> int | None:
    """The exercise that a row belongs to: by its own column, else as its state table says."""
    if hasattr(row, "exercise"):
        found: int | None = row.exercise
        return found
    kinds = (kind for kind, model in SUBJECTS.items() if model == row._meta.label and kind in machines)
    return next((machines[kind].exercise(row) for kind in kinds), None)


def fact_of(table: Machine, row: Any, verb: str, data: dict[str, Any] | None = None, **more: Any) -> Fact:
    """A fact about ``row`` as it stands, with its card, path, incident and exercise filled in from the table."""
    return Fact(
        verb,
        table.subject(row),
        table.path(row),
        data=data or {},
        card=table.card(row),
        root=table.root(row),
        exercise=table.exercise(row),
        **more,
    )


def tell(table: Machine, row: Any, verb: str, *, by: Actor, data: dict[str, Any] | None = None, **more: Any) -> Event:
    """Record a change that is not a change of state."""
    return record_all([fact_of(table, row, verb, data, **more)], by=by)[0]


def check(table: Machine, row: Any, to: str) -> str:
    """The verb of the move, or IllegalMove."""
    verb = table.moves.get((row.status, to))
    if verb is None:
        raise IllegalMove(table, row, to)
    return verb


def move(
    table: Machine,
    row: Any,
    to: str,
    *,
    by: Actor,
    data: dict[str, Any] | None = None,
    cause: int | None = None,
    **changes: Any,
) -> Event:
    """Write the new state, and ``changes`` to other columns with it, and record the event.

    ``row`` must have been locked by this transaction (`locked`); raises IllegalMove when the table has no such move.
    """
    verb = check(table, row, to)
    before = row.status
    row.status = to
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=["status", *changes])
    return tell(table, row, verb, by=by, data={"from": before, "to": to, **(data or {})}, cause=cause)


def move_many(
    table: Machine,
    rows: Iterable[Any],
    to: str,
    *,
    by: Actor,
    data: dict[str, Any] | Callable[[Any], dict[str, Any]] | None = None,
    cause: int | None = None,
    **changes: Any,
) -> list[Event]:
    """`move` for many locked rows with one UPDATE and one INSERT; all move or none does. ``data``: of all of them, or a
    function of the row.
    """
    rows = list(rows)
    if not rows:
        return []
    verbs = [check(table, row, to) for row in rows]
    facts = []
    for row, verb in zip(rows, verbs, strict=True):
        before, row.status = row.status, to
        for name, value in changes.items():
            setattr(row, name, value)
        more = data(row) if callable(data) else data or {}
        facts.append(fact_of(table, row, verb, {"from": before, "to": to, **more}, cause=cause))
    type(rows[0])._base_manager.filter(pk__in=[row.pk for row in rows]).update(status=to, **changes)
    return record_all(facts, by=by)


def locked(queryset: models.QuerySet[Any], **lookup: Any) -> Any:
    """One row under FOR UPDATE (its own table only), or the model's DoesNotExist."""
    if not connection.in_atomic_block:
        raise RuntimeError("a row is locked inside a transaction")
    return queryset.select_for_update(of=("self",)).get(**lookup)


__all__ = [
    "IllegalMove",
    "Machine",
    "check",
    "exercise_of",
    "fact_of",
    "locked",
    "machine",
    "machines",
    "move",
    "move_many",
    "record",
    "tell",
]
