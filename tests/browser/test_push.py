"""Notifications while no page is open: the worker that gets a push, and switching a device on and off on ``/me/``.

Chromium's headless shell grants no notifications to anybody and knows no push service: within the worker and the page
stand-ins write down what the system would show, and what the browser would subscribe. The push itself is delivered by
the browser's own tools (``ServiceWorker.deliverPushMessage``) to the real worker.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from notify.files.sealing import seal
from notify.gateways.webpush import new_private_key
from notify.models import Account, PushSubscription
from tests.notify.gateways.push_service import PushService
from tests.support.gateways import account
from tests.support.pages_open import Server

pytestmark = pytest.mark.browser

SYSTEM = """() => {
    self.shown = [];
    self.registration.getNotifications = async () => self.shown.filter((note) => !note.closed);
    self.registration.showNotification = async (title, more) => {
        for (const note of self.shown) if (note.tag === more.tag) note.closed = true;
        const note = {title, ...more, closed: false, close: () => { note.closed = true; }};
        self.shown.push(note);
    };
}"""
SHOWN = """() => self.shown.map(({title, body, tag, lang, data, requireInteraction, closed}) =>
    ({title, body, tag, lang, data, requireInteraction, closed}))"""
CLICK = """async () => {
    const went = [];
    self.clients.openWindow = async (address) => { went.push(['opened', new URL(address).pathname]); };
    WindowClient.prototype.focus = async function () { went.push(['front', new URL(this.url).pathname]); return this; };
    const event = new ExtendableEvent('notificationclick');
    const waits = [];
    event.waitUntil = (promise) => waits.push(promise);
    event.notification = self.shown[self.shown.length - 1];
    self.dispatchEvent(event);
    await Promise.all(waits);
    return went;
}"""
BROWSER = """
    const key = 'stand-in subscription';
    const plain = (text) => atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = (text) => Uint8Array.from(plain(text), (sign) => sign.charCodeAt(0));
    const made = () => {
        const kept = JSON.parse(localStorage.getItem(key));
        return kept && {
            endpoint: kept.endpoint, options: {applicationServerKey: bytes(kept.server).buffer},
            toJSON: () => ({endpoint: kept.endpoint, expirationTime: null, keys: kept.keys}),
            unsubscribe: async () => { localStorage.removeItem(key); return true; },
        };
    };
    PushManager.prototype.getSubscription = async () => made();
    PushManager.prototype.subscribe = async ({userVisibleOnly, applicationServerKey}) => {
        if (!userVisibleOnly) throw new DOMException('NotAllowedError');
        localStorage.setItem(key, JSON.stringify({...GIVEN, server: applicationServerKey}));
        return made();
    };
    Object.defineProperty(Notification, 'permission', {configurable: true, get: () => 'granted'});
    Notification.requestPermission = async () => 'granted';
"""


@pytest.fixture
def offered(server: Server) -> Iterator[None]:
    key = seal({"private_key": new_private_key()})
    made = account(
        "push", ("push",), gateway="webpush", sealed=key, settings={"contact": "mailto:a@b.cn", "hosts": "push.test"}
    )
    yield
    PushSubscription.objects.all().delete()
    Account.objects.filter(pk=made.pk).delete()


@pytest.fixture
def browser_of(server: Server, sign_in: Callable[..., Page]) -> Callable[..., Page]:
    """``browser_of("village")``: a page whose browser can subscribe, at the service push.test."""

    def enter(username: str, **more: Any) -> Page:
        page = sign_in(server, username, **more)
        given = PushService().subscription("https://push.test", username)
        page.context.add_init_script(f"(() => {{ const GIVEN = {json.dumps(given)}; {BROWSER} }})();")
        return page

    return enter


class Worker:
    """The real worker of a page, with the system's notifications stood in for, and the browser's tools beside it."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.origin = page, origin
        self.tools = page.context.new_cdp_session(page)
        found: list[str] = []
        self.tools.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: found.extend(row["registrationId"] for row in event["registrations"]),
        )
        self.tools.send("ServiceWorker.enable")
        page.evaluate(
            "navigator.serviceWorker.register('/sw.js', {scope: '/'}).then(() => navigator.serviceWorker.ready)"
        )
        page.until("Boolean(navigator.serviceWorker.controller)")
        for _look in range(250):
            if found and page.context.service_workers:
                break
            page.wait_for_timeout(40)
        self.registration = found[-1]
        self.worker = page.context.service_workers[0]
        self.worker.evaluate(SYSTEM)

    def push(self, data: Any, number: int) -> list[dict[str, Any]]:
        """What the system shows once ``number`` notifications were told."""
        text = data if isinstance(data, str) else json.dumps(data)
        more = {"origin": self.origin, "registrationId": self.registration, "data": text}
        self.tools.send("ServiceWorker.deliverPushMessage", more)
        for _look in range(250):
            found: list[dict[str, Any]] = self.worker.evaluate(SHOWN)
            if len(found) == number:
                return found
            self.page.wait_for_timeout(40)
        raise AssertionError(f"{len(found)} notifications, not {number}")


