"""Roster sheets as people type them: days, times and names are read whole or refused by their cell, never in part."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from openpyxl import Workbook

from duty.files import sheets
from duty.files.sheets import Outcome
from org.models import Person, Unit
from tests.support.duty import beijing

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(town: Unit, people: list[Person], admin: Person) -> Any:
    """``read(("2027-03-01", "08:30", "16:30"), …)``: what an import of these rows would do."""

    def of(*rows: tuple[Any, Any, Any], names: list[str] | None = None) -> Outcome:
        book = Workbook()
        book.active.append(["日期", "开始", "结束", "带班领导", "主班", "副班"])
        crew = names or [people[0].name, people[2].name, people[4].name]
        for row in rows:
            book.active.append([*row, *crew])
        buffer = io.BytesIO()
        book.save(buffer)
        return sheets.import_sheet(buffer.getvalue(), by=admin, unit=town, dry_run=True)

    return of


@pytest.mark.parametrize(
    "day",
    ["2027-03-01", "2027/3/1", "2027年3月1日", "2027.3.1", "20270301", 20270301, dt.date(2027, 3, 1),
     dt.datetime.fromisoformat("2027-03-01"), "2027-03-01 星期一", "2027年3月1日（周一）", "2027-03-01 (Mon)"],
)  # fmt: skip
def test_a_day_in_any_spelling_is_that_day(read: Any, day: Any) -> None:
    outcome = read((day, None, None))
    assert outcome.problems == []
    assert outcome.lines[0].start == beijing("2027-03-01 08:30")


@pytest.mark.parametrize(
    "day",
    ["2027-03-01至03-07", "2027-03-01~2027-03-07", "2027年3月1日-7日", "2027.3.1-3.7", "2027-03-01、02",
     "2027-03-01 to 2027-03-02", "2027-03-011", "2027-031-01", "2027-02-30", "2027-13-01", "20270230", "0001-01-01",
     "9999-12-31", "2027-03-01 8:30", dt.datetime.fromisoformat("2027-03-01T08:30"), "3月1日", "明天", 46447,
     "2027-03-01 20"],
)  # fmt: skip
def test_what_is_not_one_day_is_refused_by_its_cell(read: Any, day: Any) -> None:
    outcome = read((day, None, None))
    assert [problem.where for problem in outcome.problems] == ["A2"] or "A2" in outcome.problems[0].where
    assert outcome.lines == []


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [("08:30", "24:00", 15.5), ("8:30", "16:30", 8), (dt.time(8, 30), dt.time(16, 30), 8), (8.5 / 24, 16.5 / 24, 8),
     ("8：30", "16：30", 8), ("8点30分", "16时", 7.5), ("20:00", "08:00", 12), ("08:30", "00:00", 15.5),
     ("08:30:00", "16:30:00", 8), (None, None, 24), ("00:00", "24:00", 24), (0, 1, 24),
     (dt.timedelta(hours=8, minutes=30), dt.timedelta(hours=24), 15.5)],
)  # fmt: skip
def test_times_are_read_as_excel_and_people_mean_them(read: Any, start: Any, end: Any, hours: float) -> None:
    outcome = read(("2027-03-01", start, end))
    assert outcome.problems == []
    assert outcome.lines[0].end - outcome.lines[0].start == dt.timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "end", "cell"),
    [("25:00", None, "B2"), ("8:60", None, "B2"), (8.3, None, "B2"), (830, None, "B2"), ("早上", None, "B2"),
     ("08:30", "24:01", "C2"), ("08:30", "36:00", "C2"), ("08:30-16:30", None, "B2"), ("24:00", None, "2"),
     (-1, None, "B2"), ("08:300", None, "B2")],
)  # fmt: skip
def test_what_is_no_time_is_refused_by_its_cell(read: Any, start: Any, end: Any, cell: str) -> None:
    outcome = read(("2027-03-01", start, end))
    assert outcome.problems, outcome.lines
    assert cell in outcome.problems[0].where


def test_rows_that_overlap_each_other_are_refused_by_row(read: Any) -> None:
    outcome = read(("2027-03-01", "08:30", "20:30"), ("2027-03-01", "16:00", "23:00"), ("2027-03-02", "08:30", "20:30"))
    assert len(outcome.problems) == 1
    assert "3" in outcome.problems[0].where
    assert "2" in outcome.problems[0].reason


def test_rows_that_touch_do_not(read: Any) -> None:
    assert read(("2027-03-01", "08:30", "24:00"), ("2027-03-02", "00:00", "08:30")).problems == []


def test_two_people_of_one_name_and_number_are_refused_with_a_way_out(read: Any, people: list[Person]) -> None:
    twin = people[3]
    Person.objects.filter(pk=twin.pk).update(name=people[2].name, name_en=people[2].name_en, phone=people[2].phone)
    for name in (people[2].name, f"{people[2].name} {people[2].phone}", people[2].phone):
        outcome = read(("2027-03-01", None, None), names=[people[0].name, name, people[4].name])
        assert "E2" in outcome.problems[0].where
