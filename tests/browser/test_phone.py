"""The phone in a real browser: one tap, bad networks, notes and photos that are never lost, the silent list."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from command import actions
from command.models import Assignment, Order
from journal.models import Attachment
from org.models import Person
from tests.support.photos import jpeg

pytestmark = pytest.mark.browser

LONG = "立即组织转移滑坡隐患点下方、溪边低洼处和老旧土木房屋内的全部群众，逐户敲门核实，" * 5
OFFLINE = ["ERR_INTERNET_DISCONNECTED", "WebSocket", "Failed to fetch"]


def person(username):
    return Person.objects.get(username=username)


def order_to_jushui(text="封闭桥头漫水路段", ladder="orange"):
    order = actions.issue_order(
        by=person("officer"), incident_id=None, text=text, units=["331126206"], descendants=True, ladder=ladder
    )
    return Assignment.objects.get(order=order, person__username="village")


@pytest.fixture(autouse=True)
def _nothing_else_is_asked(server):
    """The server is the module's: what an earlier test ordered is called off first."""
    for order in Order.objects.filter(status="in_force"):
        actions.call_off(order.pk, by=order.issued_by, reason="下一项测试")


@pytest.fixture
def phone(server, sign_in):
    page = sign_in(server, "village", width=360, height=740, has_touch=True)
    page.expected_errors.extend(OFFLINE)
    return page


def status_of(row):
    row.refresh_from_db()
    return row.status


def test_the_received_button_is_wide_high_and_in_sight_even_under_a_long_order(server, phone):
    row = order_to_jushui(text=LONG[:200])
    phone.goto("/orders/mine/")
    box = phone.locator(f"#order-card-{row.pk}").get_by_role("button", name="Received").bounding_box()
    bar = phone.locator(".phone-bar").bounding_box()
    assert box["height"] >= 56
    assert box["width"] >= 300
    assert box["y"] + box["height"] <= bar["y"]


def test_steps_follow_one_another_in_the_place_of_the_first_button(server, phone):
    row = order_to_jushui()
    phone.goto("/orders/mine/")
    card = phone.locator(f"#order-card-{row.pk}")
    for step in ("Received", "Passed on", "In place", "Done"):
        card.locator("button.btn-big", has_text=step).tap()
    expect(card.locator("button.btn-big")).to_have_count(0)
    assert status_of(row) == "done"


def test_an_older_answer_of_a_slow_network_takes_no_step_back(server, phone):
    row = order_to_jushui()
    phone.goto("/orders/mine/")
    button = phone.locator(f"#order-card-{row.pk} button.btn-big")
    older: list[Any] = []

    def hold_the_first(route):
        if older or route.request.method != "GET":
            route.continue_()
        else:
            older.append((route, route.fetch()))

    phone.route("**/orders/mine/", hold_the_first)
    button.tap()
    expect(button).to_have_text("Passed on")
    for _look in range(750):  # what happened has the page ask for its orders
        if older:
            break
        phone.wait_for_timeout(20)
    assert older, "the page did not ask"
    button.tap()
    expect(button).to_have_text("In place")
    phone.evaluate(
        """() => {
            window.shown = [];
            const look = () => window.shown.push(document.querySelector("button.btn-big").textContent);
            new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
        }"""
    )
    route, answer = older[0]
    with phone.expect_response("**/orders/mine/"):
        route.fulfill(response=answer)
    with phone.expect_response("**/orders/mine/"):
        button.tap()
    expect(button).to_have_text("Done")
    assert set(phone.evaluate("window.shown")) <= {"In place", "Done"}


def test_what_is_tapped_while_another_answer_is_on_its_way_goes_out_right_after_it(server, phone):
    rows = [order_to_jushui(), order_to_jushui("清点转移人数")]
    phone.goto("/orders/mine/")
    buttons = [phone.locator(f"#order-card-{row.pk} button.btn-big") for row in rows]
    # Without the clock that has the phone try again: nothing may be left to it.
    phone.evaluate("() => { const real = setTimeout; window.setTimeout = (f, ms) => (ms < 2000 ? real(f, ms) : 0); }")
    held = []
    phone.route(f"**/orders/mine/{rows[0].pk}/act/", lambda route: held.append(route))
    with phone.expect_request(f"**/orders/mine/{rows[0].pk}/act/"):
        buttons[0].tap()
    buttons[1].tap()
    expect(phone.locator(f'[data-send-state="{rows[1].pk}"]')).to_have_text("Sending…")
    held[0].continue_()
    for button in buttons:
        expect(button).to_have_text("Passed on")
    assert [status_of(row) for row in rows] == ["received", "received"]


