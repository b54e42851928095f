"""Hazards as Excel sheets: the queue out, the figures out, and tables of hazards in (docs/domain.md 6)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID, uuid5

import orjson
from django.db import connection, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from database.clock import now
from hazards.actions.file import file_hazard
from hazards.models import Hazard
from hazards.rules.filing import EARLIEST, Filing
from hazards.rules.words import Door, Kind
from hazards.selectors.statistics import FIGURES
from hazards.selectors.tickets import hazards_visible_to
from org.models import Person
from web.problems import Refused, at_row
from web.tables import Outcome, TableCheck, import_table
from web.workbook_writing import Book
from web.workbooks import Cell, Sheet, header

MOST_ROWS = 20_000
MOST_LOADED = 1000
COLUMNS: dict[str, tuple[str, ...]] = {
    "kind": ("类型", "kind", "隐患类型", "类别"),
    "description": ("描述", "description", "隐患描述", "内容"),
    "lon": ("经度", "longitude", "lon"),
    "lat": ("纬度", "latitude", "lat"),
    "found_at": ("发现时间", "found at", "发现日期"),
    "people": ("受威胁人数", "people at risk", "人数"),
    "place": ("地点", "place", "位置", "地点(文字)", "place in words"),
}
REF = ("编号", "number")
"""The column of the ticket's number in what is exported: a row with one of ours is that ticket, and files nothing."""
OURS = re.compile(r"YH\d{4}-\d+", re.ASCII)
REQUIRED = ("kind", "description", "lon", "lat")
Line = tuple[int, Filing]
"""The row's number, and what it files."""
ROWS_OF_TABLES = UUID("5d3c1f0e-6a54-5c0b-9f52-5a6f3a0b7c11")
"""UUID namespace (version 5) for client ids of rows: the same row of the same person is the same report."""


# Out -----------------------------------------------------------------------------------------------------------------


def queue_sheet(rows: Iterable[Hazard]) -> bytes:
    """A line a ticket, in the reader's language. Needs selectors.with_parts."""
    heads = [_("Number"), _("State"), _("Kind"), pgettext("hazard", "Grade"), _("Unit"), _("Place in words"),
             _("Description"), _("People at risk"), _("Responsible unit"), _("Accountable leader"), _("Found at"),
             _("Next deadline"), _("Overdue"), _("Closed at"), _("How closed"), _("Closed in time"), _("Longitude"),
             _("Latitude")]  # fmt: skip
    at = now()
    book = Book()
    widths = (16, 14, 16, 8, 18, 24, 48, 9, 18, 14, 16, 16, 9, 16)
    book.sheet(_("Hazards"), heads, (_line(row, at) for row in rows), widths)
    return book.content


def _line(row: Hazard, at: dt.datetime) -> list[Any]:
    late = bool(row.next_due_at and row.next_due_at < at)
    in_time = "" if row.in_time is None else _("yes") if row.in_time else _("no")
    return [
        row.ref, row.get_status_display(), row.get_kind_display(), row.get_grade_display(), row.unit.label, row.place,
        row.description, row.people_at_risk, row.owner.label, row.leader.label if row.leader else "", row.found_at,
        row.next_due_at, _("yes") if late else "", row.closed_at, row.get_closure_display(), in_time, row.point.x,
        row.point.y,
    ]  # fmt: skip


def figures_sheet(found: dict[str, Any]) -> bytes:
    """By township, by kind, and each township's kinds, on three sheets."""
    book = Book()
    words = dict(Kind.choices)
    heads = [str(word) for word in figure_words().values()]
    tables = ((_("By township"), found["places"]), (_("By kind"), found["kinds"]))
    for title, rows in tables:
        whole = {"name": _("Together"), **found["whole"]}
        lines = ([row["name"], *(row[name] for name in FIGURES)] for row in [*rows, whole])
        book.sheet(title, [title, *heads], lines, (22,))
    lines = ([row["name"], words[row["kind"]], *(row[name] for name in FIGURES)] for row in found["lines"])
    book.sheet(_("By township and kind"), [_("Township"), _("Kind"), *heads], lines, (22, 22))
    return book.content


