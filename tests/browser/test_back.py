"""Back, the browser's memory and tabs opened again: whole pages of now, and no button of what was called off."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from command import actions
from command.models import Assignment, Order
from org.models import Person

pytestmark = pytest.mark.browser

FROM_MEMORY = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
"""What the browser does when it shows a page as it left it; browsers that are driven keep none."""


def person(username: str) -> Person:
    return Person.objects.get(username=username)


@pytest.fixture(autouse=True)
def _nothing_else_is_asked(server: Any) -> None:
    for order in Order.objects.filter(status="in_force"):
        actions.call_off(order.pk, by=order.issued_by, reason="下一项测试")


@pytest.fixture
def order(server: Any) -> Order:
    return actions.issue_order(
        by=person("officer"), incident_id=None, text="封闭桥头", units=["331126206"], descendants=True, ladder="orange"
    )


@pytest.fixture
def phone(server: Any, sign_in: Any) -> Page:
    page = sign_in(server, "village", width=360, height=740, has_touch=True)
    page.expected_errors.extend(["WebSocket", "Failed to fetch", "ERR_"])
    return page


def card(page: Page, order: Order) -> Any:
    mine = Assignment.objects.get(order=order, person__username="village")
    return page.locator(f"#order-card-{mine.pk}")


def test_back_to_an_order_that_was_called_off_meanwhile_offers_no_answer(server, phone, order):
    phone.goto("/orders/mine/")
    expect(card(phone, order).get_by_role("button", name="Received")).to_be_visible()
    phone.goto("/me/")
    actions.call_off(order.pk, by=order.issued_by, reason="险情解除")
    phone.go_back()
    expect(phone.get_by_role("heading", name="My orders")).to_be_visible()
    expect(card(phone, order).get_by_role("button", name="Received")).to_have_count(0)


def test_back_shows_the_whole_page_also_where_a_part_has_the_same_address(server, phone, order):
    phone.goto("/orders/mine/")
    with phone.expect_response("**/orders/mine/"):
        phone.evaluate("fetch('/orders/mine/', {headers: {'HX-Request': 'true'}}).then((answer) => answer.text())")
    phone.goto("/me/")
    phone.go_back()
    expect(phone.locator(".phone-bar")).to_be_visible()
    expect(phone.locator("html")).to_have_attribute("data-me", str(person("village").pk))


def test_a_page_out_of_the_browsers_memory_acts_only_once_it_is_of_now(server, phone, order):
    phone.goto("/orders/mine/")
    button = card(phone, order).get_by_role("button", name="Received")
    expect(button).to_be_visible()
    held: list[Any] = []
    sent: list[str] = []
    phone.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    phone.route("**/orders/mine/", lambda route: held.append(route))
    phone.route_web_socket("**/ws/live/**", lambda _line: None)
    phone.evaluate(FROM_MEMORY)
    button.tap()
    expect(phone.locator(".toast-item")).to_contain_text("being brought up to date")
    actions.call_off(order.pk, by=order.issued_by, reason="险情解除")
    phone.until("document.body.dataset.old !== undefined")
    for _look in range(500):
        if held:
            break
        phone.wait_for_timeout(20)
    phone.unroute("**/orders/mine/")  # which lets go on what was held
    phone.until("document.body.dataset.old === undefined")
    expect(button).to_have_count(0)
    assert not [url for url in sent if "/act/" in url]


def test_without_a_connection_a_page_out_of_the_memory_goes_on_when_it_is_back(server, phone, order):
    phone.goto("/orders/mine/")
    expect(card(phone, order)).to_be_visible()
    phone.context.set_offline(True)
    phone.evaluate(FROM_MEMORY)
    phone.until("document.body.dataset.old !== undefined")
    phone.context.set_offline(False)
    phone.until("document.body.dataset.old === undefined", 30)
    card(phone, order).get_by_role("button", name="Received").tap()
    expect(card(phone, order).get_by_role("button", name="Passed on")).to_be_visible()


def test_a_page_with_an_act_outside_its_moving_parts_is_loaded_anew(server, sign_in):
    page = sign_in(server, "officer")
    page.goto("/orders/new/")
    with page.expect_navigation():
        page.evaluate(FROM_MEMORY)
    expect(page.locator("#main form").first).to_be_visible()


def test_a_page_out_of_the_memory_of_somebody_who_signed_out_shows_nothing(server, phone, order):
    phone.expected_errors.extend(["401", "403"])
    phone.goto("/orders/mine/")
    (cookie,) = [one for one in phone.context.cookies() if one["name"] == "sessionid"]
    Session.objects.filter(session_key=cookie["value"]).delete()
    phone.evaluate(FROM_MEMORY)
    phone.wait_for_url("**/login/**")
    assert "封闭桥头" not in phone.content()


def test_a_tab_that_is_opened_again_shows_what_is_now(server, phone, order):
    phone.goto("/orders/mine/")
    expect(card(phone, order)).to_be_visible()
    address, context = phone.url, phone.context
    phone.close()
    actions.call_off(order.pk, by=order.issued_by, reason="险情解除")
    again = context.new_page()
    again.goto(address)
    expect(again.get_by_role("heading", name="My orders")).to_be_visible()
    expect(again.get_by_role("button", name="Received")).to_have_count(0)
    again.close()


def test_a_part_of_a_page_opened_as_a_page_leads_to_a_page(server, phone, order):
    phone.goto("/me/alarms/")
    expect(phone.locator("html[data-me]")).to_be_attached()
