"""Reading the people's sheet of an Excel workbook into plain rows, cell by cell; and making the empty template."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from web.problems import Problem, at_cell
from web.workbook_writing import Book
from web.workbooks import Sheet, header, sheets_of

MAX_ROWS = 20_000
HEADERS = {
    "unit": ("单位代码", "unit code", "unit", "code", "代码", "单位编码"),
    "post": ("岗位", "post", "职务", "职责"),
    "name": ("姓名", "name"),
    "phone": ("电话", "phone", "手机", "手机号", "联系电话", "mobile", "telephone"),
    "role": ("角色", "role", "ab岗", "a/b岗", "a/b", "a/b role"),
}
TITLE = ("人员", "people")
WIDTHS = (18, 26, 14, 18, 8)
ROWS_TO_FILL = 400
NEEDED = ("unit", "post", "name", "phone")


@dataclass
class Line:
    """One row of the sheet: text by column, and the cell each stands in."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    faults: list[Problem] = field(default_factory=list)


def read(content: bytes, *, sender: str = "people") -> list[Line]:
    """The rows under the header of the first sheet, empty ones left out. Unreadable when there is no such sheet or
    header. ``sender`` has one workbook at work at a time.
    """
    sheet = sheets_of(content, sender=sender, most_rows=MAX_ROWS)[0]
    columns, first = header(
        sheet, HEADERS, NEEDED, _("No header was found: the columns are unit code, post, name, phone and role.")
    )
    lines = (_line(sheet, number, columns) for number in sheet.below(first))
    return [line for line in lines if line.faults or any(line.values.values())]


def _line(sheet: Sheet, number: int, columns: dict[str, int]) -> Line:
    line = Line(number)
    for name, column in columns.items():
        cell = sheet.cell(number, column)
        line.cells[name] = cell.coordinate
        # A formula's last value may be anybody's.
        fault = cell.fault(digits=name in {"unit", "phone"})
        if cell.formula:
            fault = _("A formula stands here; paste its value.")
        line.values[name] = "" if fault else cell.text
        if fault:
            line.faults.append(Problem(at_cell(cell.coordinate), fault))
    return line


def template(language: str, posts: list[tuple[str, str]]) -> bytes:
    """An empty workbook: the header, columns kept as text, and a second sheet with the posts (code, name)."""
    spelling = 0 if language.startswith("zh") else 1
    book = Book()
    sheet = book.sheet(TITLE[spelling], [both[spelling] for both in HEADERS.values()], [], WIDTHS)
    for cell in (cell for row in sheet.iter_rows(2, 1 + ROWS_TO_FILL, 1, len(HEADERS)) for cell in row):
        cell.number_format = "@"  # as text, or Excel rounds the twelve digits of a village's code
    book.sheet(("岗位", "posts")[spelling], [], posts)
    return book.content
