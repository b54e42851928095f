"""From a red warning to the demo phone of a village head: a wrong key asks again, a number answers, map and order page
show it within a second; three telephones without a network mark a village as cut off; the same by a text.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Page, expect

from board.demo.gateway import found_gateway
from command.actions import acknowledge, issue_order
from command.models import Assignment, CutOff, Incident, Order
from database.clock import now
from early_warning.actions import add_feed, turn_into_incident
from early_warning.models import Warning
from journal.actions.recording import SYSTEM
from journal.actions.relays import run_pending
from journal.timers import fire_due
from notify.actions.deliver import Deliverer
from notify.models import Delivery, Inbound, ReachRule
from org.models import Person, Unit
from tests.support.cap import post_cap
from tests.support.processes import eventually


@pytest.fixture
def warned(server: Any) -> Incident:
    """The incident of a red warning that a platform has posted."""
    officer, county = Person.objects.get(username="officer"), Unit.objects.get(code="331126")
    CutOff.objects.filter(lifted_at=None).update(lifted_at=now())
    number = Warning.objects.count()
    token = add_feed(f"ring-{number}", "测试平台", county, by=SYSTEM)[1]
    assert post_cap(server, token, f"33112641600000_20260709{number:06}_8") == 201
    incident = turn_into_incident(Warning.objects.latest("pk").pk, by=officer)
    while run_pending():
        pass
    # The warning has called the desk, and other tests the villages: neither rings any more.
    Delivery.objects.exclude(channel="in_app").update(state="cancelled")
    return incident


@pytest.fixture
def ringing(server: Any, warned: Incident) -> Iterator[None]:
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
    """As the deliverer and the worker do."""
    deliverer = Deliverer()
    while not stop.is_set():
        done = deliverer.turn() + run_pending() + fire_due()
        if not done:
            stop.wait(0.1)
    deliverer.close()
    connection.close()


def order_to_villages(incident: Incident, channel: str, *, posts: Sequence[str] = ("village_head",)) -> Order:
    """An order on the warning's own ladder to Jushui's villages, by this channel at once."""
    ReachRule.objects.filter(alarm=True, asked="message").update(channels=[channel])
    order = issue_order(
        by=Person.objects.get(username="officer"), incident_id=incident.pk, text="立即转移山洪沟口群众",
        units=["331126206"], descendants=True, posts=list(posts), ladder="",
    )  # fmt: skip
    assert order.colour == "red", "the warning's"
    return order


def phone_of(page: Page, person: Person) -> Any:
    page.get_by_label("Name, unit or number").fill(person.phone)
    return page.locator(f"#phone-{person.pk}")


SEEN = """(what) => {
  window.changes = [];
  let last = "";
  new MutationObserver(() => {
    const found = document.querySelector(what.text)?.innerText ?? document.querySelectorAll(what.count).length;
    if (String(found) !== last) window.changes.push([String(found), Date.now()]);
    last = String(found);
  }).observe(document.body, { childList: true, subtree: true, attributes: true, characterData: true });
}"""
"""Keeps when a text, or the number of elements, changed, by the browser's clock, which is this machine's."""


def answer_by_keys(phone: Any, keys: str) -> float:
    """The call is answered and this number is given; returns when its last key was pressed."""
    phone.get_by_role("button", name="Answer", exact=True).click()
    for key in keys:
        phone.get_by_role("button", name=f"Key {key}").click()
    expect(phone.locator(".phone-typed")).to_have_text(keys)
    pressed = time.time()
    phone.get_by_role("button", name="Key #").click()
    expect(phone.locator(".phone-call-said")).to_contain_text("it is noted")
    return pressed


def since(page: Page, pressed: float) -> float:
    """Seconds until the page changed after a key was pressed."""
    page.until(f"window.changes.some(([, at]) => at >= {pressed * 1000})")
    return min(at / 1000 for _, at in page.evaluate("window.changes") if at / 1000 >= pressed) - pressed


@pytest.mark.quiet
def test_from_a_red_warning_to_the_map_within_a_second(
    server: Any, ringing: None, warned: Incident, sign_in: Callable[..., Page]
) -> None:
    """Heads of villages answer in turn, until one is seen that fast: the first finds everything cold."""
    desk, chart, phones = (sign_in(server, "officer") for _ in range(3))
    order = order_to_villages(warned, "voice")
    desk.goto(f"/orders/{order.pk}/")
    chart.goto(f"/?incident={warned.pk}")
    phones.goto("/demo/phones/")
    for page in (desk, chart):
        page.wait_for_selector("[data-live-badge][data-state='live']")
    chart.wait_for_selector("path.area-village.st-called")
    desk.evaluate(SEEN, {"text": ".order-counts", "count": "none"})
    chart.evaluate(SEEN, {"text": "none", "count": "path.area-village.st-received"})
    taken = []
    rows = Assignment.objects.filter(order=order).exclude(person=None).select_related("person")
    for row in rows:
        pressed = answer_by_keys(phone_of(phones, row.person), "23")
        taken.append((since(desk, pressed), since(chart, pressed)))
        row.refresh_from_db()
        assert row.status == "received"
        if max(taken[-1]) <= 1:
            break
    assert len(taken) >= 1
    assert min(max(pair) for pair in taken) <= 1, taken


def test_a_village_whose_telephones_have_no_network_is_presumed_cut_off(
    server: Any, ringing: None, warned: Incident, sign_in: Callable[..., Page]
) -> None:
    """The runner's rung follows at once, on the officer's screen too; a text from the village lifts the mark."""
    desk, phones = sign_in(server, "officer"), sign_in(server, "officer")
    order = order_to_villages(warned, "voice", posts=["village_head", "grid_worker", "flood_warner", "village_deputy"])
    lines = Assignment.objects.filter(order=order).select_related("person", "unit").order_by("unit_id", "pk")
    village = next(row.unit for row in lines if sum(other.unit_id == row.unit_id for other in lines) >= 3)
    mine = [row for row in lines if row.unit_id == village.pk][:3]
    desk.goto(f"/?incident={warned.pk}")
    phones.goto("/demo/phones/")
    for row in mine:
        phone_of(phones, row.person).get_by_role("button", name="Out of coverage").click()
    desk.wait_for_selector("path.area-village.cut-off")
    eventually(lambda: set(lines.filter(unit=village).values_list("climbed_to", flat=True)) == {"runner"}, "the runner")
    phone = phone_of(phones, mine[0].person)
    phone.get_by_role("textbox").fill("1")
    phone.get_by_role("textbox").press("Enter")
    expect(desk.locator("path.area-village.cut-off")).to_have_count(0)
    assert CutOff.objects.get(unit=village, lifted_at__gt=order.issued_at).lifted_at is not None


def test_a_village_head_is_rung_and_answers_with_a_number(
    server: Any, ringing: None, warned: Incident, sign_in: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    desk, phones = sign_in(server, "officer"), sign_in(server, "officer")
    village = Person.objects.get(username="village")
    phones.goto("/demo/phones/")
    expect(phones.get_by_text("No telephone has anything to show")).to_be_visible()
    assert axe(phones) == []
    order = order_to_villages(warned, "voice")
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
    expect(desk.locator(".order-counts")).not_to_have_text(before)
    row.refresh_from_db()
    assert row.status == "received"
    phone.get_by_role("button", name="Close").click()
    expect(phone.locator(".phone-call")).to_have_count(0)


def test_a_second_wrong_key_ends_the_call(
    server: Any, ringing: None, warned: Incident, sign_in: Callable[..., Page]
) -> None:
    phones = sign_in(server, "officer", width=390, height=844)
    phones.goto("/demo/phones/")
    order = order_to_villages(warned, "voice")
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
    server: Any, ringing: None, warned: Incident, sign_in: Callable[..., Page]
) -> None:
    phones = sign_in(server, "officer", language="zh-hans", theme="light")
    phones.goto("/demo/phones/")
    order = order_to_villages(warned, "sms")
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
    server: Any, ringing: None, warned: Incident, sign_in: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    page = sign_in(server, "officer")
    page.goto("/demo/phones/#groups")
    village = Person.objects.get(username="village")
    order = order_to_villages(warned, "sms")
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
