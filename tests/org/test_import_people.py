"""People from Excel: every fault by its cell, all or nothing."""

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import Workbook, load_workbook

from journal.models import Event
from org.files.people import import_people
from org.files.people_sheet import template
from org.models import Appointment, Person, Post
from org.selectors.register import held_now
from web.problems import Refused

pytestmark = pytest.mark.django_db

CHINESE = ["单位代码", "岗位", "姓名", "电话", "角色"]
GOOD = ["331126204", "township_deputy", "甲乙", "199 0001 0001", "A"]
"""The township whose deputy is vacant in the demo county."""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def book(*rows: list[Any], header: list[Any] = CHINESE, merge: str = "") -> bytes:
    made = Workbook()
    sheet = made.active
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def counts() -> tuple[int, int, int]:
    return Person.objects.count(), Appointment.objects.count(), Event.objects.count()


def problems(content: bytes, **options: Any) -> list[str]:
    before = counts()
    with pytest.raises(Refused) as refused:
        import_people(content, by=None, **options)
    assert counts() == before
    assert import_people(content, by=None, dry_run=True, **options).problems == refused.value.problems
    return [str(problem) for problem in refused.value.problems]


def test_a_good_row_registers_and_appoints_and_tells_both() -> None:
    outcome = import_people(book(GOOD), by=None)
    assert outcome.loaded == 1
    held = held_now(Appointment.objects.filter(post__code="township_deputy", unit__code="331126204")).get()
    assert (held.person.name, held.person.phone, held.role) == ("甲乙", "19900010001", "A")
    assert not held.person.has_usable_password()
    events = list(Event.objects.filter(subject=f"person:{held.person_id}").order_by("seq"))
    assert [event.verb for event in events] == ["org.person_registered", "org.appointed"]
    assert events[1].data["person"] == held.person_id
    assert {event.unit_path for event in events} == {"33.11.26.204"}


def test_an_english_header_in_another_order_is_understood() -> None:
    content = book(["甲", "19900010001", "Grid Worker", 331126105229], header=["Name", "Phone", "Post", "Unit code *"])
    assert import_people(content, by=None).loaded == 1


@pytest.mark.parametrize("post", ["grid_worker", "网格员", "Grid Worker", "grid worker"])
def test_a_post_may_be_named_by_code_or_in_either_language(post: str) -> None:
    assert import_people(book(["331126105229", post, "甲", "19900010001"]), by=None).loaded == 1


@pytest.mark.parametrize(("role", "kept"), [("", "A"), (None, "A"), ("a", "A"), ("B", "B"), ("B岗", "B"), ("ｂ", "B")])
def test_the_role_defaults_to_a_and_is_read_in_every_spelling(role: Any, kept: str) -> None:
    import_people(book([*GOOD[:4], role]), by=None)
    assert Appointment.objects.get(person__phone="19900010001").role == kept


@pytest.mark.parametrize("phone", ["+86 199-0001-0001", "１９９０００１０００１", 19900010001, 19900010001.0])
def test_a_number_is_kept_in_one_spelling(phone: Any) -> None:
    import_people(book([*GOOD[:3], phone]), by=None)
    assert Person.objects.get(name="甲乙").phone == "19900010001"


def test_a_dry_run_changes_nothing() -> None:
    before = counts()
    outcome = import_people(book(GOOD), by=None, dry_run=True)
    assert (len(outcome.rows), outcome.new_people, outcome.problems, counts()) == (1, 1, [], before)


def test_the_same_sheet_twice_changes_nothing_the_second_time() -> None:
    import_people(book(GOOD), by=None)
    before = counts()
    again = import_people(book(GOOD), by=None)
    assert (again.unchanged, again.loaded, counts()) == (1, 0, before)


def test_one_person_in_two_rows_is_registered_once() -> None:
    rows = (
        ["331126105229", "grid_worker", "甲", "19900010001"],
        ["331126105229", "shelter_keeper", "甲", "19900010001", "B"],
    )
    before = Person.objects.count()
    import_people(book(*rows), by=None)
    assert Person.objects.count() == before + 1
    assert Appointment.objects.filter(person__phone="19900010001").count() == 2


def test_somebody_on_the_register_is_recognised_by_name_and_number() -> None:
    officer = Person.objects.get(username="officer")
    outcome = import_people(book([*GOOD[:2], officer.name, officer.phone]), by=None)
    assert outcome.new_people == 0
    assert officer.appointments.filter(unit__code="331126204").exists()