def figure_words() -> dict[str, str]:
    """The figures of hazards/selectors/statistics.py in words."""
    return {
        "found": _("Found"), "rectified": _("Closed, rectified"), "otherwise": _("Closed otherwise"),
        "in_time": _("Rectified in time"), "reopened": _("Reopened"), "open": _("Open now"),
        "major_open": _("Major, open"), "overdue": _("Overdue now"), "overdue_7": _("up to 7 days"),
        "overdue_30": _("8 to 30 days"), "overdue_more": _("over 30 days"),
    }  # fmt: skip


def blank_sheet() -> bytes:
    """The columns of the import with one line to write over, and the kinds on a second sheet."""
    spelling = 1 if (get_language() or "").startswith("en") else 0
    book = Book()
    heads = [spellings[spelling] + ("*" if name in REQUIRED else "") for name, spellings in COLUMNS.items()]
    example = [str(Kind.CUT_SLOPE.label), _("Cracks above the road"), 119.0651, 27.6192, now(), 12, _("Behind house 8")]
    book.sheet(_("Hazards"), heads, [example], (20, 48, 12, 12, 18, 12, 28))
    book.sheet(_("Kinds"), [_("Kind")], ([label] for label in Kind.labels), (32,))
    return book.content


# In ------------------------------------------------------------------------------------------------------------------


def import_sheet(content: bytes, *, by: Person, dry_run: bool = False) -> Outcome[Line]:
    """Check a workbook and file its rows, all or none. Raises Refused with all problems, unless ``dry_run``."""
    load = partial(_import, by=by, dry_run=dry_run)
    return import_table(content, load, sender=f"person:{by.pk}", most_rows=MOST_LOADED, dry_run=dry_run)


@transaction.atomic
def _import(sheet: Sheet, *, by: Person, dry_run: bool) -> Outcome[Line]:
    outcome = _Check(sheet, by).run()
    if dry_run:
        return outcome
    if outcome.problems:
        raise Refused(outcome.problems)
    for _number, filing in outcome.lines:
        outcome.loaded += file_hazard(filing, by=by, door=Door.IMPORT)[1]
    return outcome


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


