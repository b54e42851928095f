"""Rosters as counties keep them in Excel: a sheet with dates down and posts across, read into drafts and written out.

Nothing is loaded when a single cell is wrong; every problem is told with its cell.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from database.text import folded
from duty.actions.booking import lock_units
from duty.actions.edit import add_shift
from duty.actions.lookup import unit_for
from duty.files import sheet_dates
from duty.models import DutyPost, Leave, Shift, ShiftKind
from duty.selectors import checks, crews
from duty.selectors.leave import in_force
from duty.selectors.rosters import midnight, next_month, shifts_between, shifts_visible_to, with_people
from journal.actions.recording import record
from norms.selectors import numbers
from org.cards import names
from org.models import Appointment, Person, Unit
from org.rules import capabilities
from org.selectors.register import held_now
from web.problems import Refused, at_row
from web.tables import Outcome, TableCheck, import_table
from web.workbook_writing import Book
from web.workbooks import Cell, Sheet, header

MAX_ROWS = 1000
HEADERS = {
    "date": ("日期", "date", "值班日期"),
    "start": ("开始", "start", "开始时间", "from"),
    "end": ("结束", "end", "结束时间", "to"),
    "leader": ("带班领导", "leader", "带班", "leader on duty"),
    "main": ("主班", "main", "值班员", "main officer"),
    "deputy": ("副班", "deputy", "deputy officer"),
    "reserve": ("备勤", "reserve"),
    "kind": ("班次", "kind", "类别"),
}
STRENGTHENED = {"加强", "加强班", "加强值班", "strengthened"}
START = dt.timedelta(hours=8, minutes=30)


@dataclass
class Line:
    """One shift of the sheet, checked."""

    number: int
    start: dt.datetime
    end: dt.datetime
    people: dict[str, Person]
    kind: str


def import_sheet(content: bytes, *, by: Person, unit: Unit | str, dry_run: bool = False) -> Outcome[Line]:
    """Check a workbook and draft its shifts. Raises Refused with every problem by cell; ``dry_run`` gives them back."""
    unit = unit_for(unit, by=by, capability=capabilities.ROSTER)
    load = partial(_import, by=by, unit=unit, dry_run=dry_run)
    return import_table(content, load, sender=f"person:{by.pk}", most_rows=MAX_ROWS, dry_run=dry_run)


@transaction.atomic
def _import(sheet: Sheet, *, by: Person, unit: Unit, dry_run: bool) -> Outcome[Line]:
    lock_units([unit.pk])
    outcome = _Check(sheet, unit).run()
    if dry_run:
        return outcome
    if outcome.problems:
        raise Refused(outcome.problems)
    for line in outcome.lines:
        add_shift(by=by, unit=unit, start=line.start, end=line.end, people=line.people, kind=line.kind)
    outcome.loaded = len(outcome.lines)
    if outcome.loaded:
        data = {"unit_name": names(unit), "shifts": outcome.loaded}
        record("roster.imported", f"unit:{unit.pk}", unit.path, by=by, data=data)
    return outcome


class _Check(TableCheck[Line]):
    """All rows against the unit's people and the shifts that are there; a fixed number of queries."""

    def __init__(self, sheet: Sheet, unit: Unit) -> None:
        super().__init__(sheet)
        self.unit = unit
        held = held_now(Appointment.objects.filter(unit=unit) | Appointment.objects.filter(unit__parent=unit))
        held = held.filter(unit__level__in=[unit.level, "department"]).select_related("person")
        self.people: dict[str, set[Person]] = {}
        for appointment in held:
            self._know(appointment.person)
        serving = {person for found in self.people.values() for person in found}
        self.former = self._former(serving)
        self.needed = crews.of(unit.level)
        self.columns, self.first = header(
            sheet, HEADERS, self.needed,
            _("No header was found: the columns are date, leader, main and deputy officer."), key="date",
        )  # fmt: skip
        self.seen: dict[dt.datetime, int] = {}
        self.shortest = numbers.number("shortest_min")

    def _know(self, person: Person) -> None:
        names = (person.name, person.name_en)
        for key in (*names, *(f"{one} {person.phone}" for one in names if one), person.phone):
            if key:
                self.people.setdefault(folded(key), set()).add(person)

    def _former(self, serving: set[Person]) -> set[Person]:
        """Whoever stands in the unit's shifts and serves there no more: known by their name in a row that is there
        already, and in no other.
        """
        rows = Person.objects.filter(duty_slots__shift__unit=self.unit, duty_slots__shift__called_off_at=None)
        former = {person for person in rows.distinct() if person not in serving}
        taken = set(self.people)
        for person in former:
            if not taken & {folded(person.name), folded(person.name_en or person.name)}:
                self._know(person)
        return former

    def run(self) -> Outcome[Line]:
        for number, cells in self.rows(self.columns, self.first):
            self._row(number, cells)
        if not (self.outcome.lines or self.outcome.problems):
            self.problem("", _("The sheet holds no shifts."))
        self._against_each_other()
        self._against_roster()
        return self.outcome

    def _row(self, number: int, cells: dict[str, Cell]) -> None:
        before = len(self.outcome.problems)
        day = self._read(cells["date"], sheet_dates.day_of)
        people = {post: self._person(cells[post], post) for post in DutyPost.values if post in cells}
        start = self._read(cells.get("start"), sheet_dates.time_of, START)
        end = self._read(cells.get("end"), sheet_dates.time_of, start)
        named = [person for person in people.values() if person]
        if len(set(named)) < len(named):
            self.problem(at_row(number), _("Somebody stands in two posts of one shift."))
        if day is None or len(self.outcome.problems) > before:
            return
        if start >= sheet_dates.MIDNIGHT:
            self.problem(at_row(number), _("A shift begins before 24:00; 00:00 is the start of its day."))
            return
        begin, finish = midnight(day) + start, midnight(day) + end
        if finish <= begin:
            finish += dt.timedelta(days=1)
        if fault := checks.too_short(finish - begin, self.shortest):
            self.problem(at_row(number), fault)
            return
        if begin in self.seen:
            self.problem(at_row(number), _("The same stands in row %(number)s already.") % {"number": self.seen[begin]})
            return
        self.seen[begin] = number
        strengthened = "kind" in cells and cells["kind"].text.lower() in STRENGTHENED
        kind = ShiftKind.STRENGTHENED if strengthened else ShiftKind.NORMAL
        filled = {post: person for post, person in people.items() if person}
        self.outcome.lines.append(Line(number, begin, finish, filled, kind))

    def _against_each_other(self) -> None:
        """Two rows at one time: each may be right, so neither is taken."""
        latest: Line | None = None
        for line in sorted(self.outcome.lines, key=lambda line: (line.start, line.number)):
            if latest is not None and line.start < latest.end:
                said = _("It overlaps row %(number)s: a unit has one shift at a time.") % {"number": latest.number}
                self.problem(at_row(line.number), said)
            if latest is None or line.end > latest.end:
                latest = line

    def _against_roster(self) -> None:
        """Rows that are there already are left out; rows over another shift are a problem."""
        if not self.outcome.lines:
            return
        hull = (min(line.start for line in self.outcome.lines), max(line.end for line in self.outcome.lines))
        there = Shift.objects.filter(unit=self.unit, called_off_at=None, during__overlap=hull)
        shifts = list(there.prefetch_related("slots"))
        for line in list(self.outcome.lines):
            over = [s for s in shifts if s.during.lower < line.end and line.start < s.during.upper]
            if not over:
                self._refuse_former(line)
                continue
            self.outcome.lines.remove(line)
            same = (over[0].during.lower, over[0].during.upper) == (line.start, line.end)
            if same and {s.post: s.person_id for s in over[0].slots.all()} == {p: n.pk for p, n in line.people.items()}:
                self.outcome.unchanged += 1
            else:
                self.problem(at_row(line.number), _("There is another shift at that time; change it in the calendar."))

    def _refuse_former(self, line: Line) -> None:
        for person in self.former & set(line.people.values()):
            said = _("%(name)s has no post in this unit; no outside substitutes.") % {"name": person.name}
            self.problem(at_row(line.number), said)

    def _read(self, cell: Cell | None, read: Callable[[Cell], Any], default: Any = None) -> Any:
        """The cell's day or time; a problem at the cell where it cannot be read whole."""
        if cell is None or (default is not None and not cell.text):
            return default
        try:
            return read(cell)
        except sheet_dates.Unreadable as fault:
            self.at(cell, str(fault))
            return default

    def _person(self, cell: Cell, post: str) -> Person | None:
        text = cell.text
        if not text:
            if post in self.needed:
                self.at(cell, _("The name is missing."))
            return None
        found = self.people.get(folded(text)) or set()
        if len(found) == 1:
            return next(iter(found))
        if len({(folded(person.name), person.phone) for person in found}) == 1 and found:
            reason = _("Several people here have this name and this number: %(name)s. Choose one in the calendar.")
        elif found:
            reason = _("Several people here are called %(name)s: add the phone number after the name.")
        else:
            reason = _("%(name)s has no post in this unit; no outside substitutes.")
        self.at(cell, reason % {"name": text})
        return None