def test_a_tap_without_a_connection_is_kept_and_sent_when_it_is_back(server, phone):
    row = order_to_jushui()
    phone.goto("/orders/mine/")
    card = phone.locator(f"#order-card-{row.pk}")
    phone.context.set_offline(True)
    card.get_by_role("button", name="Received").tap()
    expect(card).to_contain_text("Not sent, will retry")
    assert status_of(row) == "called"
    phone.context.set_offline(False)
    expect(card).to_contain_text("Sent ")
    expect(card.locator("button.btn-big")).to_have_text("Passed on")
    assert status_of(row) == "received"


def test_a_tap_survives_closing_the_page(server, phone):
    row = order_to_jushui()
    phone.goto("/orders/mine/")
    phone.route("**/act/", lambda route: route.abort())
    phone.locator(f"#order-card-{row.pk}").get_by_role("button", name="Received").tap()
    expect(phone.locator(f"#order-card-{row.pk}")).to_contain_text("Not sent, will retry")
    phone.expected_errors.append("ERR_FAILED")
    phone.goto("about:blank")
    phone.unroute("**/act/")
    phone.goto("/orders/area/")
    phone.goto("/orders/mine/")
    expect(phone.locator(f"#order-card-{row.pk} button.btn-big")).to_have_text("Passed on")
    assert status_of(row) == "received"


def test_nothing_moves_under_a_finger(server, phone):
    """An alarm that arrives between a touch and its click would push the button away from under it."""
    row = order_to_jushui()
    held = []
    phone.route("**/me/alarms/", lambda route: held.append(route))
    phone.goto("/orders/mine/")
    phone.until("document.querySelector('[data-live-state=live]')")
    phone.evaluate("""() => {
        window.order = [];
        addEventListener("click", () => order.push("click"), true);
        const alarms = new MutationObserver(() => order.push("alarm"));
        alarms.observe(document.querySelector("[data-alarm]"), { childList: true });
    }""")
    box = phone.locator(f"#order-card-{row.pk}").get_by_role("button", name="Received").bounding_box()
    finger = phone.context.new_cdp_session(phone)
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    for route in held:
        route.continue_()
    phone.unroute("**/me/alarms/")
    with contextlib.suppress(PlaywrightTimeout):  # it has the answer, and keeps it back
        phone.locator("[data-alarm-row]").first.wait_for(timeout=300)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(phone.locator("[data-alarm-row]").first).to_be_visible()
    assert phone.evaluate("order")[:2] == ["click", "alarm"]
    expect(phone.locator(f"#order-card-{row.pk} button.btn-big")).to_have_text("Passed on")


def test_a_tap_is_answered_and_sent_when_the_phone_cannot_store_it(server, phone):
    """A full disk, a private window: the answer is kept as long as the page is open."""
    row = order_to_jushui()
    phone.add_init_script("IDBFactory.prototype.open = () => ({})")  # never succeeds, never fails
    phone.goto("/orders/mine/")
    card = phone.locator(f"#order-card-{row.pk}")
    look = "window.said = document.querySelector('[data-send-state]').textContent"
    phone.evaluate(f"addEventListener('click', () => setTimeout(() => {{ {look} }}), true)")
    card.get_by_role("button", name="Received").tap()
    phone.until("window.said !== undefined")
    assert phone.evaluate("said") == "Sending…"  # not when the store has been given up: at once
    expect(card.locator("button.btn-big")).to_have_text("Passed on")
    assert status_of(row) == "received"


