"""The difference between two versions: what came, what went, what changed, key by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plans.files.document_schema import PLAN_KEYS
from plans.files.documents import normal
from plans.rules.words import LEVELS


@dataclass(frozen=True)
class Change:
    """One key whose value differs."""

    key: str
    before: Any
    after: Any


@dataclass(frozen=True)
class RowChange:
    """A level or an action: only ``before`` when it went, only ``after`` when it came, both with ``changes`` else.

    ``moved``: it stands elsewhere among those that both versions have.
    """

    code: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    changes: list[Change] = field(default_factory=list)
    moved: bool = False

    @property
    def kind(self) -> str:
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "changed" if self.changes else "moved" if self.moved else "same"


@dataclass(frozen=True)
class Comparison:
    """``levels`` from the lightest; ``actions`` in the order of the later version, those that went where they stood."""

    head: list[Change]
    levels: list[RowChange]
    actions: list[RowChange]

    @property
    def same(self) -> bool:
        return not self.head and all(row.kind == "same" for row in (*self.levels, *self.actions))


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Two well-formed documents."""
    old, new = normal(before), normal(after)
    levels = [_row(code, old["levels"].get(code), new["levels"].get(code)) for code in LEVELS]
    return Comparison(
        _changes({name: old[name] for name in PLAN_KEYS}, {name: new[name] for name in PLAN_KEYS}),
        [row for row in levels if row.before or row.after],
        _actions(old["actions"], new["actions"]),
    )


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    return [Change(name, old.get(name), new.get(name)) for name in new if old.get(name) != new.get(name)]


def _row(code: str, old: dict[str, Any] | None, new: dict[str, Any] | None, moved: bool = False) -> RowChange:
    return RowChange(code, old, new, _changes(old, new) if old and new else [], moved)


def _actions(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[RowChange]:
    was, is_now = {row["code"]: row for row in old}, {row["code"]: row for row in new}
    kept_then = [code for code in was if code in is_now]
    kept_now = [code for code in is_now if code in was]
    shifted = {code for code, other in zip(kept_now, kept_then, strict=True) if code != other}
    rows = [_row(code, was.get(code), row, code in shifted) for code, row in is_now.items()]
    codes = list(was)
    for index, code in enumerate(codes):
        if code not in is_now:
            before = next((one for one in reversed(codes[:index]) if any(row.code == one for row in rows)), None)
            at = next((n + 1 for n, row in enumerate(rows) if row.code == before), 0)
            rows.insert(at, RowChange(code, was[code], None))
    return rows
