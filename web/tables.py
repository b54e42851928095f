"""A table of rows in a workbook, loaded whole or not at all: what every import of one does, whatever its rows are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from web.problems import Problem, Refused, Unreadable, at_cell, shown
from web.workbooks import Cell, Sheet, sheets_of

Line = TypeVar("Line")


@dataclass
class Outcome(Generic[Line]):
    """What an import would do, or did. ``unchanged``: rows that are there already."""

    lines: list[Line] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    loaded: int = 0

    def shown(self) -> dict[str, Any]:
        return {
            "rows": len(self.lines),
            "unchanged": self.unchanged,
            "loaded": self.loaded,
            "problems": shown(self.problems),
        }


def import_table(
    content: bytes, load: Callable[[Sheet], Outcome[Line]], *, sender: str, most_rows: int, dry_run: bool
) -> Outcome[Line]:
    """Hand the first sheet to ``load``, which checks it and writes it, or refuses. A file that cannot be read at all is
    a problem like others: Refused, or given back in a ``dry_run``.
    """
    try:
        return load(sheets_of(content, sender=sender, most_rows=most_rows)[0])
    except Unreadable as error:
        problems = [Problem("", str(error))]
    if dry_run:
        return Outcome(problems=problems)
    raise Refused(problems)


class TableCheck(Generic[Line]):
    """Goes through a sheet's rows and gathers lines and problems."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.outcome = sheet, Outcome[Line]()

    def problem(self, where: str, reason: str) -> None:
        self.outcome.problems.append(Problem(where, reason))

    def at(self, cell: Cell, reason: str) -> None:
        self.problem(at_cell(cell.coordinate), reason)

    def rows(self, columns: dict[str, int], first: int) -> Iterator[tuple[int, dict[str, Cell]]]:
        """Number and cells by name of each row from ``first`` on that holds something; a row with a cell that cannot be
        taken for what was meant (`Cell.fault`) is a problem and left out.
        """
        for number in self.sheet.below(first):
            cells = {name: self.sheet.cell(number, column) for name, column in columns.items()}
            faults = [(cell, fault) for cell in cells.values() if (fault := cell.fault())]
            for cell, fault in faults:
                self.at(cell, fault)
            if not faults and any(cell.text for cell in cells.values()):
                yield number, cells
