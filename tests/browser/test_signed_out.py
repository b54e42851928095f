"""A session that ends while something rings, in a real browser: nothing goes silent, the page says so and goes on."""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from command import actions
from command.models import Order
from org.models import Person
from tests.support.pages_open import session_of
from web.errors import ActionError

# By the clock: these want the machine to themselves.
pytestmark = [pytest.mark.browser, pytest.mark.quiet]

ENDED = ["401", "403", "WebSocket", "ERR_"]
RINGS = "[data-alarm-row='alarm']"
BAND = "[data-signed-out]"
ACTS = ("**/me/alarms/**", "**/orders/mine/**")
MINUTES = 60_000


def person(username: str) -> Person:
    return Person.objects.get(username=username)


@pytest.fixture(autouse=True)
def _rings(server: Any) -> Any:
    order = actions.issue_order(
        by=person("officer"), incident_id=None, text="立即转移", units=["331126206"], descendants=True, ladder="red"
    )
    yield
    for other in Order.objects.filter(status="in_force"):
        with contextlib.suppress(ActionError):
            actions.call_off(other.pk, by=order.issued_by, reason="下一项测试")


def enter(page: Page, username: str) -> None:
    """As if signed in in another window of this browser."""
    origin = "http://" + urlsplit(page.url).netloc
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(username), "url": origin}])


def end(page: Page) -> None:
    """The session ends on the server, without a word to the page."""
    (cookie,) = [one for one in page.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME]
    Session.objects.filter(session_key=cookie["value"]).delete()


@pytest.fixture
def phone(server: Any, sign_in: Any) -> Page:
    page = sign_in(server, "village", width=360, height=740, has_touch=True)
    page.expected_errors.extend(ENDED)
    page.clock.install()
    page.goto("/orders/mine/?from=desk#second")
    expect(page.locator(RINGS).first).to_be_visible()
    return page


def notices(page: Page) -> None:
    page.clock.fast_forward(6 * MINUTES)
    expect(page.locator(BAND)).to_be_visible()


def badge(page: Page) -> str:
    return page.locator("[data-live-badge]").first.get_attribute("data-state") or ""


def test_what_rings_goes_on_ringing_and_the_page_says_that_nobody_is_signed_in(phone):
    rows = phone.locator(RINGS).count()
    end(phone)
    notices(phone)
    expect(phone.locator(BAND)).to_contain_text("Signed out: sign in again")
    assert phone.locator(RINGS).count() == rows
    phone.until("document.title.includes('ALARM')")
    assert badge(phone) not in ("live", "polling")
    phone.clock.fast_forward(10 * MINUTES)
    assert phone.locator(RINGS).count() == rows
    assert urlsplit(phone.url).path == "/orders/mine/"
    assert badge(phone) not in ("live", "polling")


def test_the_sign_in_comes_back_to_the_whole_page_where_one_was(phone):
    end(phone)
    notices(phone)
    link = phone.locator(BAND).get_by_role("link", name="Sign in")
    link.focus()
    assert parse_qs(urlsplit(link.get_attribute("href")).query)["next"] == ["/orders/mine/?from=desk#second"]
    link.click()
    phone.fill("#id_username", "village")
    phone.fill("#id_password", "sanji-demo")
    phone.locator(".login-form button").click()
    phone.wait_for_url("**/orders/mine/?from=desk#second")
    expect(phone.locator(RINGS).first).to_be_visible()
    expect(phone.locator(BAND)).to_have_count(0)


def test_after_signing_in_in_another_window_the_page_goes_on_by_itself(phone):
    end(phone)
    notices(phone)
    enter(phone, "village")
    other = phone.context.new_page()
    other.goto("/me/")
    expect(phone.locator(BAND)).to_have_count(0)
    phone.clock.fast_forward(MINUTES)
    phone.until("document.querySelector('[data-live-badge]').dataset.state === 'live'", 60)
    row = phone.locator(RINGS).first
    expect(row).to_be_visible()
    number = row.get_attribute("id")
    row.locator("form button").first.tap()
    expect(phone.locator(f"#{number}")).to_have_count(0)


