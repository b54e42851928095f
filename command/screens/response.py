"""View-model of the response board: actions by phase against the T+ clock, townships across, tasks when opened."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from command.models import Assignment, Incident, Response
from command.screens.preview_groups import texts_of
from command.screens.rights import may
from command.selectors import responses
from command.selectors.approvers import may_decide, rule_of
from command.selectors.ladder_words import length
from command.selectors.responses import OVERDUE, STATES, Board, Cell, Line, Place, TaskRow
from database.clock import now
from journal.selectors.attachments import photos_of
from org.models import Person, Unit
from plans.rules.words import Phase

FILTERS = ("phase", "township", "state", "text")
SHOWN = 200
GLYPHS = {
    "waiting": "called", "silent": "silent", "going": "received", "done": "done", "verified": "verified",
    "withdrawn": "called_off",
}  # fmt: skip
"""State of a task → the answer state whose glyph stands for it; held back has none and wears a lock."""

TONES = ("silent", "waiting", "going", "held")
"""What a cell shows when nothing in it is overdue: the first of these that it has, else done."""


@dataclass
class ShownCell:
    place: Place
    cell: Cell
    tone: str

    @property
    def label(self) -> str:
        """Read out and shown on pointing: the place, how far it is, and what keeps it."""
        told = [_("%(done)s of %(total)s done") % {"done": self.cell.done, "total": self.cell.total}]
        told += [f"{count} {STATES[state]}" for state, count in self.cell.counts.items() if state in TONES]
        told += [f"{self.cell.overdue} {OVERDUE}"] if self.cell.overdue else []
        return f"{self.place.name}: " + ", ".join(told)


@dataclass
class Row:
    """An action. ``cells`` stand in the order of the columns, None where it asks nothing."""

    line: Line
    text: str
    t_plus: str
    past: bool
    tone: str
    waits_for: list[str]
    cells: list[ShownCell | None]
    now_above: bool = False

    @property
    def stamp(self) -> str:
        counts = "-".join(f"{state}{count}" for state, count in sorted(self.line.total.counts.items()))
        return f"{counts}-{self.line.total.overdue}"


@dataclass
class PhaseRows:
    code: str
    label: str
    rows: list[Row] = field(default_factory=list)
    total: Cell = field(default_factory=Cell)


def tone_of(cell: Cell) -> str:
    if cell.overdue:
        return "late"
    if not cell.total:
        return "withdrawn"
    return next((tone for tone in TONES if cell.counts.get(tone)), "done")


def t_plus(due: dt.datetime, start: dt.datetime) -> str:
    """How long after the start: "T+30 min"."""
    minutes = max(0, round((due - start).total_seconds() / 60))
    return f"T+{length(minutes * 60)}"


def context_of(person: Person, incident: Incident, response: Response | None, asked: dict[str, str]) -> dict[str, Any]:
    """For ``?tab=response``; ``asked`` are the filters of the address, unknown ones are passed over."""
    if response is None:
        return {"response": None}
    chosen = _checked(asked)
    whole = responses.response_board(response, person)
    filtered = any(chosen.values())
    board = responses.response_board(response, person, **chosen) if filtered else whole
    return {
        "response": response,
        "running": response.status == Response.Status.RUNNING,
        "chosen": chosen,
        "filtered": filtered,
        "whole": whole,
        "states": _states(whole),
        "phase_choices": Phase.choices,
        "columns": _columns(board),
        "phases": phases_of(board),
        "conditions": responses.conditions(response),
        "may_level": may_decide(person, rule_of(response.version, response.level)),
        "texts": texts_of(response.version),
        "over_at": response.ended_at,
    }


def _checked(asked: dict[str, str]) -> dict[str, str]:
    states = {"", "overdue", *STATES}
    return {
        "phase": asked.get("phase", "") if asked.get("phase") in Phase.values else "",
        "township": asked.get("township", ""),
        "state": asked.get("state", "") if asked.get("state", "") in states else "",
        "text": asked.get("text", ""),
    }


def _states(board: Board) -> list[tuple[str, Any, int]]:
    """The filter by state, in the order of need; those that nothing is in are left out."""
    counts = {**board.total.counts, "overdue": board.total.overdue}
    words = {"overdue": OVERDUE, **{code: STATES[code] for code in ("silent", *STATES)}}
    return [(code, word, counts[code]) for code, word in words.items() if counts.get(code)]


def _columns(board: Board) -> list[Place]:
    return [place for place in board.places if place.level == Unit.Level.TOWNSHIP]


def phases_of(board: Board) -> list[PhaseRows]:
    columns, texts, at = _columns(board), texts_of(board.response.version), board.response.ended_at or now()
    found = []
    for phase in board.phases:
        rows = [_row(line, board.response, columns, texts, at) for line in phase.lines]
        _mark_now(rows)
        total = Cell()
        for row in rows:
            total.add(row.line.total.counts, row.line.total.overdue)
        found.append(PhaseRows(phase.code, phase.label, rows, total))
    return found


def _row(line: Line, response: Response, columns: Sequence[Place], texts: dict[str, str], at: dt.datetime) -> Row:
    cells = [
        ShownCell(place, line.cells[place.code], tone_of(line.cells[place.code])) if place.code in line.cells else None
        for place in columns
    ]
    waits = [texts[code] for code in line.action.after if code in texts] if line.total.counts.get("held") else []
    return Row(
        line, texts.get(line.action.code, line.action.text), t_plus(line.due_at, response.started_at),
        line.due_at <= at, tone_of(line.total), waits, cells,
    )  # fmt: skip


def _mark_now(rows: list[Row]) -> None:
    """The present stands between what is past its T+ and what is still to come."""
    first = next((row for row in rows if not row.past), None)
    if first is not None and first is not rows[0]:
        first.now_above = True


def tasks_of(person: Person, response: Response, asked: dict[str, str]) -> dict[str, Any]:
    """The tasks of one row, as the filters of the address say, with those asked, their phones and their evidence."""
    rows = responses.response_tasks(
        response, person, action=asked.get("action", ""), limit=SHOWN + 1, **_checked(asked)
    )
    with_evidence(person, rows)
    return {"rows": rows[:SHOWN], "more": len(rows) > SHOWN, "glyphs": GLYPHS, "response": response}


def with_evidence(person: Person, rows: Sequence[TaskRow]) -> None:
    """Each assignment gets ``.may`` and ``.evidence``: its photos, and what its figure counts."""
    asked = [assignment for row in rows for assignment in row.assignments]
    prefetch_related_objects(asked, "calls__person")
    photos: dict[str, list[Any]] = defaultdict(list)
    for photo in photos_of([f"assignment:{one.pk}" for one in asked]):
        photos[photo.subject].append(photo)
    for row in rows:
        row.glyph = GLYPHS.get(row.state, "")
        for one in row.assignments:
            one.may = may(person, one.unit.path)
            one.evidence = _evidence(one, row, photos[f"assignment:{one.pk}"])


def _evidence(assignment: Assignment, row: TaskRow, photos: list[Any]) -> dict[str, Any]:
    return {"photos": photos, "counted": row.task.action.counted, "due_at": row.task.due_at, "late": row.overdue}
