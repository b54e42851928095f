"""Alarms outside the page, by the service worker: each told once, taken away when over, never in the bar's way."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from command import actions
from command.models import Order
from org.models import Person
from web.errors import ActionError

pytestmark = pytest.mark.browser

RINGS = "[data-alarm-row='alarm']"
AWAY = "Object.defineProperty(document, 'hasFocus', {value: () => false});"
"""The person looks at something else; a page that a test drives is always in front."""
SYSTEM = """
    // Chromium's headless shell grants no notifications to anybody: what the system would show is written down instead.
    const shown = () => JSON.parse(localStorage.getItem('shown') || '[]');
    const keep = (notes) => localStorage.setItem('shown', JSON.stringify(notes));
    const granted = {configurable: true, get: () => 'granted'};
    if (window.Notification) Object.defineProperty(Notification, 'permission', granted);
    window.ServiceWorkerRegistration.prototype.showNotification = async function (title, {tag, body, data}) {
        if (this.active === null) throw new TypeError('no active worker');
        keep([...shown().filter((note) => note.tag !== tag), {title, tag, body, data}]);
    };
    ServiceWorkerRegistration.prototype.getNotifications = async () => shown().map(
        (note) => ({...note, close: () => keep(shown().filter((other) => other.tag !== note.tag))})
    );
