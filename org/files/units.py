"""Units from an Excel sheet: natural villages and grids above all, and whatever else lies under one's own units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from org.actions import load_units
from org.actions.founding import UnitRow
from org.models import Person, Unit
from org.rules.announce import Actor
from org.rules.codes import normalise, parent_path, path_of
from org.selectors.jurisdiction import registered_by
from web.problems import Problem, Refused, Unreadable, at_cell, at_row
from web.workbook_writing import Book
from web.workbooks import Sheet, header, sheets_of

MAX_ROWS = 20_000
ROWS_TO_FILL = 400
HEADERS = {
    "unit": ("单位代码", "unit code", "unit", "code", "代码", "单位编码"),
    "name": ("名称", "name", "单位名称"),
    "name_en": ("英文名称", "name in english", "name_en", "english"),
    "population": ("人口", "population"),
    "households": ("户数", "households"),
    "lon": ("经度", "longitude", "lon"),
    "lat": ("纬度", "latitude", "lat"),
    "phone": ("电话", "phone", "值班电话"),
}
TITLE = ("单位", "units")
WIDTHS = (20, 20, 24, 10, 10, 12, 12, 18)
NEEDED = ("unit", "name")
LONGEST = {"name": 80, "name_en": 120, "phone": 24}
MOST = 2_000_000_000
"""The largest number of the column (a 4-byte integer)."""


@dataclass
class Outcome:
    """What an import would do, or did: units to add, units to change, rows that say what the register says."""

    new: list[UnitRow] = field(default_factory=list)
    changed: list[UnitRow] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    loaded: int = 0


def import_units(content: bytes | Path, *, by: Actor, dry_run: bool = False) -> Outcome:
    """Check a workbook and load it. Raises Refused with every problem by cell; with ``dry_run`` gives them back.

    Only under the units whose register the actor keeps; what a cell leaves empty stays as it is.
    """
    sheet = content.read_bytes() if isinstance(content, Path) else content
    try:
        outcome = _Check(by).run(sheet)
    except Unreadable as error:
        outcome = Outcome(problems=[Problem("", str(error))])
    if dry_run:
        return outcome
    if outcome.problems:
        raise Refused(outcome.problems)
    outcome.loaded = load_units([*outcome.new, *outcome.changed], by=by)
    return outcome


def template(language: str) -> bytes:
    """An empty sheet, every cell kept as text: Excel rounds a code of fifteen digits otherwise."""
    spelling = 0 if language.startswith("zh") else 1
    book = Book()
    sheet = book.sheet(TITLE[spelling], [both[spelling] for both in HEADERS.values()], [], WIDTHS)
    for cell in (cell for row in sheet.iter_rows(2, 1 + ROWS_TO_FILL, 1, len(HEADERS)) for cell in row):
        cell.number_format = "@"
    return book.content


class _Check:
    """All rows against the register, which is read once."""

    def __init__(self, by: Actor) -> None:
        self.sender = f"person:{by.pk}" if isinstance(by, Person) else "units"
        self.kept = {unit.path: unit for unit in registered_by(by).defer("boundary")}
        self.taken = set(Unit.objects.values_list("path", flat=True)) - set(self.kept)
        self.rows: dict[str, tuple[int, UnitRow]] = {}
        self.outcome = Outcome()

    def run(self, content: bytes) -> Outcome:
        sheet = sheets_of(content, sender=self.sender, most_rows=MAX_ROWS)[0]
        columns, first = header(sheet, HEADERS, NEEDED, _("No header was found: the columns are unit code and name."))
        for number in sheet.below(first):
            self._line(sheet, number, columns)
        if not self.rows and not self.outcome.problems:
            self._problem("", _("The sheet holds no units."))
        for path, (number, row) in self.rows.items():
            self._place(path, number, row)
        return self.outcome

    def _line(self, sheet: Sheet, number: int, columns: dict[str, int]) -> None:
        cells = {name: sheet.cell(number, column) for name, column in columns.items()}
        if not any(cell.text or cell.formula for cell in cells.values()):
            return
        before = len(self.outcome.problems)
        values: dict[str, str] = {}
        for name, cell in cells.items():
            fault = cell.fault(digits=name in {"unit", "phone"})
            fault = _("A formula stands here; paste its value.") if cell.formula else fault
            values[name] = cell.text
            for complaint in [fault] if fault else _faults(name, cell.text):
                self._problem(at_cell(cell.coordinate), complaint)
        if len(self.outcome.problems) == before:
            self._take(number, values)

    def _take(self, number: int, values: dict[str, str]) -> None:
        if bool(values.get("lon")) != bool(values.get("lat")):
            self._problem(at_row(number), _("lon and lat are decimal degrees."))
            return
        seat = (float(values["lon"]), float(values["lat"])) if values.get("lon") else None
        code = normalise(values["unit"])
        if path_of(code) in self.rows:
            earlier = self.rows[path_of(code)][0]
            self._problem(at_row(number), _("The same stands in row %(number)s already.") % {"number": earlier})
            return
        people, homes = (int(values[name]) if values.get(name) else None for name in ("population", "households"))
        row = UnitRow(code, values["name"], values.get("name_en", ""), seat, people, homes, values.get("phone", ""))
        self.rows[path_of(code)] = (number, row)

    def _place(self, path: str, number: int, row: UnitRow) -> None:
        """A row of its own right: of a unit that one keeps, or under one that is kept or stands in the sheet."""
        if known := self.kept.get(path):
            if _says(row, known):
                self.outcome.unchanged += 1
            else:
                self.outcome.changed.append(row)
        elif path in self.taken:
            self._problem(at_row(number), _("This unit is not yours to keep, or out of use."))
        elif parent_path(row.code) in self.kept or self._comes(parent_path(row.code)):
            self.outcome.new.append(row)
        else:
            message = _("The unit above %(name)s is not on the register that you keep.")
            self._problem(at_row(number), message % {"name": row.name})

    def _comes(self, path: str) -> bool:
        """Whether the unit stands in the sheet, under one that is kept."""
        return path in self.rows and any(path.startswith(scope + ".") for scope in self.kept)

    def _problem(self, where: str, reason: str) -> None:
        self.outcome.problems.append(Problem(where, reason))


def _faults(name: str, text: str) -> Iterator[str]:
    if name == "unit" and not _is_code(text):
        yield _("“%(code)s” is not a unit code.") % {"code": text}
    elif name == "name" and not text:
        yield _("The name is missing.")
    elif name in LONGEST and len(text) > LONGEST[name]:
        yield _("At most %(limit)s characters.") % {"limit": LONGEST[name]}
    elif name in ("population", "households") and text and not _is_whole(text):
        yield _("%(column)s is a whole number.") % {"column": HEADERS[name][0]}
    elif name in ("lon", "lat") and text and not _is_degrees(text, 180 if name == "lon" else 90):
        yield _("lon and lat are decimal degrees.")


def _is_code(text: str) -> bool:
    try:
        return bool(normalise(text))
    except ValueError:
        return False


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) <= MOST


def _is_degrees(text: str, most: int) -> bool:
    try:
        return -most <= float(text) <= most
    except ValueError:
        return False


def _says(row: UnitRow, unit: Unit) -> bool:
    columns = ("name", "name_en", "population", "households", "phone")
    same = all(getattr(row, name) in (None, "", getattr(unit, name)) for name in columns)
    return same and (row.seat is None or (unit.seat is not None and row.seat == (unit.seat.x, unit.seat.y)))
