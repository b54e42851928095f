"""A red order rings the demo phone of a village head: a wrong key asks again, a number answers, the order's page shows
it within a second; the same by a text.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Page, expect

from board.demo.gateway import found_gateway
from command.actions import acknowledge, issue_order, open_incident
from command.models import Assignment, Order
from journal.actions.recording import SYSTEM
from notify.actions.deliver import Deliverer
from notify.models import Delivery, Inbound
from org.models import Person


@pytest.fixture
def ringing(server: Any) -> Iterator[None]:
    """The account of the demonstration, pointed to this server, and a deliverer at work."""
    before, settings.DEMO_EXCHANGE_URL = settings.DEMO_EXCHANGE_URL, f"{server.url}/demo/exchange/"
    hosts, settings.ALLOWED_HOSTS = settings.ALLOWED_HOSTS, ["*"]
    found_gateway(SYSTEM)
    stop = threading.Event()
    at_work = threading.Thread(target=_deliver, args=(stop,))
    at_work.start()
    yield
    stop.set()
    at_work.join(20)
    settings.DEMO_EXCHANGE_URL, settings.ALLOWED_HOSTS = before, hosts


def _deliver(stop: threading.Event) -> None:
    deliverer = Deliverer()
    while not stop.is_set():
        if not deliverer.turn():
            stop.wait(0.1)
    deliverer.close()
    connection.close()


def order_to_villages(channel: str) -> Order:
    """A red order to the heads of Jushui's villages, by this channel at once."""
    officer = Person.objects.get(username="officer")
    Delivery.objects.exclude(channel="in_app").update(state="cancelled")  # what another test has left ringing
    incident = open_incident(by=officer, title="山洪", category="natural_disaster", unit="331126")
    from notify.models import ReachRule

    ReachRule.objects.filter(alarm=True, asked="message").update(channels=[channel])
    return issue_order(
        by=officer, incident_id=incident.pk, text="立即转移山洪沟口群众", units=["331126206"], descendants=True,
        posts=["village_head"], ladder="red",
    )  # fmt: skip


def phone_of(page: Page, person: Person) -> Any:
    page.get_by_label("Name, unit or number").fill(person.phone)
    return page.locator(f"#phone-{person.pk}")


def test_a_village_head_is_rung_and_answers_with_a_number(
    server: Any, ringing: None, sign_in: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    desk, phones = sign_in(server, "officer"), sign_in(server, "officer")
    village = Person.objects.get(username="village")
    phones.goto("/demo/phones/")
    expect(phones.get_by_text("No telephone has anything to show")).to_be_visible()
    assert axe(phones) == []
    order = order_to_villages("voice")
    row = Assignment.objects.get(order=order, person=village)
    desk.goto(f"/orders/{order.pk}/")
    phone = phone_of(phones, village)
    phone.get_by_role("button", name="Answer", exact=True).click()
    expect(phone.locator(".phone-call-question")).to_contain_text("#" if village.language == "en" else "井号键")
    assert axe(phones) == []
    phone.get_by_role("button", name="Key *").click()
    expect(phone.locator(".phone-call-said")).to_contain_text("asked once more")
    before = desk.locator(".order-counts").inner_text()
    for key in "23":
        phone.get_by_role("button", name=f"Key {key}").click()
    expect(phone.locator(".phone-typed")).to_have_text("23")
    phone.get_by_role("button", name="Key #").click()
    expect(phone.locator(".phone-call-said")).to_contain_text("it is noted")
    answered = time.monotonic()
    expect(desk.locator(".order-counts")).not_to_have_text(before)
    assert time.monotonic() - answered < 3, "the page follows within a second; the machine may be slow"
    row.refresh_from_db()
    assert row.status == "received"
    phone.get_by_role("button", name="Close").click()
    expect(phone.locator(".phone-call")).to_have_count(0)


def test_a_second_wrong_key_ends_the_call(server: Any, ringing: None, sign_in: Callable[..., Page]) -> None:
    phones = sign_in(server, "officer", width=390, height=844)
    phones.goto("/demo/phones/")
    order = order_to_villages("voice")
    row = Assignment.objects.filter(order=order).exclude(person__username="village").select_related("person").first()
    phone = phone_of(phones, row.person)
    phone.get_by_role("button", name="Answer", exact=True).click()
    phone.get_by_role("button", name="Key *").click()
    expect(phone.locator(".phone-call-said")).to_contain_text("asked once more")
    phone.get_by_role("button", name="Key *").click()
    expect(phone.locator(".phone-call-said")).to_contain_text("the deputy is called")
    call = Delivery.objects.get(message__subject=f"assignment:{row.pk}", channel="voice")
    assert (call.state, call.outcome) == ("failed", "wrong_key")
    assert phones.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_same_by_text_and_what_answers_nothing_lies_in_the_inbox(
    server: Any, ringing: None, sign_in: Callable[..., Page]
) -> None:
    phones = sign_in(server, "officer", language="zh-hans", theme="light")
    phones.goto("/demo/phones/")
    order = order_to_villages("sms")
    row = Assignment.objects.filter(order=order).select_related("person").order_by("pk").last()
    phones.locator("#phones-q").fill(row.person.phone)
    phone = phones.locator(f"#phone-{row.person_id}")
    expect(phone.locator(".bubble-text").last).to_contain_text("立即转移")
    code = Delivery.objects.filter(message__subject=f"assignment:{row.pk}", channel="sms").get().message.reply_code
    phone.get_by_role("textbox").fill(f"{code} 已转移23人")
    phone.get_by_role("textbox").press("Enter")
    expect(phone.locator(".bubble-own")).to_contain_text("已转移23人")
    row.refresh_from_db()
    assert row.status == "received"
    delivered = Delivery.objects.get(message__subject=f"assignment:{row.pk}", channel="sms")
    assert delivered.outcome == "delivered"
    phone.get_by_role("textbox").fill("桥断了")
    phone.get_by_role("textbox").press("Enter")
    expect(phone.locator(".bubble-own").last).to_contain_text("桥断了")
    assert Inbound.objects.filter(state="open", person=row.person).exists()


def test_the_group_hears_of_an_order_once_and_the_village_proves_that_it_was_spoken(
    server: Any, ringing: None, sign_in: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    page = sign_in(server, "officer")
    page.goto("/demo/phones/#groups")
    village = Person.objects.get(username="village")
    order = order_to_villages("sms")
    group = page.locator("#group-331126206")
    told = group.locator(".bubble").filter(has_text=order.ref)
    expect(told).to_have_count(1)
    told.get_by_text("mentions").click()
    expect(told).to_contain_text(f"@{village.phone}")
    acknowledge(Assignment.objects.get(order=order, person=village).pk, by=village)
    expect(group.locator(".bubble-own").last).to_contain_text(village.name_en)
    expect(told.locator("details")).to_have_attribute("open", "")
    assert axe(page) == []
    page.get_by_role("link", name="Loudspeakers").click()
    unit = Assignment.objects.select_related("unit").get(order=order, person=village).unit
    speaker = page.locator(f"#speaker-{unit.code}")
    expect(speaker).to_contain_text("立即转移山洪沟口群众")
    expect(speaker).to_contain_text("played")
    assert axe(page) == []
    spoken = Delivery.objects.get(channel="loudspeaker", address=unit.code, message__group=f"order:{order.pk}")
    assert (spoken.outcome, spoken.heard_at) == ("delivered", None), "it spoke; whether anybody listened nobody knows"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
