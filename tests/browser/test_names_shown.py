"""Names that somebody made up to break pages: markup, characters that turn text, sixty characters, endless words."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from command import actions
from command.models import Assignment, Incident, Order
from early_warning.actions import add_feed, receive
from early_warning.models import Warning as WeatherWarning
from journal.actions.recording import SYSTEM
from org.models import Person, Unit
from tests.early_warning.messages import info, message
from tests.support.pages_open import Server

pytestmark = pytest.mark.browser

HTML = '<img src=x onerror="window.broken=1">'
TURN = "\u202e\u2066\u200f"
LONG = "龙泉山脉东南麓大坑源自然村与下管岭自然村联合抗洪抢险临时指挥部所在地的行政村名称特别特别长"
ENDLESS = "https://example.com/" + "a" * 160
NAME = f"{HTML}{TURN}{LONG}"[:80]
TURNED = "[\\u200e\\u200f\\u061c\\u202a-\\u202e\\u2066-\\u2069]"
SHOWN = f"""() => {{
    const turned = /{TURNED}/;
    const found = [];
    const walk = document.createTreeWalker(document, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {{
        const node = walk.currentNode;
        if (node.nodeType === Node.TEXT_NODE) {{ if (turned.test(node.data)) found.push(node.data.slice(0, 60)); }}
        else for (const {{name, value}} of node.attributes)
            if (turned.test(value)) found.push(`${{node.tagName}} ${{name}}=${{value.slice(0, 60)}}`);
    }}
    return found;
}}"""
WIDE = """() => {
    const frames = [document.documentElement, ...document.querySelectorAll('.main, .phone-main, .panel')];
    const frame = frames.find((one) => one.clientWidth && one.scrollWidth > one.clientWidth + 1);
    if (!frame) return [];
    const wide = frame.getBoundingClientRect().left + frame.clientWidth;
    const out = [...frame.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > wide + 1);
    const told = (one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 30)}`;
    return out.slice(0, 6).map(told);
}"""


@pytest.fixture(scope="module")
def made_up(server: Server) -> dict[str, Any]:
    """The county under names that somebody made up, past every door that would clean them."""
    for path in ("33.11.26.206", "33.11.26.206.200"):
        Unit.objects.filter(path=path).update(name=NAME, name_en=NAME)
    Person.objects.filter(username__in=("officer", "township", "village")).update(name=NAME[:40], name_en="")
    officer = Person.objects.get(username="officer")
    incident = actions.open_incident(by=officer, title=NAME, category="natural_disaster", unit="331126206", grade="III")
    order = actions.issue_order(
        by=officer, incident_id=incident.pk, text=f"{HTML}{TURN}{ENDLESS}{LONG}", units=["331126206"], descendants=True,
        ladder="red",
    )  # fmt: skip
    Incident.objects.filter(pk=incident.pk).update(title=NAME)
    Order.objects.filter(pk=order.pk).update(text=f"{HTML}{TURN}{ENDLESS}{LONG}")
    mine = Assignment.objects.get(order=order, person__username="village")
    feed = add_feed("qx", NAME[:40], Unit.objects.get(code="331126"), by=SYSTEM, token="of-a-test")[0]
    receive(message(info(event=f"暴雨{TURN}", headline=f"{TURN}庆元县气象台发布暴雨橙色预警")), by=feed)
    warning = WeatherWarning.objects.latest("pk")
    return {"incident": incident.pk, "order": order.pk, "mine": mine.pk, "warning": warning.pk}


def problems(page: Page) -> list[str]:
    page.until("document.readyState === 'complete'")
    found = ["markup ran"] if page.evaluate("window.broken") is not None else []
    found += ["markup is there"] if page.locator("img[src='x']").count() else []
    return [
        *found,
        *(f"turned: {text}" for text in page.evaluate(SHOWN)),
        *(f"wide: {it}" for it in page.evaluate(WIDE)),
    ]


PHONE = ("/orders/mine/", "/orders/mine/{mine}/", "/orders/area/", "/me/", "/duty/me/", "/hazards/file/")
DESK = (
    *("/", "/incidents/", "/incidents/{incident}/", "/incidents/{incident}/?tab=orders"),
    *("/incidents/{incident}/?tab=people", "/incidents/{incident}/?tab=timeline", "/orders/", "/orders/{order}/"),
    *("/orders/new/?incident={incident}", "/duty/", "/duty/today/", "/warnings/", "/warnings/{warning}/"),
    *("/hazards/", "/hazards/map/", "/plans/", "/me/"),
)


def looked_at(page: Page, addresses: tuple[str, ...], made_up: dict[str, Any]) -> dict[str, list[str]]:
    found = {}
    for address in addresses:
        page.goto(address.format(**made_up))
        expect(page.locator("[data-live-badge]").first).to_have_attribute("data-state", "live")
        found[address] = problems(page)
    return {address: wrong for address, wrong in found.items() if wrong}


def test_a_village_heads_pages_hold_at_360_pixels(server, sign_in, made_up):
    page = sign_in(server, "village", width=360, height=740, has_touch=True)
    assert looked_at(page, PHONE, made_up) == {}


@pytest.mark.parametrize("width", [360, 1440])
def test_an_officers_pages_hold(server, sign_in, made_up, width):
    page = sign_in(server, "officer", width=width)
    assert looked_at(page, DESK, made_up) == {}


@pytest.mark.parametrize("width", [360, 1440])
def test_the_registers_pages_hold(server, sign_in, made_up, width):
    page = sign_in(server, "admin", width=width)
    assert looked_at(page, ("/register/", "/register/?unit=331126206", "/orders/", "/incidents/"), made_up) == {}


def test_the_map_shows_names_as_text(server, sign_in, made_up):
    page = sign_in(server, "officer")
    page.goto("/")
    page.until(
        "document.getElementById('map')?.dataset.ready === 'yes' || document.querySelectorAll('.map-name').length"
    )
    expect(page.locator(".marker").first).to_be_attached()
    page.locator("path.area-township").first.wait_for(state="attached")
    for shape in page.locator("path.area-township, path.area-village").all()[:40]:
        shape.dispatch_event("mouseover")
    assert problems(page) == []


def test_the_incidents_map_and_its_tooltips_show_names_as_text(server, sign_in, made_up):
    page = sign_in(server, "officer")
    page.goto(f"/incidents/{made_up['incident']}/?tab=map")
    page.locator("#incident-map path.area-village").first.wait_for(state="attached")
    for shape in page.locator("#incident-map path.area-village.leaflet-interactive").all()[:40]:
        shape.dispatch_event("mouseover")
        expect(page.locator(".leaflet-tooltip").first).to_be_attached()
    assert problems(page) == []


def test_the_warnings_map_shows_a_townships_name_as_text(server, sign_in, made_up):
    page = sign_in(server, "officer")
    page.goto(f"/warnings/{made_up['warning']}/")
    tip = page.locator("[data-warning-map] .leaflet-tooltip").first
    expect(tip).to_contain_text("<img src=x")
    assert problems(page) == []


def test_search_toasts_and_questions_show_names_as_text(server, sign_in, made_up):
    page = sign_in(server, "officer")
    page.goto("/")
    page.locator(".topbar-search").click()
    page.fill("#search-dialog input", "img")
    expect(page.locator("#search-results a").first).to_be_visible()
    assert problems(page) == []
    page.keyboard.press("Escape")
    page.evaluate(
        """async (name) => {
            const seed = document.createElement('button');
            Object.assign(seed.dataset, {confirm: name, confirmBody: name, confirmAct: name});
            const form = document.createElement('form');
            form.append(seed); document.querySelector('main').append(form);
            seed.click();
        }""",
        NAME,
    )
    expect(page.locator("#confirm-dialog")).to_be_visible()
    expect(page.locator("[data-confirm-title]")).to_contain_text("<img src=x")
    assert page.evaluate(f"!/{TURNED}/.test(document.getElementById('confirm-dialog').textContent)")
    assert page.locator("img[src='x']").count() == 0


def test_the_wall_shows_names_as_text(server, sign_in, made_up):
    page = sign_in(server, "officer", width=1920, height=1080)
    page.goto("/wall/")
    page.until("document.getElementById('map').dataset.ready === 'yes'", 30)
    assert problems(page) == []


def test_names_are_kept_apart_from_the_direction_of_what_stands_beside_them(server, sign_in, made_up):
    page = sign_in(server, "village", width=360, height=740)
    page.goto("/orders/mine/")
    styles = page.locator(".order-card bdi").evaluate_all(
        "(all) => all.map((one) => getComputedStyle(one).unicodeBidi)"
    )
    assert styles
    assert set(styles) == {"isolate"}


def test_a_long_name_is_cut_with_a_mark_and_whole_in_its_title(server, sign_in, made_up):
    page = sign_in(server, "village", width=360, height=740)
    page.goto("/orders/mine/")
    name = page.locator(".order-card .unit-name, .order-card .cut").first
    assert name.evaluate("(one) => getComputedStyle(one).textOverflow") == "ellipsis"