class _Check(TableCheck[Line]):
    """All rows of a sheet; two queries, however many there are."""

    def __init__(self, sheet: Sheet, by: Person) -> None:
        super().__init__(sheet)
        self.by, self.present = by, now()
        self.kinds = {_folded(word): value for value, word in _spellings()}
        self.columns, self.first = header(
            sheet, {**COLUMNS, "ref": REF}, REQUIRED,
            _("No header was found: the columns are kind, description, longitude and latitude."),
        )  # fmt: skip
        self.seen: dict[UUID, int] = {}
        self.refs: dict[str, list[Cell]] = {}

    def run(self) -> Outcome[Line]:
        for number, cells in self.rows(self.columns, self.first):
            self._row(number, cells)
        if not (self.outcome.lines or self.outcome.problems or self.refs):
            self.problem("", _("The sheet holds no hazards."))
        self._places()
        self._known()
        self.outcome.problems.sort(key=lambda problem: int((re.findall(r"\d+", problem.where) or [0])[-1]))
        return self.outcome

    def _row(self, number: int, cells: dict[str, Cell]) -> None:
        ref = cells["ref"].text.upper() if "ref" in cells else ""
        if OURS.fullmatch(ref):  # a county's own numbering is none of ours
            self.refs.setdefault(ref, []).append(cells["ref"])
            return
        before = len(self.outcome.problems)
        row: dict[str, Any] = {
            "kind": self._kind(cells["kind"]),
            "description": self._words(cells["description"], 2000),
            "point": (self._number(cells["lon"], 180), self._number(cells["lat"], 90)),
            "found_at": self._moment(cells.get("found_at")),
            "people_at_risk": self._people(cells.get("people")),
            "place": self._words(cells["place"], 160, needed=False) if "place" in cells else "",
        }
        if len(self.outcome.problems) > before:
            return
        given = [self.by.pk, *(value for name, value in row.items() if name != "found_at")]
        if "found_at" in cells and cells["found_at"].text:
            given.append(row["found_at"])
        client_id = uuid5(ROWS_OF_TABLES, orjson.dumps(given).decode())
        if client_id in self.seen:
            said = _("The same stands in row %(number)s already.") % {"number": self.seen[client_id]}
            self.problem(at_row(number), said)
            return
        self.seen[client_id] = number
        self.outcome.lines.append((number, Filing(client_id=client_id, **row)))

    def _places(self) -> None:
        """Every point has to lie in the county; one query for all rows."""
        lines = self.outcome.lines
        with connection.cursor() as cursor:
            cursor.execute(_OUTSIDE, [[n for n, _f in lines], [f.lon for _n, f in lines], [f.lat for _n, f in lines]])
            for (number,) in cursor.fetchall():
                said = _("This point lies outside the county. Are longitude and latitude the right way around?")
                self.problem(at_row(number), said)

    def _known(self) -> None:
        known = set(Hazard.objects.filter(client_id__in=self.seen).values_list("client_id", flat=True))
        kept = [line for line in self.outcome.lines if line[1].client_id not in known]
        self.outcome.unchanged = len(self.outcome.lines) - len(kept)
        self.outcome.lines = kept
        there = set(hazards_visible_to(self.by).filter(ref__in=self.refs).values_list("ref", flat=True))
        for ref, cells in self.refs.items():
            if ref in there:
                self.outcome.unchanged += len(cells)
                continue
            said = _("There is no hazard %(ref)s in your sight; a new one stands without a number.") % {"ref": ref}
            for cell in cells:
                self.at(cell, said)

    def _kind(self, cell: Cell) -> str:
        text = cell.text
        found = self.kinds.get(_folded(text), "")
        if not found:
            self.at(cell, _("“%(text)s” is no kind of hazard.") % {"text": text[:40]})
        return found

    def _words(self, cell: Cell, most: int, *, needed: bool = True) -> str:
        text = cell.lines
        if needed and not text:
            self.at(cell, _("The description is missing."))
        if len(text) > most:
            self.at(cell, _("At most %(limit)s characters.") % {"limit": most})
        return text

    def _number(self, cell: Cell, most: int) -> float:
        try:
            found = float(cell.text)
        except ValueError:
            found = float("nan")
        if not -most <= found <= most:
            self.at(cell, _("Degrees as a number are expected, such as 119.0651."))
        return found

    def _people(self, cell: Cell | None) -> int:
        if cell is None or not cell.text:
            return 0
        text = cell.text
        if not re.fullmatch(r"\d{1,6}(\.0)?", text):
            self.at(cell, _("A whole number is expected."))
            return 0
        return int(float(text))

    def _moment(self, cell: Cell | None) -> dt.datetime:
        if cell is None or not cell.text:
            return self.present
        value = cell.value
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            value = dt.datetime.combine(value, dt.time(12))
        found = value if isinstance(value, dt.datetime) else _parsed(cell.text)
        if found is not None:
            found = timezone.make_aware(found) if timezone.is_naive(found) else found
        if found is None or not EARLIEST <= found <= self.present:
            said = _("Give a date and time such as 2026-11-22 08:30, not in the future.")
            self.at(cell, said)
            return self.present
        return found


_OUTSIDE = """
    SELECT w.number FROM unnest(%s::int[], %s::float8[], %s::float8[]) w(number, lon, lat)
    WHERE NOT EXISTS (SELECT FROM org_unit u WHERE u.active AND u.level IN ('village', 'township', 'county')
        AND (ST_Covers(u.boundary, ST_SetSRID(ST_MakePoint(w.lon, w.lat), 4326))
            OR (u.level = 'county' AND u.boundary IS NULL AND u.parent_id IS NULL)))
"""
"""The rule of hazards/selectors/routing.py."""


def _parsed(text: str) -> dt.datetime | None:
    text = re.sub(r"[年月/.]", "-", text).replace("日", "")
    text = re.sub(r"-(\d)(?=\D|$)", r"-0\1", text)
    try:
        return parse_datetime(text if ":" in text else f"{text.strip()} 12:00")
    except ValueError:
        return None


def _spellings() -> Iterable[tuple[str, str]]:
    """Every kind by its code and by its word in both languages."""
    from hazards.selectors.people import kind_words

    for value in Kind.values:
        yield value, value
        for word in kind_words(value).values():
            yield value, word