"""
TOLD = """async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const notes = registration ? await registration.getNotifications() : [];
    return notes.map((note) => ({tag: note.tag, body: note.body, data: note.data}));
}"""


def person(username: str) -> Person:
    return Person.objects.get(username=username)


def order(text: str = "立即转移") -> Order:
    return actions.issue_order(
        by=person("officer"), incident_id=None, text=text, units=["331126206"], descendants=True, ladder="red"
    )


@pytest.fixture(autouse=True)
def _nothing_else_rings(server: Any) -> Any:
    yield
    for other in Order.objects.filter(status="in_force"):
        with contextlib.suppress(ActionError):
            actions.call_off(other.pk, by=other.issued_by, reason="下一项测试")


@pytest.fixture
def phone(server: Any, sign_in: Any) -> Page:
    page = sign_in(server, "village", width=360, height=740, has_touch=True)
    page.context.add_init_script(AWAY + SYSTEM)
    return page


def told(page: Page, number: int) -> list[dict[str, Any]]:
    for _look in range(400):
        found: list[dict[str, Any]] = page.evaluate(TOLD)
        if len(found) == number:
            return found
        page.wait_for_timeout(40)
    raise AssertionError(f"{len(found)} notifications, not {number}: {found}")


def test_an_alarm_is_told_through_the_worker_on_a_page_that_has_nothing_to_do_with_hazards(phone):
    order()
    phone.add_init_script(
        "window.Notification = class { constructor() { throw new TypeError('as on Android'); } };"
        "window.Notification.permission = 'granted';"
    )
    phone.goto("/orders/mine/")
    (note,) = told(phone, 1)
    number = phone.locator(RINGS).first.get_attribute("id")
    assert note["tag"] == number
    assert "立即转移" in note["body"]
    assert note["data"]["url"].startswith("/orders/")


def test_what_another_window_told_already_is_not_told_again_and_a_new_one_is(phone):
    order()
    phone.goto("/orders/mine/")
    (first,) = told(phone, 1)
    phone.evaluate(
        "async () => { for (const n of await (await navigator.serviceWorker.ready).getNotifications()) n.close(); }"
    )
    other = phone.context.new_page()
    other.goto("/me/")
    expect(other.locator(RINGS).first).to_be_visible()
    order("第二道命令")
    expect(other.locator(RINGS)).to_have_count(2)
    (second,) = told(other, 1)
    assert second["tag"] != first["tag"]
    assert "第二道命令" in second["body"]


def test_it_is_closed_when_the_alarm_is_acknowledged_on_another_screen(server, phone, sign_in):
    order()
    phone.goto("/orders/mine/")
    told(phone, 1)
    desk = sign_in(server, "village")
    desk.goto("/me/")
    desk.locator(RINGS).first.locator("form button").first.click()
    expect(desk.locator(RINGS)).to_have_count(0)
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    told(phone, 0)


def test_it_is_closed_when_what_rang_is_called_off(server, phone):
    row = order()
    phone.goto("/orders/mine/")
    told(phone, 1)
    actions.call_off(row.pk, by=row.issued_by, reason="险情解除")
    phone.until(
        "![...document.querySelectorAll('[data-alarm-text]')].some((text) => text.textContent.includes('立即转移'))", 40
    )
    for note in phone.evaluate(TOLD):
        assert "立即转移" not in note["body"]


@pytest.mark.parametrize(
    "broken",
    [
        "ServiceWorkerRegistration.prototype.showNotification = () => { throw new Error('revoked'); };",
        "ServiceWorkerRegistration.prototype.getNotifications = () => Promise.reject(new Error('gone'));",
        "ServiceWorkerContainer.prototype.register = () => Promise.reject(new Error('forbidden'));",
        "Object.defineProperty(ServiceWorkerContainer.prototype, 'ready', {get: () => new Promise(() => {})});",
        "Object.defineProperty(window, 'localStorage', {get: () => { throw new Error('forbidden'); }});",
        "localStorage.setItem = () => { throw new Error('full'); };",
        "delete window.Notification;",
        "Object.defineProperty(window, 'isSecureContext', {value: false}); delete Navigator.prototype.serviceWorker;",
    ],
)
def test_a_failure_to_notify_neither_breaks_the_bar_nor_makes_the_line_late(phone, broken):
    order()
    phone.add_init_script(broken)
    phone.goto("/orders/mine/")
    row = phone.locator(RINGS).first
    expect(row).to_be_visible()
    expect(phone.locator("[data-live-badge]").first).to_have_attribute("data-state", "live", timeout=40_000)
    row.locator("form button").first.tap()
    expect(phone.locator(RINGS)).to_have_count(0)
    expect(phone.locator("[data-live-badge]").first).to_have_attribute("data-state", "live")


CLICK = """async (url) => {
    const went = [];
    self.clients.openWindow = async (address) => { went.push(['opened', new URL(address).pathname]); };
    WindowClient.prototype.focus = async function () { went.push(['front', new URL(this.url).pathname]); return this; };
    const event = new ExtendableEvent('notificationclick');
    const waits = [];
    event.waitUntil = (promise) => waits.push(promise);
    event.notification = {close: () => went.push(['closed']), data: {url}};
    self.dispatchEvent(event);
    await Promise.all(waits);
    return went;
}"""


def test_who_presses_it_comes_to_the_page_it_is_about_and_no_other_page_is_led_away(phone):
    order()
    phone.goto("/orders/mine/")
    (note,) = told(phone, 1)
    worker = phone.context.service_workers[0]
    about = note["data"]["url"]
    assert worker.evaluate(CLICK, about) == [["closed"], ["opened", about]]
    assert worker.evaluate(CLICK, "/orders/mine/") == [["closed"], ["front", "/orders/mine/"]]
    assert worker.evaluate(CLICK, "https://evil.example/") == [["closed"]]
    assert worker.evaluate(CLICK, "") == [["closed"], ["front", "/orders/mine/"]]
    assert phone.url.endswith("/orders/mine/")


def test_the_worker_keeps_no_page_of_anybody(phone):
    order()
    phone.goto("/orders/mine/")
    told(phone, 1)
    phone.goto("/me/")
    kept = phone.evaluate(
        "async () => { const all = []; for (const name of await caches.keys())"
        " for (const asked of await (await caches.open(name)).keys()) all.push(asked.url); return all; }"
    )
    assert not kept


def test_signing_out_takes_them_away(phone):
    order()
    phone.goto("/me/")
    told(phone, 1)
    worker = phone.context.service_workers[0]
    worker.evaluate(
        "() => { self.registration.getNotifications = async () => [{close: () => { self.closed = true; }}]; }"
    )
    phone.locator('form[action="/logout/"] button').first.click()
    phone.wait_for_url("**/login/**")
    for _look in range(250):
        if worker.evaluate("() => Boolean(self.closed)"):
            return
        phone.wait_for_timeout(40)
    raise AssertionError("what was told to one person stays on the screen for the next")


def test_on_plain_http_the_page_says_that_notifications_need_https(server, sign_in):
    page = sign_in(server, "village")
    page.add_init_script(
        "Object.defineProperty(window, 'isSecureContext', {value: false});"
        "delete Navigator.prototype.serviceWorker; delete window.Notification;"
    )
    page.goto("/me/")
    expect(page.locator("[data-notify-state]")).to_contain_text("HTTPS")
    expect(page.locator("[data-notify-ask]")).to_be_hidden()