def _shared_names(unit: Unit, shifts: list[Shift]) -> set[str]:
    """Names that several people of the unit have between them, for whom the name alone says nothing."""
    held = held_now(Appointment.objects.filter(unit=unit) | Appointment.objects.filter(unit__parent=unit))
    people = {appointment.person for appointment in held.select_related("person")}
    people |= {slot.person for shift in shifts for slot in shift.slots.all()}
    counted = Counter(folded(name) for person in people for name in {person.name, person.name_en} if name)
    return {name for name, count in counted.items() if count > 1}


def _known_by(person: Person, shared: set[str]) -> str:
    """The name as the import finds the person by it: with the number, where others have the same name."""
    return f"{person.label} {person.phone}".strip() if folded(person.label) in shared else person.label


LEAVE_HEADERS = (("姓名", "name"), ("自", "from"), ("至", "to"), ("去向", "where"))


def _leave_sheet(book: Book, unit: Unit, month: dt.date, spelling: int) -> None:
    """Who is on leave in the month: a second sheet, which the import leaves aside. Without the reasons."""
    period = DateTimeTZRange(midnight(month), midnight(next_month(month)))
    rows = in_force(period).filter(Q(unit=unit) | Q(unit__parent=unit, unit__level=Unit.Level.DEPARTMENT))
    lines = [
        (row.person.label, *_both_ends(row), _("out of the county") if row.abroad else "")
        for row in rows.order_by("during", "pk")
    ]
    book.sheet(("请假", "leave")[spelling], [header[spelling] for header in LEAVE_HEADERS], lines, (16, 18, 18, 18))


