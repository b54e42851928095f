"""What is exported can be imported again: nothing changes, nothing is wrong, whatever the names look like."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation
from openpyxl import Workbook, load_workbook

from duty import actions as duty
from duty.files import sheets as rosters
from hazards.actions.file import file_hazard
from hazards.files import sheets as hazards
from hazards.rules.filing import Filing
from hazards.selectors.tickets import hazards_visible_to, with_parts
from journal.actions.recording import SYSTEM
from org.actions import end_appointment
from org.files.people import import_people
from org.files.people_export import export_people
from org.models import Appointment, Person, Unit
from plans.files import sheets as plan_books

pytestmark = pytest.mark.django_db

ODD = [
    "=1+1",
    "+86王",
    "-李",
    "@张",
    "'赵",
    "007",
    "1E5",
    "张\u200b三",
    "欧阳 修",
    "Ana  Maria",
    "=HYPERLINK(1)",
    "\t甲",
]
LANGUAGES = ["zh-hans", "en"]


@pytest.fixture
def town() -> Unit:
    return Unit.objects.get(code="331126206")


@pytest.fixture
def crew(town: Unit) -> list[Person]:
    """The people of the town, with names that a spreadsheet would like to work on."""
    held = Appointment.objects.filter(unit=town, valid_to=None).select_related("person").order_by("post__rank", "pk")
    people = list(dict.fromkeys(appointment.person for appointment in held))
    for person, name in zip(people, ODD, strict=False):
        person.name, person.name_en = name, ""
        person.save()
    return people


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_register_comes_back_unchanged(language: str, admin: Person, crew: list[Person], town: Unit) -> None:
    Person.objects.filter(pk=crew[0].pk).update(phone="")
    Person.objects.filter(pk=crew[1].pk).update(phone="12")
    with translation.override(language):
        content = export_people(admin)
        outcome = import_people(content, by=admin, dry_run=True)
    assert ([str(p) for p in outcome.problems], outcome.questions, outcome.rows) == ([], [], [])
    cells = [row[0] for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)]
    assert town.code in cells
    assert outcome.unchanged == len(cells) - 1


def test_a_township_takes_away_and_brings_back_its_own_part(township: Person) -> None:
    outcome = import_people(export_people(township), by=township, dry_run=True)
    assert outcome.problems == []
    assert 0 < outcome.unchanged < Appointment.objects.filter(valid_to=None).count()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_roster_comes_back_unchanged(language: str, admin: Person, crew: list[Person], town: Unit) -> None:
    crew[4].name = crew[5].name = "王伟"  # two of one name, whom the number tells apart
    crew[4].save()
    crew[5].save()
    start = dt.datetime.fromisoformat("2027-03-01T08:30:00+08:00")
    for day, (leader, main, deputy) in enumerate([(0, 2, 4), (1, 3, 5), (0, 4, 2)]):
        begin = start + dt.timedelta(days=2 * day)
        people = {"leader": crew[leader], "main": crew[main], "deputy": crew[deputy]}
        hours = dt.timedelta(hours=24 if day else 12)
        duty.add_shift(by=SYSTEM, unit=town, start=begin, end=begin + hours, people=people, published=day != 2)
    for appointment in Appointment.objects.filter(person=crew[3], valid_to=None):
        end_appointment(appointment, by=None)  # and yet stands in the roster
    with translation.override(language):
        content = rosters.export_sheet(town, dt.date(2027, 3, 1), reader=admin)
        outcome = rosters.import_sheet(content, by=admin, unit=town, dry_run=True)
    assert [str(p) for p in outcome.problems] == []
    assert (outcome.lines, outcome.unchanged) == ([], 3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hazards_come_back_unchanged(language: str, admin: Person, town: Unit) -> None:
    point = town.boundary.point_on_surface
    for text in ODD:
        filing = Filing(
            uuid4(), "cut_slope", text, (point.x, point.y), dt.datetime.fromisoformat("2026-01-02T03:04:05+08:00"),
            place=text,
        )  # fmt: skip
        file_hazard(filing, by=admin, door="phone")
    rows = with_parts(hazards_visible_to(admin).order_by("-pk"))[: len(ODD)]
    with translation.override(language):
        content = hazards.queue_sheet(rows)
        outcome = hazards.import_sheet(content, by=admin, dry_run=True)
    assert [str(p) for p in outcome.problems] == []
    assert (outcome.lines, outcome.unchanged) == ([], len(ODD))


def test_a_countys_own_numbering_of_hazards_is_none_of_ours(admin: Person, town: Unit) -> None:
    point = town.boundary.point_on_surface
    book, buffer = Workbook(), io.BytesIO()
    book.active.append(["编号", "类型", "描述", "经度", "纬度"])
    book.active.append(["12", "切坡", "坡体开裂", point.x, point.y])
    book.active.append(["YH2026-9999", "切坡", "坡体开裂", point.x, point.y])
    book.save(buffer)
    with translation.override("zh-hans"):
        outcome = hazards.import_sheet(buffer.getvalue(), by=admin, dry_run=True)
    problems = [str(p) for p in outcome.problems]
    assert all("YH2026-9999" in problem for problem in problems if "A3" in problem)
    assert any("A3" in problem for problem in problems)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("odd", ODD[:6])
def test_a_plan_comes_back_unchanged(language: str, odd: str) -> None:
    from plans.files.documents import normal

    document = {
        "code": "zq", "kind": "township", "hazard_type": "flood", "name": odd, "name_en": odd, "summary": odd,
        "values": {"x": odd},
        "levels": {"III": {"approver": "township_head", "note": odd}},
        "actions": [{"code": "walk", "post": "township_head", "levels": ["III"], "text": odd, "text_en": odd}],
    }  # fmt: skip
    with translation.override(language):
        assert normal(plan_books.read(plan_books.dump(document))[0]) == normal(document)


@pytest.mark.parametrize("odd", ODD)
def test_no_text_is_a_formula_in_what_is_exported(admin: Person, crew: list[Person], town: Unit, odd: str) -> None:
    Person.objects.filter(pk=crew[0].pk).update(name=odd)
    book = load_workbook(io.BytesIO(export_people(admin)))
    cells: list[Any] = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    begun = [cell for cell in cells if isinstance(cell.value, str) and cell.value[:1] in ("=", "+", "-", "@")]
    assert all(cell.quotePrefix for cell in begun)
