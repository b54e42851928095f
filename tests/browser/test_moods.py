"""Networks that answer in our place, swallow, keep back or fall silent: nothing is lost, nothing of theirs believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from command import actions
from command.models import Assignment, Order
from org.models import Person
from tests.browser.moods import CLEAR, FOREIGN, Proxy

pytestmark = pytest.mark.browser

NETWORK = ["Failed to load resource", "WebSocket", "ERR_", "Failed to fetch", "htmx:"]


def person(username: str) -> Person:
    return Person.objects.get(username=username)


def order_to_jushui(text: str = "封闭桥头漫水路段") -> Assignment:
    order = actions.issue_order(
        by=person("officer"), incident_id=None, text=text, units=["331126206"], descendants=True, ladder="orange"
    )
    return Assignment.objects.get(order=order, person__username="village")


@pytest.fixture
def row(server: object) -> Iterator[Assignment]:
    """What the village head is asked; called off at the end."""
    yield order_to_jushui()
    for order in Order.objects.filter(status="in_force"):
        actions.call_off(order.pk, by=order.issued_by, reason="下一项测试")


@pytest.fixture
def phone(proxy: Proxy, sign_in: Callable[..., Page]) -> Page:
    page = sign_in(proxy, "village", width=390, height=844, has_touch=True)
    page.expected_errors.extend(NETWORK)  # type: ignore[attr-defined]
    return page


def status_of(row: Assignment) -> str:
    row.refresh_from_db()
    return row.status


@pytest.mark.parametrize("mood", [*FOREIGN, "loses_answers", "silent"])
def test_a_tap_answered_by_anybody_but_our_server_waits_and_arrives_once(
    proxy: Proxy, phone: Page, row: Assignment, mood: str
) -> None:
    phone.clock.install()
    phone.goto("/orders/mine/")
    card = phone.locator(f"#order-card-{row.pk}")
    line = phone.locator(f'[data-send-state="{row.pk}"]')
    expect(card.get_by_role("button", name="Received")).to_be_visible()
    proxy.mood = mood
    card.get_by_role("button", name="Received").tap()
    if mood == "silent":  # nothing comes: it is given up after 20 s
        expect(line).to_contain_text("Sending")
        phone.clock.fast_forward(25_000)
    expect(line).to_contain_text("Not sent")
    assert "Sent " not in line.inner_text()
    assert status_of(row) == ("received" if mood == "loses_answers" else "called")
    proxy.mood = CLEAR
    phone.clock.fast_forward(61_000)
    expect(card.locator("button.btn-big")).to_have_text("Passed on")
    assert status_of(row) == "received"
