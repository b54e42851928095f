"""The search: what it finds, for whom, and at what cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from board.selectors.search import Hit, search
from command import actions
from command.models import Order
from org.models import Person

pytestmark = pytest.mark.django_db


def hits(person: Person, text: str) -> list[Hit]:
    return [hit for group in search(person, text) for hit in group.hits]


@pytest.mark.parametrize("text", ["月山", "Yueshan", "yueshan", "yue shan", "331126206200", "331126206200000"[:12]])
def test_a_village_is_found_by_name_pinyin_and_code(officer: Person, text: str) -> None:
    assert "331126206200" in {hit.unit for hit in hits(officer, text)}


def test_what_begins_with_the_text_comes_first_and_townships_before_villages(officer: Person) -> None:
    assert [hit.unit for hit in hits(officer, "Lingtou")][:2] == ["331126200", "331126200201"]


def test_a_person_is_found_by_name_and_by_digits_of_the_phone(officer: Person, village: Person) -> None:
    spaced = f"{village.phone[:3]} {village.phone[3:7]} {village.phone[7:]}"
    for text in (village.name, village.name_en, village.phone[-8:], spaced):
        assert village.phone in {hit.phone for hit in hits(officer, text)}, text


def test_incidents_and_orders_are_found_by_word_and_number(officer: Person, order: Order) -> None:
    assert f"/incidents/{order.incident_id}/" in {hit.href for hit in hits(officer, "上游暴雨")}
    assert f"/orders/{order.pk}/" in {hit.href for hit in hits(officer, order.ref)}
    assert f"/orders/{order.pk}/" in {hit.href for hit in hits(officer, "低洼处")}


def test_a_township_finds_nothing_of_another(officer: Person, township: Person) -> None:
    actions.open_incident(by=officer, title="岭头险情", category="accident", unit="331126200", grade="IV")
    assert hits(officer, "岭头")
    assert hits(township, "岭头") == []
    stranger = Person.objects.filter(appointments__unit__code="331126200201").first()
    assert hits(township, stranger.phone) == []


def test_a_search_costs_at_most_six_statements_beside_the_jurisdiction(
    officer: Person, order: Order, queries: Callable[[Callable[[], Any]], int]
) -> None:
    search(officer, "x")
    for text in ("山", "a", "yue shan", "1990", order.ref):
        assert queries(lambda text=text: search(officer, text)) <= 6, text


def test_blank_text_asks_nothing_and_markup_is_shown_as_text(browse: Callable[..., Client], officer: Person) -> None:
    assert search(officer, "   ") == []
    page = browse(officer).get("/search/", {"q": "<script>x"}).content.decode()
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


def test_the_dialog_gets_a_fragment_and_a_reader_without_scripts_a_page(
    browse: Callable[..., Client], officer: Person
) -> None:
    client = browse(officer)
    assert "<html" in client.get("/search/", {"q": "月山"}).content.decode()
    assert "<html" not in client.get("/search/", {"q": "月山"}, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize(
    "typed",
    ["岭头", "嶺頭", "嶺 頭", "岭\u200b头", "岭　头", "LINGTOU", "ｌｉｎｇｔｏｕ", "ling tou", "lǐng tóu", "ling'tou",
     "331126200", "３３１１２６２００"],
)  # fmt: skip
def test_a_unit_is_found_however_its_name_or_code_is_spelled(officer: Person, typed: str) -> None:
    assert "331126200" in {hit.unit for hit in hits(officer, typed)}


@pytest.mark.parametrize("typed", ["三级", "3级", "３级", "Ⅲ级", "III级", "三 級", "叁级"])
@pytest.mark.parametrize("written", ["三级响应", "3级响应", "Ⅲ级响应", "III級响应"])
def test_numerals_are_found_in_every_script(officer: Person, typed: str, written: str) -> None:
    opened = actions.open_incident(
        by=officer, title=f"启动{written}", category="accident", unit="331126200", grade="IV"
    )
    assert f"/incidents/{opened.pk}/" in {hit.href for hit in hits(officer, typed)}


@pytest.mark.parametrize("dress", ["+86 {}", "0086{}", "+86-{}", "（{}）", "{}\u202c", "+８６{}"])
def test_a_number_is_found_with_its_country_and_separators(officer: Person, village: Person, dress: str) -> None:
    assert village.phone in {hit.phone for hit in hits(officer, dress.format(village.phone))}


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "'", "-", "·", "\x00"])
def test_what_draws_nothing_finds_nothing(officer: Person, typed: str) -> None:
    assert search(officer, typed) == []


@pytest.mark.parametrize("typed", ["(", "[", "a{", "\\", "*", "?+", "$^", "|", "[[:alpha:]]", "x" * 500])
def test_signs_of_a_pattern_are_looked_for_as_they_are(officer: Person, typed: str) -> None:
    assert all(typed.lower() in hit.title.lower() for hit in hits(officer, typed))


def test_a_person_is_found_by_the_reading_of_their_surname(officer: Person, village: Person) -> None:
    Person.objects.filter(pk=village.pk).update(name="单晓东", name_en="")
    Person.objects.get(pk=village.pk).save()
    for typed in ("shanxiaodong", "Shan Xiaodong", "shān", "單曉東", "单 晓 东"):
        assert village.phone in {hit.phone for hit in hits(officer, typed)}, typed
    assert village.phone not in {hit.phone for hit in hits(officer, "danxiaodong")}
