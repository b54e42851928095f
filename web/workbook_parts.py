"""The values in an .xlsx workbook, for the worker process (web/limited_process.py): no Django, no database.

The parts of the zip are streamed through expat, counted as they go and refused at a limit, rather than opened by
openpyxl, which builds every cell of a merged range and stops at a style that it does not know. Only what is needed is
read: sheets' names, shared strings, number formats (a date is a number with a format) and the sheets asked for; empty
cells are passed over, however they are formatted.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.cell import column_index_from_string, range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from web.limited_process import Unfit

PARTS = 2_000
UNPACKED = 60 * 1024 * 1024
"""Limit against zip bombs, in bytes of all parts unpacked: a county's 20,000 people are 10 MB."""
ELEMENTS = 3_000_000
"""Of XML in one part; a million rows that are formatted and empty pass."""
DEPTH = 64
SHEETS = 200
STRINGS = 500_000
CELLS = 400_000
"""With something in them."""
CELL_LENGTH = 32_767
"""Excel's own limit."""
MERGED = 50_000
"""Cells in merged ranges: each is told by its name, and a range over a whole column is nobody's intention."""
CHUNK = 1 << 16
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""A compound file: Excel 97 to 2003, or a new workbook inside of its encryption."""


def read(content: bytes, options: dict[str, Any]) -> tuple[list[dict[str, Any]], bytes]:
    """``sheets``: for each sheet wanted the names it may have, or None for the first one. ``rows``, ``columns``: most.

    Gives for each sheet its title, its rows as [number, [[column, kind, value, is a formula], …]] and its merged
    ranges. Kinds: s text, n number, b truth, e error, d date and time, T time, P duration in seconds, t a date as text.
    Unfit with a code of web/workbooks.py.
    """
    try:
        book = _Book(_opened(content))
        wanted = options["sheets"]
        titles = [book.first()] if wanted is None else [book.named(spellings) for spellings in wanted]
        return [_Sheet(book, title, options["rows"], options["columns"]).read() for title in titles], b""
    except (zipfile.BadZipFile, zlib.error, EOFError, expat.ExpatError, NotImplementedError, OSError) as error:
        raise Unfit("damaged") from error
    except RuntimeError as error:  # zipfile, of a part that wants a password
        raise Unfit("old_or_locked") from error


def _opened(content: bytes) -> zipfile.ZipFile:
    if content[:8] == OLD_OR_LOCKED:
        raise Unfit("old_or_locked")
    if content[:2] != b"PK":
        raise Unfit("no_workbook")
    if content.count(b"PK\x01\x02") > PARTS:
        raise Unfit("too_large")
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = set(archive.namelist())
    if sum(info.file_size for info in archive.infolist()) > UNPACKED:
        raise Unfit("too_large")
    if any(info.flag_bits & 1 for info in archive.infolist()):
        raise Unfit("old_or_locked")
    if "xl/workbook.bin" in names or "mimetype" in names:
        raise Unfit("other_kind")
    if "xl/workbook.xml" not in names:
        raise Unfit("no_workbook")
    if archive.testzip() is not None:
        raise Unfit("damaged")
    return archive


class _Walk:
    """One XML part, streamed. Handlers get local names; entities, depth and length are bounded."""

    def __init__(self, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None] | None = None) -> None:
        self.text: list[str] | None = None
        """Collects characters while it is a list."""
        self._depth = self._elements = 0
        self._start, self._end = start, end

    def through(self, part: Any) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._started, self._ended
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._declared
        while chunk := part.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def _started(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > DEPTH or self._elements > ELEMENTS:
            raise Unfit("too_large")
        self._start(name.rpartition(":")[2], attributes)

    def _ended(self, name: str) -> None:
        self._depth -= 1
        if self._end:
            self._end(name.rpartition(":")[2])

    def _characters(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def _declared(self, *_declaration: Any) -> None:
        raise Unfit("damaged")  # no workbook has a document type; its entities could grow without end


class _Book:
    """What all sheets share."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self._paths = {key: path for key, (path, kind) in self._relations().items() if kind.endswith("/worksheet")}
        self.epoch = CALENDAR_WINDOWS_1900
        self._sheets: list[tuple[str, str]] = []
        self._walk("xl/workbook.xml", self._of_workbook)
        self.titles = {title: self._paths[key] for title, key in self._sheets if key in self._paths}
        if not self.titles:
            raise Unfit("no_sheet")
        self.dates = self._formats()
        self.strings = self._strings()

    def first(self) -> str:
        return next(iter(self.titles))

    def named(self, spellings: list[str]) -> str:
        for title in self.titles:
            if title in spellings:
                return title
        raise Unfit("no_sheet", name=" / ".join(spellings))

    def _walk(self, name: str, start: Callable[[str, dict[str, str]], None]) -> None:
        if name in self.archive.NameToInfo:
            with self.archive.open(name) as part:
                _Walk(start).through(part)

    def _relations(self) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}

        def take(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship":
                target = attributes.get("Target", "")
                path = target.lstrip("/") if target.startswith("/") else f"xl/{target.removeprefix('./')}"
                found[attributes.get("Id", "")] = (path, attributes.get("Type", ""))

        self._walk("xl/_rels/workbook.xml.rels", take)
        return found

    def _of_workbook(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            key = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            self._sheets.append((attributes.get("name", ""), key))
            if len(self._sheets) > SHEETS:
                raise Unfit("too_large")
        elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.epoch = CALENDAR_MAC_1904

    def _formats(self) -> list[str]:
        """For each style of cells: "d" where it shows a date or time, "P" a duration, else nothing."""
        own: dict[str, str] = {}
        styles: list[str] = []
        inside = ""

        def take(name: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            if name in ("cellStyleXfs", "cellXfs", "dxfs", "cellStyles"):
                inside = name
            elif name == "numFmt":
                own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif name == "xf" and inside == "cellXfs":
                styles.append(attributes.get("numFmtId", "0"))

        self._walk("xl/styles.xml", take)
        known = {key: _kind_of(code[:255]) for key, code in own.items()}
        return [known[key] if key in known else _builtin(key) for key in styles]

    def _strings(self) -> list[str]:
        found: list[str] = []
        phonetic = False

        def start(name: str, _attributes: dict[str, str]) -> None:
            nonlocal phonetic
            if name == "si":
                found.append("")
                if len(found) > STRINGS:
                    raise Unfit("too_large")
            elif name == "rPh":
                phonetic = True
            elif name == "t" and not phonetic:
                walk.text = []

        def end(name: str) -> None:
            nonlocal phonetic
            if name == "rPh":
                phonetic = False
            elif name == "t" and walk.text is not None:
                if found:
                    found[-1] += "".join(walk.text)
                walk.text = None

        walk = _Walk(start, end)
        if "xl/sharedStrings.xml" in self.archive.NameToInfo:
            with self.archive.open("xl/sharedStrings.xml") as part:
                walk.through(part)
        return found


def _kind_of(code: str) -> str:
    return "P" if is_timedelta_format(code) else "d" if is_date_format(code) else ""


def _builtin(key: str) -> str:
    return _kind_of(BUILTIN_FORMATS.get(int(key), "General")) if key.isdecimal() and len(key) < 9 else ""


class _Sheet:
    """One sheet, cell by cell."""

    def __init__(self, book: _Book, title: str, most_rows: int, most_columns: int) -> None:
        self.book, self.title, self.most_rows, self.most_columns = book, title, most_rows, most_columns
        self.rows: list[tuple[int, list[list[Any]]]] = []
        self.merged: list[str] = []
        self._row = self._column = self._cells = self._merged_cells = 0
        self._current: list[list[Any]] = []
        self._kind, self._style, self._value, self._formula = "n", 0, "", False
        self._phonetic = False
        self._walk = _Walk(self._start, self._end)

    def read(self) -> dict[str, Any]:
        path = self.book.titles[self.title]
        if path not in self.book.archive.NameToInfo:
            raise Unfit("damaged")
        with self.book.archive.open(path) as part:
            self._walk.through(part)
        self.rows.sort(key=lambda row: row[0])
        return {"title": self.title, "rows": self.rows, "merged": self.merged}

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = _whole(attributes.get("r"), self._row + 1)
            self._column, self._current = 0, []
        elif name == "c":
            letters = re.match("[A-Za-z]{1,3}", attributes.get("r", ""))
            self._column = column_index_from_string(letters[0]) if letters else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), _whole(attributes.get("s"), 0)
            self._value, self._formula = "", False
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._phonetic = True
        elif name == "v" or (name == "t" and not self._phonetic):
            self._walk.text = []
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _end(self, name: str) -> None:
        if name in ("v", "t") and self._walk.text is not None:
            self._value += "".join(self._walk.text)
            self._walk.text = None
            if len(self._value) > CELL_LENGTH:
                raise Unfit("too_large")
        elif name == "rPh":
            self._phonetic = False
        elif name == "c" and (self._value != "" or self._formula):
            self._take()
        elif name == "row" and self._current:
            self.rows.append((self._row, self._current))
            if len(self.rows) > self.most_rows:
                raise Unfit("rows", limit=self.most_rows)

    def _take(self) -> None:
        kind, value = self._typed()
        if kind == "s" and not value.strip() and not self._formula:
            return
        if self._column > self.most_columns:
            raise Unfit("columns", limit=self.most_columns)
        self._cells += 1
        if self._cells > CELLS:
            raise Unfit("too_large")
        self._current.append([self._column, kind, value, self._formula])

    def _typed(self) -> tuple[str, Any]:
        text = self._value
        if self._kind == "s":
            number = _whole(text, -1)
            if not 0 <= number < len(self.book.strings):
                raise Unfit("damaged")
            return "s", self.book.strings[number]
        if self._kind == "b":
            return "b", text in ("1", "true")
        if self._kind in ("e", "inlineStr", "str", "d"):
            return {"e": "e", "d": "t"}.get(self._kind, "s"), text
        return self._number(text)

    def _number(self, text: str) -> tuple[str, Any]:
        try:
            value = int(text) if re.fullmatch(r"-?\d{1,40}", text, re.ASCII) else float(text)
        except ValueError:
            return "s", text
        if not text.isascii() or not math.isfinite(value):
            return "s", text
        shown = self.book.dates[self._style] if 0 <= self._style < len(self.book.dates) else ""
        if not shown or value < 0:
            return "n", value
        try:
            return _moment(from_excel(value, self.book.epoch, timedelta=shown == "P"))
        except (ValueError, OverflowError, TypeError):
            return "n", value  # a number too large for any date: the reader says that it is none

    def _merge(self, ref: str) -> None:
        try:
            left, top, right, bottom = range_boundaries(ref)
            self._merged_cells += (right - left + 1) * (bottom - top + 1)
        except (ValueError, TypeError):
            raise Unfit("damaged") from None
        if self._merged_cells > MERGED:
            raise Unfit("merged", area=ref[:40])
        self.merged.append(ref)


def _moment(found: Any) -> tuple[str, Any]:
    if isinstance(found, dt.datetime):
        return "d", found.isoformat()
    if isinstance(found, dt.timedelta):
        return "P", found.total_seconds()
    if isinstance(found, dt.time):
        return "T", found.isoformat()
    return "n", None


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else otherwise