PUSHED = {
    "title": "ALARM", "text": "Your answer is waited for.", "url": "/orders/mine/7/", "tag": "alarm-7",
    "about": "assignment:7", "urgent": True, "lang": "en", "reference": "h3k2-1",
}  # fmt: skip


def test_a_push_is_shown_by_the_worker_and_leads_to_the_order(server: Server, sign_in: Callable[..., Page]) -> None:
    page = sign_in(server, "village", width=390, height=844)
    page.goto("/me/")
    worker = Worker(page, server.url)
    (note,) = worker.push(PUSHED, 1)
    assert note == {
        "title": "ALARM", "body": "Your answer is waited for.", "tag": "alarm-7", "lang": "en", "closed": False,
        "requireInteraction": True, "data": {"url": "/orders/mine/7/", "about": "assignment:7"},
    }  # fmt: skip
    assert worker.worker.evaluate(CLICK) == [["opened", "/orders/mine/7/"]]
    assert worker.worker.evaluate("() => self.shown[0].closed")
    page.goto("/orders/mine/")
    worker.push({**PUSHED, "tag": "alarm-8", "url": "/orders/mine/"}, 2)
    assert worker.worker.evaluate(CLICK) == [["front", "/orders/mine/"]]


def test_what_a_page_told_in_full_stays_and_older_news_of_the_same_matter_goes(
    server: Server, sign_in: Callable[..., Page]
) -> None:
    page = sign_in(server, "village", language="zh-hans")
    page.goto("/me/")
    worker = Worker(page, server.url)
    worker.worker.evaluate(
        "() => self.registration.showNotification('警报', {tag: 'alarm-7', body: '立即转移', data: {}})"
    )
    *_older, note = worker.push(PUSHED, 2)
    assert (note["body"], note["closed"]) == ("立即转移", False)
    first, second, third = worker.push({**PUSHED, "tag": "alarm-9", "urgent": False}, 3)
    assert (first["closed"], second["closed"], third["closed"]) == (True, True, False)
    assert third["requireInteraction"] is False
    assert worker.push("nonsense", 4)[-1]["title"] == "Sanji", "each push is shown, whatever it holds"


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_a_device_is_switched_on_and_off_on_the_own_page(
    offered: None, browser_of: Callable[..., Page], axe: Callable[[Page], list[str]], width: int, theme: str
) -> None:
    page = browser_of("village", width=width, height=844, theme=theme)
    page.goto("/me/")
    part = page.locator("[data-push]")
    expect(part.locator("[data-push-state]")).to_have_text("switched off")
    assert axe(page) == []
    part.get_by_role("button", name="Switch on").click()
    expect(part.locator("[data-push-state]")).to_have_text("switched on")
    expect(part.locator("[data-push-device]")).to_contain_text("this device")
    row = PushSubscription.objects.get()
    assert (row.person.username, row.endpoint, "Chrome" in row.device) == (
        "village",
        "https://push.test/push/village",
        True,
    )
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    part.get_by_role("button", name="Switch off").click()
    expect(part.locator("[data-push-state]")).to_have_text("switched off")
    expect(part.locator("[data-push-device]")).to_have_count(0)
    assert not PushSubscription.objects.exists()


def test_signing_out_ends_them_on_this_device(offered: None, browser_of: Callable[..., Page]) -> None:
    page = browser_of("village", width=390, height=844)
    page.goto("/me/")
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator("[data-push-state]")).to_have_text("switched on")
    page.locator('form[action="/logout/"] button').first.click()
    page.wait_for_url("**/login/**")
    assert not PushSubscription.objects.exists()
    assert page.evaluate("localStorage.getItem('stand-in subscription')") is None


def test_a_browser_that_reaches_no_push_service_says_so(offered: None, browser_of: Callable[..., Page]) -> None:
    page = browser_of("village")
    page.context.add_init_script("PushManager.prototype.subscribe = () => Promise.reject(new Error('no service'));")
    page.goto("/me/")
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator("[data-toasts]")).to_contain_text("reaches no push service")
    expect(page.locator("[data-push-state]")).to_have_text("switched off")
    assert not PushSubscription.objects.exists()


def test_where_no_account_carries_them_nothing_is_shown(server: Server, sign_in: Callable[..., Page]) -> None:
    assert settings.WEB_PUSH
    page = sign_in(server, "village", width=390, height=844)
    page.goto("/me/")
    expect(page.locator("[data-notify-state]")).to_be_visible()
    expect(page.locator("[data-push]")).to_have_count(0)
