"""What draws nothing is lost at every door that takes a name, a number or a code; lists stand in pinyin's order."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from openpyxl import Workbook

from duty.files import sheets as rosters
from duty.models import CallLog
from hazards.models import Hazard
from org import actions
from org.models import Appointment, Person, Unit

pytestmark = pytest.mark.django_db

UNSEEN = "\u200b\u202c\ufeff\U000e0041"


def test_the_call_log_of_the_api(api: Callable, township: Person) -> None:
    body = {
        "unit": f"331126{UNSEEN[:1]}206", "content": "x", "caller_name": f"张{UNSEEN} 三",
        "caller_phone": f"199{UNSEEN}00010001", "caller_unit": f"某{UNSEEN}村", "place": f"村口{UNSEEN}",
    }  # fmt: skip
    made = api(township).post("/api/v1/call-logs/", body)
    assert made.status_code == 201, made.json()
    row = CallLog.objects.get(pk=made.json()["id"])
    assert (row.caller_name, row.caller_phone, row.caller_unit, row.place) == ("张三", "19900010001", "某村", "村口")


def test_a_hazard_filed_over_the_api(api: Callable, township: Person) -> None:
    point = Unit.objects.get(code="331126206").boundary.point_on_surface
    body = {
        "client_id": str(uuid4()), "kind": "cut_slope", "description": "x", "point": [point.x, point.y],
        "found_at": "2026-01-02T03:04:05+08:00", "place": f" 村{UNSEEN}口 ",
    }  # fmt: skip
    made = api(township).post("/api/v1/hazards/", body)
    assert made.status_code == 201, made.json()
    assert Hazard.objects.get(client_id=body["client_id"]).place == "村口"


def test_units_made_and_changed_by_the_actions() -> None:
    unit = actions.create_unit(code=f"331126{UNSEEN}999", name=f"某{UNSEEN} 乡", by=None, phone=f"0578{UNSEEN}1")
    unit.refresh_from_db()
    assert (unit.code, unit.name, unit.phone) == ("331126999", "某乡", "05781")
    actions.update_unit(unit, name=f"蔚{UNSEEN}乡", by=None)
    unit.refresh_from_db()
    assert (unit.name, unit.sort_key) == ("蔚乡", "wei4蔚 xiang1乡")


def test_a_unit_is_addressed_by_its_code_however_it_was_pasted(api: Callable, officer: Person) -> None:
    found = api(officer).get("/api/v1/units/", {"under": f"{UNSEEN}331126206"}).json()["results"]
    assert found
    assert all(row["code"].startswith("331126206") for row in found)


@pytest.mark.parametrize("dress", ["{0} {1}", "{0}\u3000{1}", "{0}\u200b{1}", "\ufeff{0}{1}"])
def test_names_in_a_roster_sheet_are_known_in_every_spelling(dress: str, admin: Person) -> None:
    town = Unit.objects.get(code="331126206")
    held = Appointment.objects.filter(unit=town, valid_to=None).select_related("person").order_by("post__rank", "pk")
    people = list(dict.fromkeys(row.person for row in held))[:3]
    book, buffer = Workbook(), io.BytesIO()
    book.active.append(["日　期", "带班领导", "主班", "副班"])
    book.active.append([dt.date(2027, 3, 1), *(dress.format(p.name[0], p.name[1:]) for p in people)])
    book.save(buffer)
    outcome = rosters.import_sheet(buffer.getvalue(), by=admin, unit=town, dry_run=True)
    assert [str(problem) for problem in outcome.problems] == []
    assert [person.pk for person in outcome.lines[0].people.values()] == [person.pk for person in people]


ORDER = "阿布 万俟卨 区寄 欧阳修 仇和 任我行 单雄信 解缙 尉迟恭 曾巩 查良镛 张三 章三"
"""As a Chinese list of names has them: 单 is read Shan, 仇 Qiu, 区 Ou."""


def test_people_stand_in_the_order_of_pinyin_by_the_reading_of_their_surnames() -> None:
    Person.objects.bulk_create(Person(username=f"x{n}", name=name) for n, name in enumerate(sorted(ORDER.split())))
    rows = Person.objects.filter(username__startswith="x", name__in=ORDER.split())
    assert [person.name for person in rows] == ORDER.split()


def test_a_changed_name_moves_in_the_order(admin: Person, village: Person) -> None:
    actions.update_person(village, name="单晓", by=None)
    village.refresh_from_db()
    assert village.sort_key == "shan4单 xiao3晓"


def test_search_shows_people_in_the_order_of_pinyin(browse: Callable[..., Client], officer: Person) -> None:
    from board.selectors.search import search

    held = Appointment.objects.filter(unit__code="331126206", valid_to=None).values_list("person", flat=True)
    for pk, name in zip(dict.fromkeys(held), ["卫庄", "卫安", "卫区"], strict=False):
        actions.update_person(Person.objects.get(pk=pk), name=name, by=None)
    found: list[Any] = [hit for group in search(officer, "卫") for hit in group.hits if hit.icon == "user"]
    names = [hit.title for hit in found]
    assert len(names) >= 3
    keys = list(Person.objects.filter(name__in=["卫庄", "卫安", "卫区"]).values_list("name", flat=True))
    assert keys == ["卫安", "卫区", "卫庄"]
