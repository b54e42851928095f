"""The live line in real browsers: an officer and a village, cut lines, blocked sockets, alarms, the wall."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from command import actions
from command.models import Assignment, Order
from early_warning.actions.feeds import add_feed
from early_warning.models import Feed, Warning
from journal.actions.recording import SYSTEM
from org.models import Person, Unit
from tests.support.cap import post_cap

YUESHAN = "331126206200"
READY = "[data-ready='yes']"
LIVE = "[data-live-badge][data-state='live']"


def issue(**more: Any) -> Order:
    officer = Person.objects.get(username="officer")
    incident = actions.open_incident(by=officer, title="暴雨", category="natural_disaster", unit="331126", grade="III")
    return actions.issue_order(
        by=officer,
        incident_id=incident.pk,
        text="转移群众",
        units=[YUESHAN],
        ladder="red",
        posts=["village_head"],
        **more,
    )


def live_map(page: Page, path: str) -> Page:
    page.goto(path)
    page.wait_for_selector(READY)
    page.wait_for_selector(LIVE)
    return page


def area(page: Page, state: str) -> None:
    """Wait until Yueshan alone wears the state."""
    page.until(f"document.querySelectorAll('path.area-village.st-{state}').length === 1")


NOTE_CHANGES = """() => {
  window.untouched = true;  // a reload would lose it
  window.changed = [0, 0];
  let warnings = document.querySelectorAll('path.area-warning').length, rows = '';
  new MutationObserver(() => {
    const now = document.querySelectorAll('path.area-warning').length;
    const list = [...document.querySelectorAll('[data-warning]')].map((row) => row.id).join();
    if (now !== warnings && now) [warnings, window.changed[0]] = [now, Date.now()];
    if (list !== rows) [rows, window.changed[1]] = [list, Date.now()];
  }).observe(document.body, { childList: true, subtree: true });
}"""
"""When the map and the list last changed, by the browser's own clock, which is this machine's."""


@pytest.mark.quiet
def test_a_warning_posted_to_the_door_is_on_open_screens_within_a_second(
    server: Any, sign_in: Callable[..., Page]
) -> None:
    """Two people, no reload: the officer's map draws it and the alarm comes up; the village's own page stays."""
    token = add_feed("test", "测试平台", Unit.objects.get(code="331126"), by=SYSTEM)[1]
    assert Feed.objects.filter(code="test").exists()
    officer, village = sign_in(server, "officer"), sign_in(server, "village", width=390, height=844)
    live_map(officer, "/")
    village.goto("/orders/mine/")
    village.wait_for_selector(LIVE)
    officer.evaluate(NOTE_CHANGES)
    before = officer.locator("path.area-warning").count()
    taken = []
    for n in (1, 2, 3):  # the first finds everything cold
        assert post_cap(server, token, f"33112641600000_2026070910150{n}_9") == 201
        told = time.time()
        ref = Warning.objects.latest("pk").ref
        officer.until(f"document.querySelectorAll('path.area-warning').length >= {before + n}")
        officer.until(f"document.getElementById('left').textContent.includes('{ref}')")
        drawn, listed = officer.evaluate("window.changed")
        taken.append((drawn / 1000 - told, listed / 1000 - told))
    assert officer.evaluate("window.untouched") is True
    assert min(max(pair) for pair in taken) <= 1, taken
    expect(officer.locator("[data-alarm-row='alarm']").first).to_be_visible()


def test_an_answer_on_the_villages_phone_recolours_the_officers_map(server: Any, sign_in: Callable[..., Page]) -> None:
    order = issue()
    officer, village = sign_in(server, "officer"), sign_in(server, "village", width=390, height=844)
    live_map(officer, f"/?incident={order.incident_id}")
    area(officer, "called")
    row = Assignment.objects.get(order=order)
    village.goto(f"/orders/mine/{row.pk}/")
    village.wait_for_selector(LIVE)
    village.get_by_role("button", name="Received", exact=True).first.click()
    area(officer, "received")
    expect(officer.locator("#events")).to_contain_text("received the order")
    # And the other way: what the officer logs changes the phone.
    actions.progress(row.pk, by=Person.objects.get(username="officer"), step="in_place")
    expect(village.locator("#main")).to_contain_text("In place")
    area(officer, "in_place")


def test_a_cut_line_says_how_old_the_page_is_and_catches_up_by_replay(
    own_server: Any, sign_in: Callable[..., Page]
) -> None:
    order = issue()
    page = sign_in(own_server, "officer")
    page.expected_errors += ["WebSocket", "ERR_", "Failed to load resource", "Failed to fetch"]
    live_map(page, f"/?incident={order.incident_id}")
    area(page, "called")
    own_server.stop()
    page.wait_for_selector("[data-live-badge]:not([data-state='live'])")
    row = Assignment.objects.get(order=order)
    actions.acknowledge(row.pk, by=row.person)
    page.wait_for_selector("[data-live-badge][data-state='offline']", timeout=30_000)
    assert page.locator("path.area-village.st-called").count() == 1
    own_server.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    area(page, "received")
    page.wait_for_selector(LIVE)


def test_where_sockets_are_blocked_the_page_polls_the_same_cursor(server: Any, sign_in: Callable[..., Page]) -> None:
    order = issue()
    page = sign_in(server, "officer")
    page.expected_errors += ["WebSocket"]
    page.route_web_socket("**/ws/live/**", lambda socket: socket.close(code=1011))
    page.goto(f"/?incident={order.incident_id}")
    page.wait_for_selector(READY)
    page.wait_for_selector("[data-live-badge][data-state='polling']")
    row = Assignment.objects.get(order=order)
    actions.acknowledge(row.pk, by=row.person)
    area(page, "received")
    expect(page.locator("#events")).to_contain_text("received the order")


def test_an_event_comes_once_although_every_replay_overlaps(server: Any, sign_in: Callable[..., Page]) -> None:
    order = issue()
    page = live_map(sign_in(server, "officer"), f"/?incident={order.incident_id}")
    page.evaluate(
        """async () => {
          const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
          const address = loaded.find((name) => /core\\/live\\./.test(name));
          const { onFrame } = await import(address);
          window.heard = [];
          onFrame((frame) => window.heard.push(frame.seq)); }"""
    )
    row = Assignment.objects.get(order=order)
    actions.acknowledge(row.pk, by=row.person)
    area(page, "received")
    page.evaluate("navigator.__defineGetter__('onLine', () => true)")
    for _ in range(2):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    actions.progress(row.pk, by=row.person, step="done")
    area(page, "done")
    heard = page.evaluate("window.heard")
    assert len(heard) == len(set(heard)) >= 2


def test_acknowledging_an_alarm_silences_the_other_tab(server: Any, sign_in: Callable[..., Page]) -> None:
    first = sign_in(server, "village")
    second = first.context.new_page()
    for page in (first, second):
        page.goto("/orders/mine/")
        page.wait_for_selector(LIVE)
    assert first.locator("[data-alarm-row='alarm']").count() == second.locator("[data-alarm-row='alarm']").count()
    issue()
    for page in (first, second):
        expect(page.locator("[data-alarm-row='alarm']").first).to_be_visible()
    flashing = "document.title.includes('ALARM')"
    first.until(flashing)
    while (count := first.locator("[data-alarm-row]").count()) > 0:
        first.locator("[data-alarm-row] form button").first.click()
        first.until(f"document.querySelectorAll('[data-alarm-row]').length < {count}")
    expect(second.locator("[data-alarm-row]")).to_have_count(0)
    assert not first.evaluate(flashing)


def test_a_page_that_may_not_sound_yet_offers_to(server: Any, sign_in: Callable[..., Page]) -> None:
    issue()
    page = sign_in(server, "village")
    page.goto("/orders/mine/")
    offer = page.get_by_role("button", name="Enable sound")
    expect(offer).to_be_visible()
    box = offer.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    expect(offer).to_have_count(0)


@pytest.mark.quiet
def test_the_wall_shouts_when_it_is_not_live_and_comes_back_by_itself(
    own_server: Any, sign_in: Callable[..., Page]
) -> None:
    page = sign_in(own_server, "officer", width=1920, height=1080)
    page.expected_errors += ["WebSocket", "ERR_", "Failed to load resource", "Failed to fetch"]
    live_map(page, "/wall/")
    shout = page.get_by_text("NOT LIVE")
    expect(shout).not_to_be_visible()
    own_server.stop()
    expect(shout).to_be_visible(timeout=30_000)
    own_server.start()
    expect(shout).not_to_be_visible(timeout=40_000)


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160)])
def test_the_wall_is_written_large_enough_to_be_read_across_the_room(
    server: Any, sign_in: Callable[..., Page], width: int, height: int
) -> None:
    """No text under one fifty-fifth of the screen's height: 20 mm on a 55-inch screen."""
    page = live_map(sign_in(server, "officer", width=width, height=height), "/wall/")
    small = page.evaluate(
        """(least) => [...document.querySelectorAll('.wall *')].filter((e) => e.offsetParent
          && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())
          && parseFloat(getComputedStyle(e).fontSize) < least && !e.closest('.visually-hidden, .level-badge'))
          .map((e) => e.outerHTML.slice(0, 200))""",
        height / 55 * 1.5,
    )
    assert small == []
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        width,
        height,
    ]
