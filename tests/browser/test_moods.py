"""Networks that answer in our place, swallow, keep back or fall silent: nothing is lost, nothing of theirs believed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from command import actions
from command.models import Assignment, Order
from hazards.models import Hazard
from journal.models import Event
from org.models import Person
from tests.support.moods import BUFFERS, CLEAR, FOREIGN, NO_SOCKETS, SILENT, SLOW, SWALLOWS, Proxy
from tests.support.pages_open import session_of

# By the clock: these want the machine to themselves.
pytestmark = [pytest.mark.browser, pytest.mark.quiet]

NETWORK = ["Failed to load resource", "WebSocket", "ERR_", "Failed to fetch", "htmx:", "Connecting to"]
LIVE = "[data-live-badge][data-state='live']"
HERE = {"latitude": 27.566, "longitude": 119.075, "accuracy": 18}
YUESHAN = "331126206200"
MOST_TRIES = 10


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


Enter = Callable[..., Page]


@pytest.fixture
def enter(proxy: Proxy, sign_in: Enter) -> Enter:
    """``sign_in`` through the proxy, with the browser's own complaints about such networks expected."""

    def through(username: str, **more: Any) -> Page:
        page = sign_in(proxy, username, **more)
        page.expected_errors.extend(NETWORK)  # type: ignore[attr-defined]
        return page

    return through


@pytest.fixture
def phone(enter: Enter) -> Page:
    return enter("village", width=390, height=844, has_touch=True)


def status_of(row: Assignment) -> str:
    row.refresh_from_db()
    return row.status


def button_of(page: Page, row: Assignment) -> Any:
    return page.locator(f"#order-card-{row.pk} .btn-big")


def line_of(page: Page, row: Assignment) -> Any:
    return page.locator(f'[data-send-state="{row.pk}"]')


def pass_time(page: Page, seconds: int) -> None:
    """Second by second, with a moment in each for what is on its way."""
    for _ in range(seconds):
        page.clock.run_for(1000)
        page.wait_for_timeout(15)


def acknowledged(row: Assignment) -> int:
    return Event.objects.filter(subject=f"assignment:{row.pk}", verb="assignment.acknowledged").count()


# An answer is sent only when our server says so -----------------------------------------------------------------------


@pytest.mark.parametrize("mood", [*FOREIGN, "loses_answers", SILENT])
def test_a_tap_answered_by_anybody_but_our_server_waits_and_arrives_once(
    proxy: Proxy, phone: Page, row: Assignment, mood: str
) -> None:
    phone.clock.install()
    phone.goto("/orders/mine/")
    expect(button_of(phone, row)).to_have_text("Received")
    proxy.mood = mood
    button_of(phone, row).tap()
    if mood == SILENT:  # nothing comes: it is given up after 20 s
        expect(line_of(phone, row)).to_contain_text("Sending")
        phone.clock.fast_forward(25_000)
        expect(line_of(phone, row)).to_contain_text("Not sent, will retry")
    elif mood == "proxy_sign_in":  # of which Chromium tells a page nothing
        expect(line_of(phone, row)).to_contain_text("Not sent")
    else:
        expect(line_of(phone, row)).to_contain_text("Not sent yet: the network answered instead of the server.")
    assert status_of(row) == ("received" if mood == "loses_answers" else "called")
    proxy.mood = CLEAR
    phone.clock.fast_forward(61_000)
    expect(button_of(phone, row)).to_have_text("Passed on")
    assert (status_of(row), acknowledged(row)) == ("received", 1)


def test_what_the_network_refuses_holds_back_nothing_that_comes_after_it(
    proxy: Proxy, phone: Page, row: Assignment, tmp_path: Any
) -> None:
    """A photo that a gateway finds too large must not keep the next answer on the phone."""
    other = order_to_jushui("清点转移人数")
    actions.acknowledge(row.pk, by=person("village"))
    phone.goto(f"/orders/mine/{row.pk}/")
    proxy.mood = "too_large"
    phone.locator("input[name=photo]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8" + b"x" * 300_000}
    )
    phone.get_by_role("button", name="In place").tap()
    expect(line_of(phone, row)).to_contain_text("the network answered")
    phone.route(f"**/{row.pk}/act/", lambda route: route.fulfill(status=413, body="too large"))
    proxy.mood = CLEAR
    phone.goto("/orders/mine/")
    button_of(phone, other).tap()
    expect(button_of(phone, other)).to_have_text("Passed on")
    expect(line_of(phone, row)).to_contain_text("Not sent")
    assert (status_of(other), status_of(row)) == ("received", "received")
    # What no network here lets through can be taken back: it stands in the form as it was.
    phone.goto(f"/orders/mine/{row.pk}/")
    line_of(phone, row).get_by_role("button", name="Take back").tap()
    expect(line_of(phone, row)).to_be_hidden()
    expect(phone.locator("[data-photo-preview] img")).to_be_visible()
    phone.reload()
    expect(phone.locator("[data-photo-preview] img")).to_be_visible()
    expect(line_of(phone, row)).to_be_hidden()