def test_a_lost_reply_does_no_harm(server, phone):
    """The server acted, the answer never arrived: the repeat shows the state, not an error."""
    row = order_to_jushui()
    phone.goto("/orders/mine/")
    lost: list[Any] = []

    def lose_the_first(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    phone.route("**/act/", lose_the_first)
    phone.expected_errors.append("ERR_FAILED")
    card = phone.locator(f"#order-card-{row.pk}")
    card.get_by_role("button", name="Received").tap()
    expect(card.locator("button.btn-big")).to_have_text("Passed on")
    expect(phone.locator(".card-refused")).to_have_count(0)
    assert lost[0].status == 200


def test_a_note_and_a_photo_survive_a_reload_and_go_with_the_step(server, phone, tmp_path):
    row = order_to_jushui()
    actions.acknowledge(row.pk, by=person("village"))
    file = tmp_path / "bridge.jpg"
    file.write_bytes(jpeg())
    phone.goto(f"/orders/mine/{row.pk}/")
    phone.get_by_label("Note").fill("已封路，两人值守")
    phone.locator("input[name=photo]").set_input_files(file)
    expect(phone.locator("[data-photo-preview] img")).to_be_visible()
    phone.reload()
    expect(phone.get_by_label("Note")).to_have_value("已封路，两人值守")
    expect(phone.locator("[data-photo-preview] img")).to_be_visible()
    phone.get_by_role("button", name="In place").tap()
    expect(phone.locator(".photo-grid img")).to_be_visible()
    row.refresh_from_db()
    assert (row.status, row.note) == ("in_place", "已封路，两人值守")
    assert Attachment.objects.filter(subject=f"assignment:{row.pk}").count() == 1
    expect(phone.get_by_label("Note")).to_have_value("")


def test_a_bad_photo_is_said_and_the_note_stays(server, phone, tmp_path):
    row = order_to_jushui()
    actions.acknowledge(row.pk, by=person("village"))
    file = tmp_path / "bridge.jpg"
    file.write_bytes(b"<html>not a photo</html>")
    phone.goto(f"/orders/mine/{row.pk}/")
    phone.get_by_label("Note").fill("还差两户")
    phone.locator("input[name=photo]").set_input_files(file)
    phone.expected_errors.append("400")
    phone.get_by_role("button", name="Done").tap()
    expect(phone.locator(".card-refused")).to_contain_text("This is not a complete photo")
    expect(phone.get_by_label("Note")).to_have_value("还差两户")
    assert status_of(row) == "received"


def test_an_answer_logged_at_the_desk_changes_the_phone_without_a_reload(server, phone):
    row = order_to_jushui()
    phone.goto("/orders/mine/")
    expect(phone.locator(f"#order-card-{row.pk}")).to_be_visible()
    actions.answer_for(row.pk, by=person("officer"), how="phone")
    expect(phone.locator(f"#order-card-{row.pk} button.btn-big")).to_have_text("Passed on")


def test_the_township_logs_an_answer_from_its_silent_list(server, sign_in):
    row = order_to_jushui()
    page = sign_in(server, "township", width=360, height=740, has_touch=True)
    page.goto("/orders/area/")
    line = page.locator(f"#assignment-{row.pk}")
    expect(line.get_by_role("link", name=person("village").phone)).to_be_visible()
    line.get_by_text("Log an answer").tap()
    line.get_by_role("button", name="loudspeaker").tap()
    expect(line).to_have_count(0)
    row.refresh_from_db()
    assert row.answered_how == "loudspeaker"


def test_after_signing_in_a_village_head_on_a_narrow_screen_lands_on_their_orders(server, sign_in):
    page = sign_in(server, width=360, height=740)
    page.goto("/")
    page.get_by_label("Username").fill("village")
    page.get_by_label("Password").fill("sanji-demo")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/orders/mine/")


def test_after_signing_in_a_township_at_a_desk_lands_on_the_map(server, sign_in):
    page = sign_in(server, width=1440, height=900)
    page.goto("/login/")
    page.get_by_label("Username").fill("township")
    page.get_by_label("Password").fill("sanji-demo")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(server.url + "/")


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("zh-hans", "light")])
def test_every_phone_page_is_accessible_and_fits_360_pixels(server, sign_in, axe, language, theme):
    row = order_to_jushui(text=LONG[:200])
    done = order_to_jushui(text="检查村道")
    actions.acknowledge(done.pk, by=person("village"))
    wrong = []
    for username in ("village", "township"):
        page = sign_in(server, username, language=language, theme=theme, width=360, height=740)
        for path in ("/orders/mine/", f"/orders/mine/{row.pk}/", f"/orders/mine/{done.pk}/", "/orders/area/", "/me/"):
            page.goto(path)
            wrong += [f"{username} {path}: {problem}" for problem in axe(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{username} {path}: scrolls sideways")
    assert not wrong, "\n".join(wrong)


def test_the_alarm_s_received_is_the_order_s_answer_and_the_card_shows_it(server, sign_in):
    row = order_to_jushui()
    phone = sign_in(server, "village", language="zh-hans", width=390, height=844)
    phone.goto("/orders/mine/")
    line = phone.locator("[data-alarm-row]").filter(has=phone.locator(f'[data-answer="/orders/mine/{row.pk}/act/"]'))
    expect(line).to_have_count(1)
    line.get_by_role("button", name="收到").click()
    expect(phone.locator(f'[data-answer="/orders/mine/{row.pk}/act/"]')).to_have_count(0)
    expect(phone.locator(f'[data-card="{row.pk}"]')).to_contain_text("已传达")
    row.refresh_from_db()
    assert (row.status, row.answered_how) == ("received", "self")


def test_the_alarm_s_received_without_a_connection_waits_in_the_outbox_and_arrives(server, sign_in):
    row = order_to_jushui()
    phone = sign_in(server, "village", width=390, height=844)
    phone.goto("/orders/mine/")
    answer = phone.locator(f'[data-answer="/orders/mine/{row.pk}/act/"] button')
    expect(answer).to_be_visible()
    phone.expected_errors.extend(["ERR_INTERNET_DISCONNECTED", "WebSocket"])
    phone.context.set_offline(True)
    answer.click()
    expect(phone.locator(f'[data-send-state="{row.pk}"]')).to_contain_text("Not sent")
    row.refresh_from_db()
    assert row.status == "called"
    phone.context.set_offline(False)
    expect(phone.locator(f'[data-answer="/orders/mine/{row.pk}/act/"]')).to_have_count(0)
    row.refresh_from_db()
    assert row.status == "received"