def test_the_window_notices_without_a_word_from_the_other_one(phone):
    end(phone)
    notices(phone)
    enter(phone, "village")
    for _ in range(10):  # it looks every quarter of a minute; a look that a slow machine cut off is followed by another
        phone.clock.fast_forward(MINUTES)
        phone.wait_for_timeout(500)
        if phone.locator(BAND).count() == 0:
            break
    expect(phone.locator(BAND)).to_have_count(0)


def test_somebody_else_who_signs_in_is_told_and_two_people_are_not_mixed(phone):
    enter(phone, "officer")
    other = phone.context.new_page()
    other.goto("/me/")
    band = phone.locator(BAND)
    expect(band).to_contain_text("Somebody else has signed in here")
    asked = []
    phone.on("request", lambda request: asked.append(request.url))
    with phone.expect_navigation():
        phone.clock.run_for(5_000)
    assert phone.locator("html").get_attribute("data-me") == str(person("officer").pk)


def test_an_alarm_acknowledged_while_signed_out_is_said_not_to_be_confirmed(phone):
    end(phone)
    row = phone.locator(RINGS).first
    number = row.get_attribute("id")
    row.locator("form button").first.tap()
    expect(phone.locator(f"#{number}")).to_contain_text("Not confirmed")
    expect(phone.locator(BAND)).to_be_visible()
    expect(phone.locator(f"#{number}")).to_be_visible()
    assert urlsplit(phone.url).path == "/orders/mine/"


def test_an_alarm_acknowledged_without_a_connection_says_so_rings_on_and_is_sent_later(phone):
    row = phone.locator(RINGS).first
    number = row.get_attribute("id")
    for acts in ACTS:
        phone.route(acts, lambda route: route.fulfill(status=200, body="<h1>Free network</h1>"))
    row.locator("form button").first.tap()
    expect(phone.locator(f"#{number}")).to_contain_text("Not confirmed yet")
    expect(phone.locator(f"#{number}")).to_have_attribute("data-alarm-row", "alarm")
    assert "Free network" not in phone.content()
    for acts in ACTS:
        phone.unroute(acts)
    phone.clock.fast_forward(MINUTES)
    expect(phone.locator(f"#{number}")).to_have_count(0)


def test_a_form_keeps_what_was_typed_and_is_sent_after_signing_in(server, sign_in):
    page = sign_in(server, "admin")
    page.expected_errors.extend(ENDED)
    page.clock.install()
    page.goto("/me/")
    page.evaluate(
        """() => {
            const form = document.createElement('form');
            form.method = 'post'; form.action = '/me/confirm/'; form.id = 'typed';
            form.innerHTML = '<input name="csrfmiddlewaretoken" type="hidden"><textarea></textarea><button>Go</button>';
            document.querySelector('main').append(form);
        }"""
    )
    page.fill("#typed textarea", "半页笔记")
    end(page)
    notices(page)
    page.click("#typed button")
    expect(page.locator(".toast-item")).to_contain_text("Not sent")
    expect(page.locator("#typed textarea")).to_have_value("半页笔记")
    with page.context.expect_page() as beside:
        page.locator(BAND).get_by_role("link", name="Sign in").click()
    beside.value.fill("#id_username", "admin")
    beside.value.fill("#id_password", "sanji-demo")
    beside.value.locator(".login-form button").click()
    beside.value.wait_for_url("**/me/")
    expect(page.locator(BAND)).to_have_count(0)
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "csrftoken")
    expect(page.locator("#typed input")).to_have_value(token)
    expect(page.locator("#typed textarea")).to_have_value("半页笔记")


def test_the_band_stands_over_an_open_dialog_and_can_be_pressed(server, sign_in):
    page = sign_in(server, "village")
    page.expected_errors.extend(ENDED)
    page.clock.install()
    page.goto("/me/")
    page.get_by_role("link", name="Change").first.click()
    expect(page.locator("#act-dialog")).to_be_visible()
    end(page)
    notices(page)
    page.clock.run_for(2_000)
    page.locator(BAND).get_by_role("link", name="Sign in").click()
    page.wait_for_url("**/login/**")


def test_asking_now_and_then_keeps_the_session_of_an_open_page(phone):
    with phone.expect_response("**/me/session/") as answer:
        phone.clock.fast_forward(6 * MINUTES)
    assert answer.value.json() == {"person": person("village").pk}
    expect(phone.locator(BAND)).to_have_count(0)