def test_what_our_server_refuses_stays_in_sight_until_the_person_has_read_it(phone: Page, row: Assignment) -> None:
    actions.acknowledge(row.pk, by=person("village"))
    phone.goto(f"/orders/mine/{row.pk}/")
    phone.locator("input[name=photo]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no photo"}
    )
    phone.get_by_role("button", name="In place").tap()
    expect(line_of(phone, row)).to_contain_text("It was not accepted.")
    phone.goto("/orders/mine/")
    expect(line_of(phone, row)).to_contain_text("This is not a complete photo")
    line_of(phone, row).get_by_role("button", name="Dismiss").tap()
    phone.reload()
    expect(button_of(phone, row)).to_have_text("Passed on")
    expect(line_of(phone, row)).to_be_hidden()
    assert status_of(row) == "received"


def test_two_windows_that_come_back_together_send_one_answer_and_both_show_it(
    proxy: Proxy, phone: Page, row: Assignment
) -> None:
    phone.goto("/orders/mine/")
    second = phone.context.new_page()
    second.goto("/orders/mine/")
    proxy.mood = "gateway"
    for page in (phone, second):
        page.evaluate(f"document.querySelector('#order-card-{row.pk} form[data-send]').requestSubmit()")
    for page in (phone, second):
        expect(line_of(page, row)).to_contain_text("Not sent")
    proxy.mood = CLEAR
    for page in (phone, second):
        page.evaluate("dispatchEvent(new Event('online'))")
    for page in (phone, second):
        expect(button_of(page, row)).to_have_text("Passed on")
    assert acknowledged(row) == 1


def test_what_one_person_left_unsent_is_neither_shown_to_another_nor_sent_for_them(
    proxy: Proxy, phone: Page, row: Assignment
) -> None:
    session = next(c["value"] for c in phone.context.cookies() if c["name"] == settings.SESSION_COOKIE_NAME)
    phone.goto("/orders/mine/")
    proxy.mood = "portal"
    button_of(phone, row).tap()
    expect(line_of(phone, row)).to_contain_text("Not sent")
    sign = lambda key: phone.context.add_cookies(  # noqa: E731
        [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": proxy.url}]
    )
    # Somebody else signs in in another window: the page that stands open sends nothing under their name.
    phone.evaluate("document.addEventListener('sanji:signed-out', (event) => event.preventDefault())")
    sign(session_of("township"))
    proxy.mood = CLEAR
    with phone.expect_response("**/act/") as answered:
        line_of(phone, row).get_by_role("button", name="Try now").tap()
    assert answered.value.headers["hx-redirect"].startswith("/login/")
    expect(line_of(phone, row)).to_contain_text("you were signed out")
    phone.goto("/orders/area/")
    assert proxy.count("/act/") == 2
    assert "not sent" not in phone.locator("main").inner_text()
    assert status_of(row) == "called"
    phone.goto("about:blank")
    sign(session)
    phone.goto("/orders/mine/")
    expect(button_of(phone, row)).to_have_text("Passed on")
    row.refresh_from_db()
    assert row.answered_by == person("village")


def test_a_session_that_ended_elsewhere_keeps_the_tap_until_somebody_signs_in_again(
    proxy: Proxy, phone: Page, row: Assignment
) -> None:
    phone.goto("/orders/mine/")
    phone.evaluate("document.addEventListener('sanji:signed-out', (event) => event.preventDefault())")
    session = next(c["value"] for c in phone.context.cookies() if c["name"] == settings.SESSION_COOKIE_NAME)
    Session.objects.filter(session_key=session).delete()
    button_of(phone, row).tap()
    expect(line_of(phone, row)).to_contain_text("Not sent: you were signed out")
    link = line_of(phone, row).get_by_role("link", name="Sign in again")
    expect(link).to_have_attribute("href", "/login/?next=%2Forders%2Fmine%2F")
    phone.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session_of("village"), "url": proxy.url}]
    )
    link.tap()
    expect(button_of(phone, row)).to_have_text("Passed on")
    assert acknowledged(row) == 1