def _both_ends(row: Leave) -> list[str]:
    return [f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" for moment in (row.during.lower, row.during.upper)]


def export_sheet(unit: Unit, month: dt.date, *, reader: Person) -> bytes:
    """The unit's month as the import reads it, in the reader's language."""
    spelling = 1 if (get_language() or "").startswith("en") else 0
    columns = ["date", "start", "end", "leader", "main", "deputy", "reserve", "kind"]
    rows = with_people(shifts_visible_to(reader).filter(unit=unit))
    shifts = list(shifts_between(rows, month, next_month(month)).order_by("during"))
    shared = _shared_names(unit, shifts)
    lines = []
    for shift in shifts:
        people = {slot.post: slot.person for slot in shift.slots.all()}
        start, end = timezone.localtime(shift.during.lower), timezone.localtime(shift.during.upper)
        names = [_known_by(people[post], shared) if post in people else "" for post in columns[3:7]]
        lines.append([start.date(), f"{start:%H:%M}", f"{end:%H:%M}", *names, shift.get_kind_display()])
    book = Book()
    heads = [HEADERS[name][spelling] for name in columns]
    book.sheet(f"{month:%Y-%m}", heads, lines, (14, 8, 8, 16, 16, 16, 16, 14))
    _leave_sheet(book, unit, month, spelling)
    return book.content
