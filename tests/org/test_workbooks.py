"""Workbooks from outside: decided within bounds, values read whatever the formatting, digits never invented."""

import datetime as dt
import io
import resource
from collections.abc import Iterator

import pytest
from django.utils import translation
from openpyxl import Workbook

from org.files.people_sheet import read
from tests.org import evil_workbooks as evil
from web import limited, workbooks
from web.problems import Unreadable
from web.workbooks import Cell, Sheet, cell_text, sheets_of


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def one_pool() -> Iterator[limited.Pool]:
    made = limited.Pool()
    yield made
    made.end()


@pytest.fixture
def own_pool(one_pool: limited.Pool, monkeypatch: pytest.MonkeyPatch) -> limited.Pool:
    monkeypatch.setattr(workbooks, "pool", one_pool)
    return one_pool


def most_memory_mb(pool: limited.Pool) -> int:
    with open(f"/proc/{pool.idle[0].pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024


def first(content: bytes, rows: int = 1000) -> Sheet:
    return sheets_of(content, sender="test", most_rows=rows)[0]


def written(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("name", evil.REFUSED)
def test_a_workbook_that_is_none_or_too_much_is_refused_in_one_sentence_and_within_bounds(
    name: str, own_pool: limited.Pool
) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(evil.REFUSED[name]())
    said = str(refusal.value)
    assert said.endswith(".")
    assert "%" not in said
    if own_pool.idle:
        assert most_memory_mb(own_pool) < 350


@pytest.mark.parametrize("name", evil.MERGED_OVER)
def test_a_merged_range_is_decided_by_its_corners(name: str, own_pool: limited.Pool) -> None:
    """The worker's processor time, not ours, and no clock: a fraction of a second where a minute went by."""
    first(evil.book(evil.people()))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    content = evil.MERGED_OVER[name]()
    with pytest.raises(Unreadable, match="merged"):
        read(content)
    own_pool.end()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < 2


@pytest.mark.parametrize("name", evil.READ)
def test_formatting_and_what_surrounds_the_values_do_not_matter(name: str, own_pool: limited.Pool) -> None:
    (line,) = read(evil.READ[name]())
    assert list(line.values.values()) == evil.GOOD
    assert not line.faults
    assert most_memory_mb(own_pool) < 350


def test_values_come_back_as_they_were_written() -> None:
    moment = dt.datetime.fromisoformat("2026-11-20T08:30")
    given = ["text", 7, 1.5, True, moment, dt.time(8, 30), dt.date(2026, 11, 21), "多行\n文字", "=1+1", "  "]
    cells = first(written(given)).rows[1]
    values = [cells[column].value for column in sorted(cells)]
    assert values[:6] == ["text", 7, 1.5, True, moment, dt.time(8, 30)]
    assert values[6:] == [dt.datetime.fromisoformat("2026-11-21"), "多行\n文字", None]
    assert cells[9].formula
    assert cells[9].fault()
    assert 10 not in cells


@pytest.mark.parametrize("number", ["1e400", "nan", "99999999999", "-5", "1E300", "9" * 400, "１２", ""])
def test_an_impossible_date_is_no_date_and_no_error(number: str) -> None:
    styles = '<a><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></a>'
    content = evil.book(
        evil.sheet(f'<row r="1"><c r="A1"><v>x</v></c><c r="B1" s="1"><v>{number}</v></c></row>'),
        parts={"xl/styles.xml": styles},
    )
    cell = first(content).cell(1, 2)
    assert not isinstance(cell.value, dt.datetime)


def test_shared_strings_are_read_with_their_runs_and_without_their_phonetics() -> None:
    strings = (
        f'<sst xmlns="{evil.MAIN}"><si><r><t>甲</t></r><r><t>乙</t></r><rPh sb="0" eb="1"><t>JIA</t></rPh></si></sst>'
    )
    content = evil.book(
        evil.sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'), parts={"xl/sharedStrings.xml": strings}
    )
    assert first(content).cell(1, 1).text == "甲乙"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (" \u202d19912340002\u202c ", "19912340002"),
        ("\u200b331126\ufeff206200", "331126206200"),
        ("１９９１２３４０００２", "19912340002"),
        (19912340012, "19912340012"),
        (19912340012.0, "19912340012"),
        ("1.9912340012E+10", "19912340012"),
        ("1.99E+10", "1.99E+10"),
        ("甲  乙\n丙", "甲 乙 丙"),
        (119.0651, "119.0651"),
        (dt.datetime.fromisoformat("2026-01-02"), "2026-01-02 00:00:00"),
    ],
)
def test_a_cell_becomes_text_by_one_rule(value: object, text: str) -> None:
    assert cell_text(value) == text


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("1.99E+10", "shortened"),
        (1.99e22, "shortened"),
        (331126206200123456, "shortened"),
        (1991234.5, "decimals"),
        (dt.datetime.fromisoformat("2026-01-02"), "date"),
        (True, "truth"),
        ("19912340012", ""),
        (19912340012.0, ""),
        ("1.9912340012E+10", ""),
    ],
)
def test_a_number_whose_digits_are_lost_is_told_and_none_are_invented(value: object, told: str) -> None:
    fault = Cell(2, 4, value, "n").fault(digits=True)
    assert told in fault
    assert bool(told) == bool(fault)


def test_a_merged_cell_is_told_wherever_it_reaches() -> None:
    sheet = first(evil.book(evil.people(evil.row(3, ["", "x"]), after=evil.merged("A2:A3"))))
    assert "A2:A3" in sheet.cell(2, 1).fault()
    assert "A2:A3" in sheet.cell(3, 1).fault()
    assert not sheet.cell(3, 2).fault()


def test_work_without_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "LIMITS", limited.Limits(memory=1 << 20, seconds=5))
    with pytest.raises(Unreadable, match="too much work"):
        first(evil.READ["a million styles"]())
