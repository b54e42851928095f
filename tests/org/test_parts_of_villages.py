"""Natural villages and grids: parts of a village with people and keepers, which no list counts as a village."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from openpyxl import Workbook, load_workbook

from command.selectors.areas import expanded
from command.selectors.lists import picker_tree
from journal.models import Event
from org.files.units import import_units, template
from org.models import Person, Unit
from org.screens.register import overview
from org.selectors.jurisdiction import visible
from org.selectors.register import holders, subtree
from plans.files.document_schema import ACTION_KEYS
from web.problems import Refused

pytestmark = pytest.mark.django_db

VILLAGE = "331126206217"
HEADER = ["单位代码", "名称", "人口", "户数", "经度", "纬度", "电话"]


def book(*rows: list[Any], header: list[Any] = HEADER) -> bytes:
    made = Workbook()
    for row in (header, *rows):
        made.active.append(row)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def faults(content: bytes, by: Person | None = None) -> list[str]:
    units, events = Unit.objects.count(), Event.objects.count()
    with pytest.raises(Refused) as refused:
        import_units(content, by=by)
    assert (Unit.objects.count(), Event.objects.count()) == (units, events), "nothing is half stored"
    return [problem.where for problem in refused.value.problems]


def test_a_sheet_adds_natural_villages_and_grids_and_says_so_once(township: Person) -> None:
    rows = [
        [f"{VILLAGE}001", "里坑", 40, 15, 119.19, 27.54, "0578-0000555"],
        [f"{VILLAGE}G01", "第一网格", "", "", "", "", ""],
    ]
    assert import_units(book(*rows), by=township).loaded == 2
    hamlet = Unit.objects.get(code=f"{VILLAGE}001")
    assert (hamlet.level, hamlet.parent.code, hamlet.population, hamlet.households) == ("hamlet", VILLAGE, 40, 15)
    assert (round(hamlet.seat.x, 2), hamlet.phone, hamlet.path) == (119.19, "0578-0000555", "33.11.26.206.217.001")
    assert Unit.objects.get(code=f"{VILLAGE}G01").level == "grid"
    event = Event.objects.get(verb="org.units_loaded")
    assert (event.by, event.data["count"]) == (f"person:{township.pk}", 2)


def test_the_same_sheet_again_changes_nothing_and_an_empty_cell_keeps_what_was(township: Person) -> None:
    import_units(book([f"{VILLAGE}001", "里坑", 40, 15, 119.19, 27.54, ""]), by=township)
    found = import_units(book([f"{VILLAGE}001", "里坑", "", "", "", "", ""]), by=township, dry_run=True)
    assert (len(found.new), len(found.changed), found.unchanged) == (0, 0, 1)
    import_units(book([f"{VILLAGE}001", "里坑头", 41, "", "", "", ""]), by=township)
    hamlet = Unit.objects.get(code=f"{VILLAGE}001")
    assert (hamlet.name, hamlet.population, hamlet.households) == ("里坑头", 41, 15)


@pytest.mark.parametrize(
    ("row", "where"),
    [
        (["33112620621", "里坑"], "A2"), ([f"{VILLAGE}001", ""], "B2"), ([f"{VILLAGE}001", "里" * 81], "B2"),
        ([f"{VILLAGE}001", "里坑", "many"], "C2"), ([f"{VILLAGE}001", "里坑", -3], "C2"),
        ([f"{VILLAGE}001", "里坑", "", 2_100_000_000], "D2"), ([f"{VILLAGE}001", "里坑", "", "", "nan", 27.5], "E2"),
        ([f"{VILLAGE}001", "里坑", "", "", 119.1, 127], "F2"), ([f"{VILLAGE}001", "里坑", "", "", 119.1], "2"),
        (["331126206777001", "无村"], "2"), (["331126105229001", "别乡"], "2"),
    ],
)  # fmt: skip
def test_every_fault_is_told_by_its_cell_and_nothing_is_loaded(township: Person, row: list[Any], where: str) -> None:
    with translation.override("en"):
        assert [place.rpartition(" ")[2] for place in faults(book(row), by=township)] == [where]


def test_a_row_twice_a_sheet_without_rows_and_no_workbook_are_refused(township: Person) -> None:
    assert len(faults(book([f"{VILLAGE}001", "甲"], [f"{VILLAGE}001", "乙"]), by=township)) == 1
    assert faults(book(), by=township) == [""]
    assert faults(b"no workbook", by=township) == [""]


def test_a_village_and_its_parts_come_in_one_sheet_in_any_order(admin: Person) -> None:
    assert import_units(book(["331126206299001", "新坑"], ["331126206299", "新村"]), by=admin).loaded == 2
    assert Unit.objects.get(code="331126206299001").parent.name == "新村"


def test_three_hundred_rows_load(admin: Person) -> None:
    assert import_units(book(*([f"{VILLAGE}{n:03d}", f"自然村{n}"] for n in range(1, 301))), by=admin).loaded == 300


def test_the_empty_sheet_keeps_codes_as_text_and_is_read_again() -> None:
    sheet = load_workbook(io.BytesIO(template("zh-hans"))).active
    assert [cell.value for cell in sheet[1]][:2] == ["单位代码", "名称"]
    assert sheet["A2"].number_format == "@"


def test_no_list_counts_them_as_villages(officer: Person, admin: Person) -> None:
    levels = {"county", "township", "village", "department"}
    assert {unit.level for unit in subtree("33.11.26")} == levels
    assert {row.unit.level for row in overview(admin)} <= levels
    assert "hamlet" not in str(picker_tree(officer))
    assert expanded(["331126206200"]) == ["33.11.26.206", "33.11.26.206.200"]
    assert set(ACTION_KEYS["unit_kind"].choices) == levels


def test_who_sees_the_village_sees_its_parts_and_who_keeps_a_part_sees_that_alone(village: Person) -> None:
    assert visible(Unit.objects.filter(level__in=Unit.PARTS), village, "path").count() == 5
    keeper = Person.objects.get(username="331126206200001-hamlet_keeper")
    assert [unit.code for unit in visible(Unit.objects.all(), keeper, "path")] == ["331126206200001"]
    held = holders(Unit.objects.filter(code="331126206200001"))
    assert {row.post_code for row in held} == {"hamlet_keeper", "hamlet_deputy"}


def test_the_page_imports_in_two_steps(browse: Callable[[Person], Client], township: Person) -> None:
    client = browse(township)
    assert client.get("/register/import/").status_code == 200
    assert client.get("/register/import/units/template/").status_code == 200
    assert client.get("/register/units/331126206200001/").status_code == 200
    page = client.get("/register/units/331126206200/").content.decode()
    assert "331126206200001" in page
