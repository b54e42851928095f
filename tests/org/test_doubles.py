"""One person stands on the register once, however the name or the number is spelled; a like name is asked about."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation
from openpyxl import Workbook

from norms.selectors.numbers import number
from org import actions
from org.files.people import import_people
from org.models import Person, Unit
from org.rules.phones import LostDigits, phone_number
from org.selectors.doubles import doubles
from web.errors import Conflict, Invalid
from web.problems import Refused

pytestmark = pytest.mark.django_db

PHONE = "19900010001"
VILLAGE = "331126105229"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def township_unit() -> Unit:
    return Unit.objects.get(code="331126204")


def book(*rows: tuple[Any, ...]) -> bytes:
    made = Workbook()
    made.active.append(["单位代码", "岗位", "姓　名", "电话", "角色"])
    for row in rows:
        made.active.append(list(row))
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def row(name: str, phone: Any = PHONE, post: str = "grid_worker", code: Any = VILLAGE) -> tuple[Any, ...]:
    return code, post, name, phone, "B"


def named() -> list[str]:
    return list(Person.objects.filter(phone=PHONE).order_by("pk").values_list("name", flat=True))


@pytest.mark.parametrize(
    "spelled",
    ["张三丰", "张 三 丰", "张　三　丰", "张\u00a0三丰", "张\u200b三丰", "\ufeff张三丰", "张三丰\u202c",
     "张三\U000e0100丰", "張三豐", "张\u00ad三丰", "张\u2060三丰", "张三\ufe0f丰", "张三\U000e0041丰", "張 三 豐 "],
)  # fmt: skip
def test_another_spelling_of_a_name_is_the_same_person(spelled: str) -> None:
    import_people(book(row("张三丰")), by=None)
    outcome = import_people(book(row(spelled, post="shelter_keeper")), by=None)
    assert (outcome.loaded, outcome.new_people) == (1, 0)
    assert named() == ["张三丰"]


@pytest.mark.parametrize(
    "spelled",
    ["+86 199 0001 0001", "0086-199-0001-0001", "86 19900010001", "１９９０００１０００１", "19900010001.0",
     19900010001, "199\u200b0001\u202c0001", "199‑0001‑0001", "(199)0001.0001", "1.9900010001E+10",
     "199\u00a00001\u00a00001"],
)  # fmt: skip
def test_another_spelling_of_a_number_is_the_same_person(spelled: Any) -> None:
    import_people(book(row("张三丰")), by=None)
    outcome = import_people(book(row("张三丰", spelled, post="shelter_keeper")), by=None)
    assert (outcome.loaded, outcome.new_people) == (1, 0)
    assert named() == ["张三丰"]


@pytest.mark.parametrize(
    "code", ["331126105229\u200b", "\ufeff331126105229", "３３１１２６１０５２２９", "331126105229\u202c"]
)
def test_a_unit_code_loses_what_draws_nothing(code: str) -> None:
    assert import_people(book(row("张三丰", code=code)), by=None).loaded == 1


def test_two_spellings_in_one_sheet_are_one_person() -> None:
    import_people(book(row("张三丰"), row("張 三豐", post="shelter_keeper")), by=None)
    assert named() == ["张三丰"]


def test_a_row_that_stands_twice_in_another_spelling_is_told() -> None:
    with pytest.raises(Refused) as refused:
        import_people(book(row("张三丰"), row("張三豐", "+86 199 0001 0001")), by=None)
    assert "row 2 already" in str(refused.value.problems[0])


@pytest.mark.parametrize("like", ["张叁丰", "张三", "张三峰", "张丰三", "章三丰"])
def test_the_same_number_with_a_like_name_is_asked_and_never_doubled_or_merged(like: str) -> None:
    import_people(book(row("张三丰")), by=None)
    sheet = book(row(like, post="shelter_keeper"))
    dry = import_people(sheet, by=None, dry_run=True)
    assert [(q.row, q.name, q.other) for q in dry.questions] == [(2, like, "张三丰")]
    with pytest.raises(Refused, match="problem") as refused:
        import_people(sheet, by=None)
    assert "same number as 张三丰: the same person?" in str(refused.value.problems[0])
    assert named() == ["张三丰"]
    import_people(sheet, by=None, decisions={2: "same"})
    assert named() == ["张三丰"]
    assert Person.objects.get(phone=PHONE).appointments.count() == 2


def test_somebody_else_with_the_same_number_is_registered_once_it_is_said() -> None:
    import_people(book(row("张三丰")), by=None)
    import_people(book(row("张三峰", post="shelter_keeper")), by=None, decisions={2: "other"})
    assert named() == ["张三丰", "张三峰"]


def test_two_like_rows_of_one_sheet_are_asked_about_too() -> None:
    sheet = book(row("张三丰"), row("张三峰", post="shelter_keeper"))
    assert [q.row for q in import_people(sheet, by=None, dry_run=True).questions] == [3]
    import_people(sheet, by=None, decisions={3: "same"})
    assert named() == ["张三丰"]


def test_people_who_share_a_number_and_are_not_alike_are_two_without_a_question() -> None:
    import_people(book(row("张三丰"), row("李莫愁", post="shelter_keeper")), by=None)
    assert named() == ["张三丰", "李莫愁"]


def test_the_page_asks_for_each_row_and_loads_what_was_said(browse: Callable[..., Client], admin: Person) -> None:
    import_people(book(row("张三丰")), by=None)
    client = browse(admin)
    rows = (row("张三峰", post="shelter_keeper"), row("张叁丰", post="village_head", code="331126105228"))
    upload = SimpleUploadedFile("a.xlsx", book(*rows))
    shown = client.post("/register/import/people/", {"p-file": upload})
    page = shown.content.decode()
    assert 'name="row-2"' in page
    assert 'name="row-3"' in page
    kept = {"key": shown.context["key"], "file": "a.xlsx", "replace": "on"}
    refused = client.post("/register/import/people/confirm/", {**kept, "row-2": "other"})
    assert [q["row"] for q in refused.context["outcome"]["questions"]] == [3]
    assert 'name="row-2" value="other"' in refused.content.decode(), "what was said before is kept"
    assert named() == ["张三丰"]
    done = client.post("/register/import/people/confirm/", {**kept, "row-2": "other", "row-3": "same"})
    assert done.status_code == 302
    assert named() == ["张三丰", "张三峰"]


def test_the_command_asks_by_row_and_takes_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    import_people(book(row("张三丰")), by=None)
    path.write_bytes(book(row("张三峰", post="shelter_keeper")))
    with pytest.raises(CommandError, match=r"same person\?[\s\S]*--same"):
        call_command("import_people", path)
    call_command("import_people", path, same=[2])
    assert named() == ["张三丰"]


def test_an_action_that_would_double_somebody_is_a_conflict_with_the_one_on_the_register(township_unit: Unit) -> None:
    first = actions.register_person(username="zsf", name="张三丰", phone=PHONE, unit=township_unit, by=None)
    asked = {"username": "zsf2", "name": "張三 豐", "phone": f"+86{PHONE}", "unit": township_unit, "by": None}
    with pytest.raises(Conflict) as refused:
        actions.register_person(**asked)
    assert (refused.value.code, refused.value.current["person"]) == ("same_person", first.pk)
    second = actions.register_person(**asked, distinct=True)
    assert (second.name, second.phone) == ("張三豐", PHONE)


def test_a_number_that_somebody_of_a_like_name_has_is_a_conflict_when_it_is_changed(township_unit: Unit) -> None:
    actions.register_person(username="zsf", name="张三丰", phone=PHONE, unit=township_unit, by=None)
    other = actions.register_person(username="zsf2", name="张三峰", unit=township_unit, by=None)
    with pytest.raises(Conflict):
        actions.change_phone(other, phone=PHONE, by=None)
    assert actions.change_phone(other, phone=PHONE, by=None, distinct=True).phone == PHONE


def test_a_username_differs_from_others_by_more_than_case_or_what_draws_nothing(township_unit: Unit) -> None:
    actions.register_person(username="zsf", name="张三丰", unit=township_unit, by=None)
    for username in ("ZSF", "zsf\u200b", "ｚｓｆ"):
        with pytest.raises(Conflict):
            actions.register_person(username=username, name="李四", unit=township_unit, by=None)


@pytest.mark.parametrize("typed", ["officer", "Officer", "officer ", "officer\u200b", "ｏｆｆｉｃｅｒ"])
def test_a_username_signs_in_however_a_keyboard_wrote_it(client: Client, typed: str) -> None:
    answer = client.post("/login/", {"username": typed, "password": "sanji-demo"})
    assert answer.status_code == 302, answer.content.decode()[:2000]


def test_spellings_of_one_username_are_locked_together(client: Client) -> None:
    for n in range(number("sign_in_failures")):
        typed = ("officer", "Officer", "officer\u200b", "OFFICER")[n % 4]
        answer = client.post("/login/", {"username": typed, "password": "wrong"})
    assert client.post("/login/", {"username": "officer", "password": "sanji-demo"}).status_code == answer.status_code
    assert answer.status_code in (403, 429)


def test_names_and_numbers_are_clean_whoever_writes_them(township_unit: Unit) -> None:
    made = Person.objects.bulk_create([Person(username="a\u200b1", name="张\u200b 三", phone="1990\u202c")])[0]
    kept = Person.objects.get(pk=made.pk)
    assert (kept.username, kept.name, kept.phone) == ("a1", "张三", "1990")
    Unit.objects.filter(pk=township_unit.pk).update(name="某\ufeff乡", phone="0578\u200b-1")
    township_unit.refresh_from_db()
    assert (township_unit.name, township_unit.phone) == ("某乡", "0578-1")
    assert Person.objects.filter(name="张 三\u200b").exists(), "a lookup is cleaned too"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("0578-6120000", "0578-6120000"), ("（0578）6120000", "0578-6120000"), ("05786120000", "0578-6120000"),
     ("+86 578 6120000", "0578-6120000"), ("010 8888 8888", "010-88888888"), ("021-62345678.0", "021-62345678"),
     ("6120000", "6120000"), ("+1 202 555 0100", "+12025550100"), ("", ""), ("\u200b", "")],
)  # fmt: skip
def test_a_fixed_line_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert phone_number(typed) == kept


@pytest.mark.parametrize("typed", ["1.99E+10", "1.99e10", "1.990001E+10", "2E+10"])
def test_a_number_that_a_spreadsheet_has_rounded_is_told_as_such(typed: str, township_unit: Unit) -> None:
    with pytest.raises(LostDigits):
        phone_number(typed)
    with pytest.raises(Invalid) as refused:
        actions.register_person(username="x", name="张三", phone=typed, unit=township_unit, by=None)
    assert "rounding" in str(refused.value.fields["phone"][0])


def test_doubles_of_before_are_listed_and_left(capsys: Any, township_unit: Unit) -> None:
    assert [double for double in doubles() if double.why == "number"] == []
    Person.objects.bulk_create(
        Person(username=f"p{number}", name=name, phone=PHONE)
        for number, name in enumerate(["张三丰", "張三豐", "李四"])
    )
    found = [double for double in doubles() if double.why == "number"]
    assert [[person.name for person in double.rows] for double in found] == [["张三丰", "張三豐"]]
    call_command("doubles")
    assert "张三丰 (p0" in capsys.readouterr().out
    assert Person.objects.filter(phone=PHONE).count() == 3


@pytest.mark.django_db(transaction=True)
def test_one_sheet_confirmed_twice_at_once_registers_nobody_twice() -> None:
    from django.db import connections

    sheet, loaded = book(row("张三丰")), []
    start = threading.Barrier(2, timeout=20)

    def load() -> None:
        start.wait()
        try:
            loaded.append(import_people(sheet, by=None).loaded)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(loaded) == [0, 1]
    assert named() == ["张三丰"]