@pytest.mark.parametrize(
    ("row", "where", "words"),
    [
        (["", *GOOD[1:]], "cell A2", "missing"),
        (["33-11", *GOOD[1:]], "cell A2", "not a unit code"),
        (["331126999", *GOOD[1:]], "cell A2", "No unit"),
        (["331126204", "", *GOOD[2:]], "cell B2", "missing"),
        (["331126204", "emperor", *GOOD[2:]], "cell B2", "no post"),
        (["331126204", "village_head", *GOOD[2:]], "cell B2", "level"),
        ([*GOOD[:2], "", GOOD[3]], "cell C2", "missing"),
        ([*GOOD[:2], "长" * 41, GOOD[3]], "cell C2", "40"),
        ([*GOOD[:3], ""], "cell D2", "missing"),
        ([*GOOD[:3], "12"], "cell D2", "11 digits"),
        ([*GOOD[:3], 1.5], "cell D2", "decimals"),
        ([*GOOD[:3], dt.date(2024, 5, 1)], "cell D2", "date"),
        ([*GOOD[:3], True], "cell D2", "date or a truth"),
        ([*GOOD[:3], "=1+1"], "cell D2", "formula"),
        ([*GOOD[:4], "C"], "cell E2", "A or B"),
    ],
)
def test_a_fault_is_told_by_its_cell(row: list[Any], where: str, words: str) -> None:
    found = problems(book(row))
    assert len(found) == 1, found
    assert found[0].startswith(f"{where}:")
    assert words in found[0]


def test_every_row_is_checked_and_one_bad_row_keeps_all_out() -> None:
    found = problems(
        book(GOOD, ["331126999", "emperor", "", "x", "C"], [None] * 5, ["331126204", "township_duty", "丙", "1"])
    )
    assert [text.split(":")[0] for text in found] == ["cell A3", "cell B3", "cell C3", "cell D3", "cell E3", "cell D5"]


def test_empty_rows_between_are_left_out() -> None:
    content = book([None] * 5, GOOD, ["", " ", None, "", ""], ["331126105229", "grid_worker", "丙", "19900010002"])
    assert import_people(content, by=None).loaded == 2


def test_merged_cells_are_refused_with_their_area() -> None:
    rows = (["331126105229", "grid_worker", "甲", "19900010001"], [None, "shelter_keeper", "乙", "19900010002", "B"])
    found = problems(book(*rows, merge="A2:A3"))
    assert [text.split(":")[0] for text in found] == ["cell A2", "cell A3"]
    assert "A2:A3" in found[0]


def test_a_row_that_stands_twice_is_told_with_its_twin() -> None:
    assert problems(book(GOOD, GOOD)) == ["row 3: The same stands in row 2 already."]


def test_a_post_held_by_another_is_a_problem_unless_replaced() -> None:
    row = ["331126206", "township_station", "甲乙", "19900010001", "A"]
    station = Person.objects.get(username="township")
    assert station.name in problems(book(row))[0]
    outcome = import_people(book(row), by=None, replace=True)
    assert [appointment.person_id for appointment in outcome.ending] == [station.pk]
    held = held_now(Appointment.objects.filter(post__code="township_station", unit__code="331126206", role="A"))
    assert held.get().person.name == "甲乙"
    ended = Event.objects.get(verb="org.appointment_ended")
    assert (ended.data["person"], ended.unit_path) == (station.pk, "33.11.26.206")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"name,phone",
        book(GOOD, header=["什么", "都", "没", "有", "吗"]),
        book(GOOD, header=["姓名", "电话", "x", "y", "z"]),
        book(),
    ],
    ids=["empty", "csv", "no header", "half a header", "no rows"],
)
def test_a_file_that_is_something_else_is_refused_whole(content: bytes) -> None:
    assert len(problems(content)) == 1


def test_a_keeper_knows_only_the_units_in_their_care(township: Person) -> None:
    with pytest.raises(Refused) as refused:
        import_people(book(GOOD), by=township)
    assert "331126204" in str(refused.value.problems[0])
    own = ["331126206217", "shelter_keeper", "甲乙", "19900010001", "B"]
    assert import_people(book(own), by=township).loaded == 1


def test_a_long_sheet_takes_no_more_statements_than_a_short_one() -> None:
    villages = [f"331126206{n}" for n in (200, 216, 217, 218, 219, 220)]
    rows = [[code, "shelter_keeper", f"人{code}", f"1990002{n:04d}", "B"] for n, code in enumerate(villages)]
    with CaptureQueriesContext(connection) as short:
        import_people(book(rows[0]), by=None)
    with CaptureQueriesContext(connection) as long:
        import_people(book(*rows[1:]), by=None)
    assert len(long) == len(short)
    assert Person.objects.filter(name__startswith="人331126206").count() == 6


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_template_is_a_sheet_that_the_importer_reads(language: str) -> None:
    filled = load_workbook(io.BytesIO(template(language, [(post.code, post.name) for post in Post.objects.all()])))
    filled.worksheets[0].append([])
    for column, value in enumerate(GOOD, start=1):
        filled.worksheets[0].cell(2, column, value)
    buffer = io.BytesIO()
    filled.save(buffer)
    assert import_people(buffer.getvalue(), by=None).loaded == 1
    assert filled.worksheets[1].max_row == Post.objects.count()


def test_the_command_checks_loads_and_writes_the_template(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(book([*GOOD[:3], "12"]))
    with pytest.raises(CommandError, match="D2"):
        call_command("import_people", path)
    path.write_bytes(book(GOOD))
    call_command("import_people", path, dry_run=True)
    assert not Person.objects.filter(name="甲乙").exists()
    call_command("import_people", path)
    assert Person.objects.filter(name="甲乙").exists()
    call_command("import_people", tmp_path / "empty.xlsx", template=True)
    assert load_workbook(tmp_path / "empty.xlsx").worksheets[0].max_column == 5