@pytest.mark.parametrize("mood", ["portal", "foreign_json", "too_large", "loses_answers"])
def test_a_hazard_filed_on_such_a_network_waits_and_arrives_once(proxy: Proxy, enter: Enter, mood: str) -> None:
    page = enter("village", width=390, height=844, geolocation=HERE, permissions=["geolocation"])
    page.goto("/hazards/file/")
    page.get_by_role("button", name="New report").click()
    expect(page.locator("[data-place-state]")).to_contain_text("± 18 m")
    page.select_option("#hz-kind", "cut_slope")
    page.fill("#hz-description", f"坡面开裂 {mood}")
    proxy.mood = mood
    with page.expect_request("**/api/v1/hazards/"):
        page.get_by_role("button", name="Send").click()
    expect(page.locator('[data-state="waiting"].hz-state')).to_have_count(1)
    proxy.mood = CLEAR
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator('[data-state="delivered"].hz-state')).to_have_count(1)
    assert Hazard.objects.filter(description=f"坡面开裂 {mood}").count() == 1


# Nothing foreign enters a page ----------------------------------------------------------------------------------------

ASK_EVERYTHING = """async () => {
  const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
  const module = (name) => import(loaded.find((address) => address.includes(`/${name}.`)));
  (await module('core/fragments')).refreshAll();
  (await module('frame/counters')).countSoon();
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def test_no_foreign_answer_of_any_kind_enters_the_map_the_lists_the_alarms_or_a_dialog(
    proxy: Proxy, enter: Enter, row: Assignment
) -> None:
    page = enter("officer")
    page.goto("/")
    page.wait_for_selector("[data-ready='yes']")
    page.wait_for_selector(LIVE)
    expect(page.locator("#silent")).not_to_be_empty()
    counters = page.locator("[data-counter]").all_inner_texts()
    for mood in FOREIGN:
        proxy.mood = mood
        before = len(proxy.asked)
        page.evaluate(ASK_EVERYTHING)
        page.keyboard.press("Control+k")
        page.locator("#search-dialog input").fill(f"Jushui {mood}")
        for part in ("/board/counters/", "/search/", "/board/"):
            deadline = 200
            while not any(part in path for _, path, _ in proxy.asked[before:]) and (deadline := deadline - 1):
                page.wait_for_timeout(20)
            assert deadline, f"{part} was not asked"
        expect(page.locator("[data-live-badge]").first).not_to_have_attribute("data-state", "live")
        page.keyboard.press("Escape")
        assert page.locator("input[name=phone]").count() == 0, mood
        assert page.locator("[data-counter]").all_inner_texts() == counters, mood
        assert page.locator("path.area-village").count() > 0
    proxy.mood = CLEAR
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector(LIVE, timeout=90_000)  # ten tries a minute: the next may be most of one away


def test_a_dialog_answered_by_the_network_stays_with_what_was_typed(proxy: Proxy, enter: Enter) -> None:
    officer = person("officer")
    incident = actions.open_incident(
        by=officer, title="道路塌方", category="natural_disaster", unit="331126", grade="III"
    )
    page = enter("officer")
    page.goto(f"/incidents/{incident.pk}/")
    page.locator("#incident-menu summary").click()
    page.locator("#incident-menu a[data-act]").first.click()
    dialog = page.locator("#act-dialog")
    area = dialog.locator("textarea, input[type=text]").first
    area.fill("写了一半")
    for mood in ("portal", "not_found"):
        proxy.mood = mood
        dialog.locator(".dialog-foot button:not([data-act-close])").first.click()
        expect(dialog.locator("[data-act-trouble]")).to_contain_text("The network answered instead")
        expect(area).to_have_value("写了一半")


# Live means heard -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mood", "open_before"),
    [(SWALLOWS, True), (SWALLOWS, False), (BUFFERS, True), (BUFFERS, False), (NO_SOCKETS, False)],
)
def test_a_socket_that_passes_nothing_is_not_live_and_polling_brings_what_happens(
    proxy: Proxy, phone: Page, row: Assignment, mood: str, open_before: bool
) -> None:
    phone.clock.install()
    if open_before:
        phone.goto("/orders/mine/")
        phone.wait_for_selector(LIVE)
        proxy.mood = mood
    else:
        proxy.mood = mood
        phone.goto("/orders/mine/")
        expect(button_of(phone, row)).to_have_text("Received")
    begun = len(proxy.asked)
    pass_time(phone, 14)
    expect(phone.locator("[data-live-badge]")).not_to_have_attribute("data-state", "live")
    pass_time(phone, 16)
    assert proxy.count("/api/v1/events/", "GET") >= 1, "no polling within 30 s"
    assert tries(proxy, begun) <= MOST_TRIES
    expect(phone.locator("[data-live-badge]")).to_have_attribute("data-state", "polling")
    actions.answer_for(row.pk, by=person("officer"), how="phone")
    pass_time(phone, 20)
    expect(button_of(phone, row)).to_have_text("Passed on")
    begun = len(proxy.asked)
    pass_time(phone, 60)
    assert 2 <= tries(proxy, begun) <= MOST_TRIES
    assert any(method == "SOCKET" for method, _, _ in proxy.asked[begun:]), "no further socket was tried"
    proxy.mood = CLEAR
    pass_time(phone, 40)
    phone.wait_for_selector(LIVE)


def tries(proxy: Proxy, since: int) -> int:
    """Sockets and polls."""
    return sum(1 for method, path, _ in proxy.asked[since:] if method == "SOCKET" or path.startswith("/api/v1/events/"))


def test_dead_for_forty_seconds_and_then_slow_loses_no_answer(proxy: Proxy, phone: Page, row: Assignment) -> None:
    other = order_to_jushui("清点转移人数")
    phone.clock.install()
    phone.goto("/orders/mine/")
    phone.wait_for_selector(LIVE)
    proxy.mood = SILENT
    button_of(phone, row).tap()
    pass_time(phone, 20)
    button_of(phone, other).tap()
    pass_time(phone, 20)
    expect(phone.locator("[data-live-badge]")).not_to_have_attribute("data-state", "live")
    for one in (row, other):
        assert "Sent" not in line_of(phone, one).inner_text()
    actions.answer_for(order_to_jushui("检查村道").pk, by=person("officer"), how="phone")
    proxy.mood = SLOW
    phone.evaluate("dispatchEvent(new Event('online'))")
    for one in (row, other):
        expect(button_of(phone, one)).to_have_text("Passed on")
        assert acknowledged(one) == 1
    pass_time(phone, 60)
    phone.wait_for_selector(LIVE)
    expect(phone.locator("#mine")).to_contain_text("检查村道")


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 0.5), (0.98, 4.9)])
def test_thousands_who_are_cut_off_by_a_restart_come_back_spread_over_seconds(
    proxy: Proxy, phone: Page, row: Assignment, chance: float, seconds: float
) -> None:
    """Each by its own chance: 4,000 sockets at once would be a second outage."""
    lines: list[Any] = []

    def between(line: Any) -> None:
        lines.append(line)
        line.connect_to_server()

    phone.route_web_socket("**/ws/live/**", between)
    phone.goto("/orders/mine/")
    phone.wait_for_selector(LIVE)
    phone.evaluate(f"() => {{ window.random = Math.random; Math.random = () => {chance}; }}")
    lines[0].close(code=1012)
    phone.wait_for_selector("[data-live-badge]:not([data-state='live'])")
    phone.evaluate("() => { Math.random = window.random; }")
    cut = time.monotonic()
    while len(lines) == 1:
        phone.wait_for_timeout(20)
        assert time.monotonic() < cut + 30, "it did not come back"
    assert time.monotonic() - cut >= seconds - 0.2
    phone.wait_for_selector(LIVE)


def test_the_clock_goes_by_the_server_although_the_device_s_is_wrong_and_is_set(server: Any, sign_in: Enter) -> None:
    page = sign_in(server, "officer")
    page.add_init_script("""
        const real = Date.now; window.step = -3 * 3600_000; Date.now = () => real() + window.step; window.real = real;
    """)
    page.goto("/")
    page.wait_for_selector(LIVE)
    shown = """() => {
        const [h, m, s] = document.querySelector("[data-clock='time']").textContent.split(':').map(Number);
        const at = new Date(window.real() + 8 * 3600_000);
        const true_ = at.getUTCHours() * 3600 + at.getUTCMinutes() * 60 + at.getUTCSeconds();
        return Math.abs(((h * 3600 + m * 60 + s - true_ + 129_600) % 86_400) - 43_200); }"""
    assert page.evaluate(shown) <= 2
    # It may have slept: heard anew, then live. However short the doubt is, the observer sees it.
    page.evaluate("""() => {
        const badge = document.querySelector("[data-live-badge]");
        window.states = [];
        const watch = new MutationObserver(() => window.states.push(badge.dataset.state));
        watch.observe(badge, { attributeFilter: ["data-state"] });
        window.step = 26 * 3600_000; }""")
    page.until("window.states.some((state) => state !== 'live')")
    page.wait_for_selector(LIVE)
    assert page.evaluate(shown) <= 2


# What is kept belongs to a person -------------------------------------------------------------------------------------

OLD = """async ([person, other, first, second]) => {
  const rows = [[first, person], [second, other]].map(([id, who]) => (
    { key: `${id}:received`, url: `/orders/mine/${id}/act/`, fields: [['step', 'received']], person: who }));
  await new Promise((resolve, reject) => {
    const asked = indexedDB.open('sanji-phone', 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('outbox', { keyPath: 'id', autoIncrement: true });
      asked.result.createObjectStore('drafts', { keyPath: 'id' });
    };
    asked.onsuccess = () => {
      const at = asked.result.transaction(['outbox', 'drafts'], 'readwrite');
      rows.push({ garbage: true }, { person, url: 5, fields: null });
      for (const row of rows) at.objectStore('outbox').add(row);
      at.objectStore('drafts').put({ id: `${person}:${second}`, note: '还差两户' });
      at.oncomplete = () => { asked.result.close(); resolve(); };
      at.onerror = reject;
    };
  });
}"""


def test_what_an_earlier_version_of_the_page_kept_is_sent_and_nothing_of_it_is_lost(
    proxy: Proxy, phone: Page, row: Assignment
) -> None:
    other = order_to_jushui("清点转移人数")
    phone.goto("/offline/")
    mine, theirs = str(person("village").pk), str(person("township").pk)
    phone.evaluate(OLD, [mine, theirs, row.pk, other.pk])
    phone.goto("/orders/mine/")
    expect(button_of(phone, row)).to_have_text("Passed on")
    assert (status_of(row), status_of(other)) == ("received", "called")
    phone.goto(f"/orders/mine/{other.pk}/")
    actions.acknowledge(other.pk, by=person("village"))
    phone.reload()
    expect(phone.get_by_label("Note")).to_have_value("还差两户")
    kept = """async () => { const db = await new Promise((resolve) => {
        const asked = indexedDB.open('sanji'); asked.onsuccess = () => resolve(asked.result); });
      return new Promise((resolve) => { const asked = db.transaction('outbox').objectStore('outbox').getAll();
        asked.onsuccess = () => resolve(asked.result.map((row) => row.person)); }); }"""
    assert phone.evaluate(kept) == [theirs]


GARBAGE = [
    "{{{", '{"at":9e15,"value":["NaN",1,2]}', '{"at":9e15,"value":[0,0,11]}', '{"at":9e15,"value":[27.6,119,999]}',
    '{"at":9e15,"value":{"__proto__":["x"],"title":[{}]}}',
]  # fmt: skip
FORBIDDEN = """for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
  Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });
}"""
FULL = """Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };"""


def test_storage_that_holds_garbage_draws_the_map_and_opens_the_form_all_the_same(server: Any, sign_in: Enter) -> None:
    page = sign_in(server, "officer")
    page.goto("/offline/")
    start = f"sanji:{person('officer').pk}:"
    for value in GARBAGE:
        page.evaluate(
            """([start, value]) => {
              for (const name of ['map', 'draft:incident-new']) localStorage.setItem(start + name, value);
              sessionStorage.setItem('sanji.map', 'NaN NaN undefined');
              sessionStorage.setItem('sanji-draft:incident-new', value); }""",
            [start, value],
        )
        page.goto("/")
        page.wait_for_selector("[data-ready='yes']")
        area = page.locator("path.area-township").first.bounding_box()
        assert area, value
        assert area["width"] > 20, value
    page.goto("/incidents/new/")
    page.get_by_label("What happened").fill("桥头漫水")
    expect(page.locator(".picker-map path").first).to_be_attached()
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('sanji'))") == []


@pytest.mark.parametrize("storage", [FORBIDDEN, FULL], ids=["forbidden", "full"])
def test_storage_that_is_forbidden_or_full_stops_no_map_no_form_and_no_answer(
    server: Any, sign_in: Enter, row: Assignment, storage: str
) -> None:
    page = sign_in(server, "officer")
    page.add_init_script(storage)
    page.goto("/")
    page.wait_for_selector("[data-ready='yes']")
    page.locator("[data-tool='in']").click()
    page.goto("/incidents/new/")
    page.get_by_label("What happened").fill("桥头漫水")
    expect(page.locator(".picker-map path").first).to_be_attached()
    phone = sign_in(server, "village", width=390, height=844, has_touch=True)
    phone.add_init_script(storage)
    phone.goto("/orders/mine/")
    button_of(phone, row).tap()
    expect(button_of(phone, row)).to_have_text("Passed on")


def test_a_map_without_a_size_remembers_nothing_and_what_was_seen_is_the_person_s_own(
    server: Any, sign_in: Enter
) -> None:
    page = sign_in(server, "officer")
    page.goto("/")
    page.wait_for_selector("[data-ready='yes']")
    keys = "Object.keys(localStorage).filter((key) => key.endsWith(':map'))"
    page.locator("[data-tool='in']").click()
    page.until(f"{keys}.length === 1")
    assert page.evaluate(keys) == [f"sanji:{person('officer').pk}:map"]
    seen = page.evaluate(f"JSON.parse(localStorage.getItem({keys}[0])).value")
    page.evaluate("document.querySelector('#map').style.display = 'none'")
    for size in ((900, 700), (1300, 800)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("dispatchEvent(new Event('resize'))")
    page.wait_for_timeout(300)
    assert page.evaluate(f"JSON.parse(localStorage.getItem({keys}[0])).value") == seen
    page.add_init_script("document.addEventListener('DOMContentLoaded', () => { map.style.display = 'none'; })")
    page.evaluate("localStorage.clear()")
    page.goto("/")
    page.wait_for_selector("[data-ready='yes']", state="attached")
    assert page.evaluate(keys) == []
    page.evaluate("map.style.display = ''")
    page.until("document.querySelector('path.area-township').getBoundingClientRect().width > 20")


def test_signing_out_ends_drafts_and_views_and_warns_of_what_is_not_sent(
    proxy: Proxy, phone: Page, row: Assignment
) -> None:
    other = order_to_jushui("清点转移人数")
    actions.acknowledge(other.pk, by=person("village"))
    phone.goto(f"/orders/mine/{other.pk}/")
    phone.get_by_label("Note").fill("还差两户")
    phone.goto("/orders/mine/")
    phone.evaluate(f"localStorage.setItem('sanji:{person('village').pk}:map', '{{}}')")
    proxy.mood = "portal"
    button_of(phone, row).tap()
    expect(line_of(phone, row)).to_contain_text("Not sent")
    phone.route("**/orders/mine/*/act/", lambda route: route.abort())
    proxy.mood = CLEAR
    phone.goto("/me/")
    leave = phone.locator(".me-out button")
    leave.tap()
    dialog = phone.locator("#confirm-dialog")
    expect(dialog).to_contain_text("1 answer or report of yours has not reached the server")
    phone.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    leave.tap()
    phone.locator("[data-confirm-yes]").tap()
    phone.wait_for_url("**/login/**")
    assert phone.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('sanji:'))") == []
    phone.unroute("**/orders/mine/*/act/")
    phone.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session_of("village"), "url": proxy.url}]
    )
    phone.goto("/orders/mine/")
    expect(button_of(phone, row)).to_have_text("Passed on")
    phone.goto(f"/orders/mine/{other.pk}/")
    expect(phone.get_by_label("Note")).to_have_value("")
