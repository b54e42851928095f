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
