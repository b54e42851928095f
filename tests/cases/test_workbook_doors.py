"""Workbooks that strangers tried (tests/cases/xlsx), each through the door it was made for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import translation

from duty.models import Shift
from hazards.models import Hazard
from org.models import Appointment, Person
from tests.org import evil_workbooks as evil

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parent / "xlsx"
Browse = Callable[..., Any]

TAKEN = {
    "empty_fill": "测丙",
    "ext_fill": "测甲",
    "styled_tail": "测丑",
    "phone_invisible": "测乙",
    "code_invisible": "测丁",
}
DAMAGED = ("broken_xml", "bitrot")
TOLD = {
    "merged": ("A3", "Merged cells (A2:A3)"), "sci": ("D2", "1.99E+10"), "lost_zero": ("D2", "area code"),
    "two_phones": ("D2", ""),
}  # fmt: skip


@pytest.fixture(autouse=True)
def english(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield


def file_of(content: bytes, name: str = "x.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def case(name: str) -> SimpleUploadedFile:
    return file_of((CASES / f"{name}.xlsx").read_bytes())


def to_people(browse: Browse, person: Person, file: SimpleUploadedFile) -> HttpResponse:
    return browse(person).post("/register/import/people/", {"p-file": file})


@pytest.mark.parametrize("name", TAKEN)
def test_people_are_read_whatever_the_styles_and_invisible_characters(browse: Browse, admin: Person, name: str) -> None:
    answer = to_people(browse, admin, case(name))
    assert answer.status_code == 200, answer.content.decode()
    (row,) = answer.context["outcome"]["rows"]
    assert row["phone"].startswith("1991234")
    done = browse(admin).post(
        "/register/import/people/confirm/", {"key": answer.context["key"], "file": f"{name}.xlsx"}
    )
    assert done.status_code == 302
    assert Appointment.objects.filter(person__name=row["name"], unit__code="331126206200").exists()


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_workbook_is_no_whole_workbook(browse: Browse, admin: Person, name: str) -> None:
    answer = to_people(browse, admin, case(name))
    assert answer.status_code == 400
    assert "not a whole workbook" in answer.content.decode()


@pytest.mark.parametrize("name", TOLD)
def test_a_doubtful_cell_is_told_by_its_name(browse: Browse, admin: Person, name: str) -> None:
    answer = to_people(browse, admin, case(name))
    problems = {problem["where"]: problem["reason"] for problem in answer.context["outcome"]["problems"]}
    if name == "two_phones" and not problems:
        return  # taken is right too
    where, said = TOLD[name]
    assert answer.status_code == 422
    assert said in problems[f"cell {where}"]


def test_a_roster_with_a_formatted_tail_is_read(browse: Browse, leader: Person) -> None:
    page = browse(leader)
    answer = page.post("/duty/units/331126/import/", {"file": case("duty_styled_tail")})
    assert answer.status_code == 200, answer.context["outcome"]["problems"]
    assert answer.context["outcome"]["rows"] == 1
    page.post("/duty/units/331126/import/", {"file": case("duty_styled_tail"), "load": "1"})
    assert Shift.objects.filter(unit__code="331126", during__startswith__date="2027-08-03").count() == 1


def test_hazards_with_a_formatted_tail_are_read(browse: Browse, officer: Person) -> None:
    answer = browse(officer).post("/hazards/import/", {"file": case("haz_styled_tail"), "load": "1"})
    assert answer.status_code == 200, answer.context["outcome"]["problems"]
    assert answer.context["outcome"]["loaded"] == 1
    assert Hazard.objects.filter(description="屋后切坡有裂缝").count() == 1


HOSTILE = {
    "merged over everything": evil.MERGED_OVER["one range over everything"],
    "merged over 26 columns": evil.MERGED_OVER["one range over 26 columns"],
    "entities": evil.REFUSED["entities in entities"],
    "Excel 97": evil.REFUSED["Excel 97"],
    "damaged": lambda: (CASES / "bitrot.xlsx").read_bytes(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_every_door_for_workbooks_answers_a_hostile_one_with_one_sentence(
    browse: Browse, admin: Person, officer: Person, leader: Person, api: Any, name: str
) -> None:
    before = (Person.objects.count(), Shift.objects.count(), Hazard.objects.count())
    content = HOSTILE[name]()
    answers = {
        "people": to_people(browse, admin, file_of(content)),
        "roster": browse(leader).post("/duty/units/331126/import/", {"file": file_of(content), "load": "1"}),
        "hazards": browse(officer).post("/hazards/import/", {"file": file_of(content), "load": "1"}),
        "plans": browse(leader).post("/plans/import/", {"file": file_of(content), "unit": "331126", "store": "1"}),
    }
    for door, answer in answers.items():
        assert answer.status_code == 400, door
        assert len(answer.context.get("problems") or answer.context["outcome"]["problems"]) == 1, door
    client = api(leader)
    answer = client.post("/api/v1/shifts/import/", {"unit": "331126", "file": file_of(content)}, format="multipart")
    assert (answer.json()["state"], answer.json()["error"]["code"]) == ("failed", "import_refused")
    assert (Person.objects.count(), Shift.objects.count(), Hazard.objects.count()) == before


def test_merged_cells_in_a_roster_are_told_and_never_read_in_part(browse: Browse, leader: Person) -> None:
    rows = [
        ["日期", "带班领导", "主班", "副班"],
        ["2027-08-03", "叶秀梅", "范少勇", "胡伟军"],
        ["2027-08-04", "", "范少勇", ""],
    ]
    content = evil.book(
        evil.sheet(*(evil.row(n, row) for n, row in enumerate(rows, start=1)), after=evil.merged("B2:B3", "D2:D3"))
    )
    answer = browse(leader).post("/duty/units/331126/import/", {"file": file_of(content), "load": "1"})
    assert answer.status_code == 400
    assert {problem["where"] for problem in answer.context["outcome"]["problems"]} == {
        f"cell {c}" for c in ("B2", "D2", "B3", "D3")
    }
    assert not Shift.objects.filter(unit__code="331126", during__startswith__date="2027-08-03").exists()
