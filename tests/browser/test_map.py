"""The command map in a real browser: what it draws, how it is used, what it weighs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.gis.geos import Point
from playwright.sync_api import Page, Route, expect

from command import actions
from command.models import Assignment, Incident, Order
from org.models import Person

JUSHUI, YUESHAN = "331126206", "331126206200"
ROOT = Path(__file__).resolve().parents[2]
LIMIT_KB = 600
READY = "[data-map-frame][data-ready='yes']"


def officer() -> Person:
    return Person.objects.get(username="officer")


@pytest.fixture
def order(server: Any) -> Order:
    """To Jushui and its villages, two of which have answered."""
    incident: Incident = actions.open_incident(
        by=officer(),
        title="举水上游暴雨",
        category="natural_disaster",
        unit="331126",
        grade="III",
        point=Point(119.2, 27.55, srid=4326),
    )
    order = actions.issue_order(
        by=officer(), incident_id=incident.pk, text="转移低洼处群众", units=[JUSHUI], descendants=True, ladder="red"
    )
    for row in Assignment.objects.filter(order=order, unit__code__in=["331126206216", "331126206217"]):
        actions.answer_for(row.pk, by=officer(), how="phone")
    return order


def open_map(page: Page, path: str = "/") -> Page:
    page.goto(path)
    page.wait_for_selector(READY)
    return page


def states(page: Page) -> dict[str, int]:
    """How many village areas wear each answer state."""
    return page.evaluate(
        """() => [...document.querySelectorAll('path.area-village')].reduce((n, path) => {
          const state = [...path.classList].find((name) => name.startsWith('st-')) || 'none';
          return { ...n, [state]: (n[state] || 0) + 1 }; }, {})"""
    )


def test_the_map_draws_the_county_by_answer_state_from_this_host_alone(
    server: Any, sign_in: Callable[..., Page], order: Order
) -> None:
    page = sign_in(server, "officer")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_map(page, f"/?incident={order.incident_id}")
    page.until("document.querySelectorAll('path.area-village.st-called').length === 4")
    shown = states(page)
    assert sum(shown.values()) == 203
    assert {state: n for state, n in shown.items() if state != "none"} == {"st-called": 4, "st-received": 2}
    expect(page.get_by_text("Approximate demonstration geometry")).to_be_visible()
    assert page.locator("path.area-township").count() == 19
    assert [url for url in asked if not url.startswith((server.url, "data:"))] == []


def test_choosing_an_incident_recolours_and_narrows_and_going_back_undoes_it(
    server: Any, sign_in: Callable[..., Page], order: Order
) -> None:
    quiet = actions.open_incident(by=officer(), title="无指令事件", category="accident", unit="331126", grade="IV")
    page = open_map(sign_in(server, "officer"))
    page.locator(f"#left-incident-{quiet.pk} a").click()
    page.wait_for_url(f"**/?incident={quiet.pk}")
    page.until("document.querySelectorAll('path.area-village[class*=\"st-\"]').length === 0")
    expect(page.locator("#left")).to_contain_text("No orders yet")
    page.go_back()
    page.until("document.querySelectorAll('path.area-village.st-called').length >= 4")
    expect(page.locator(f"#left-incident-{order.incident_id}")).to_be_visible()


def test_an_answer_that_comes_late_does_not_stand_over_a_newer_one(server: Any, sign_in: Callable[..., Page]) -> None:
    page = open_map(sign_in(server, "officer"))
    late: list[Route] = []

    def hold_back(route: Route) -> None:
        if late or "incident=" in route.request.url:
            route.continue_()
        else:
            late.append(route)

    page.route("**/board/left/**", hold_back)
    quiet = actions.open_incident(by=officer(), title="迟到的回应", category="accident", unit="331126", grade="IV")
    while not late:
        page.wait_for_event("request", timeout=10_000)
    page.evaluate(f"history.pushState(null, '', '/?incident={quiet.pk}'); dispatchEvent(new PopStateEvent('popstate'))")
    expect(page.locator("#left")).to_contain_text("No orders yet")
    with page.expect_response(lambda answer: answer.url.endswith("/board/left/")) as answer:
        late[0].continue_()
    answer.value.finished()
    page.evaluate("new Promise((done) => setTimeout(done, 100))")
    expect(page.locator("#left")).to_contain_text("No orders yet")


def test_a_click_on_a_unit_opens_its_card_and_one_beside_all_units_closes_it(
    server: Any, sign_in: Callable[..., Page], order: Order
) -> None:
    page = open_map(sign_in(server, "officer"), f"/?incident={order.incident_id}")
    page.locator("path.area-village.st-called").first.dispatch_event("click")
    expect(page.locator(".unit-card")).to_contain_text("Called")
    page.until("new URLSearchParams(location.search).has('unit')")
    page.locator("#map").dispatch_event("click")
    expect(page.locator(".unit-card")).to_have_count(0)


def test_a_unit_chosen_on_the_map_is_chosen_in_the_address_and_shows_its_people(
    server: Any, sign_in: Callable[..., Page], order: Order
) -> None:
    page = open_map(sign_in(server, "officer"), f"/?unit={YUESHAN}&incident={order.incident_id}")
    expect(page.locator(".unit-card")).to_contain_text("Yueshan")
    expect(page.locator(".unit-card")).to_contain_text("Called")
    assert page.locator("path.area-village.selected").count() == 1
    page.keyboard.press("Escape")
    page.locator(".leaflet-popup-close-button").click()
    page.until("!new URLSearchParams(location.search).has('unit')")
    assert page.locator("path.area-village.selected").count() == 0


def click_area(page: Page, code_name: str) -> None:
    """Click inside a township near its name, where no marker stands."""
    box = page.locator(".map-name-township", has_text=code_name).locator("span").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] + 6, box["y"] + box["height"] / 2)


def test_three_taps_lead_from_the_map_to_an_order_of_townships(server: Any, sign_in: Callable[..., Page]) -> None:
    page = open_map(sign_in(server, "officer"))
    page.locator("[data-tool='select']").click()
    click_area(page, "Xianliang")
    link = page.locator("[data-chosen-order]")
    expect(link).to_contain_text("Order this township")
    click_area(page, "Zuoxi")
    expect(link).to_contain_text("Order these 2 townships")
    href = link.get_attribute("href") or ""
    assert href.startswith("/orders/new/?units=")
    link.click()
    page.wait_for_url("**/orders/new/?units=*")
    page.wait_for_load_state()


def test_the_legend_switches_layers_and_the_measure_measures(
    server: Any, sign_in: Callable[..., Page], order: Order
) -> None:
    page = open_map(sign_in(server, "officer"), f"/?incident={order.incident_id}")
    page.until("document.querySelectorAll('path.area-village.st-called').length === 4")
    page.locator("[data-legend-chip='called']").click()
    assert states(page).get("st-called", 0) == 0
    page.locator("[data-tool='measure']").click()
    box = page.locator("#map").bounding_box()
    assert box is not None
    for part in (0.4, 0.6):
        page.mouse.click(box["x"] + box["width"] * part, box["y"] + box["height"] * 0.8)
    expect(page.locator("[data-map-measure]")).to_contain_text("km")
    assert "unit=" not in page.url


def test_a_row_of_the_silent_list_logs_an_answer_in_two_taps(server: Any, sign_in: Callable[..., Page]) -> None:
    fast = actions.issue_order(
        by=officer(), incident_id=None, text="快", units=["331126200"], descendants=False, ladder="blue", fast=True
    )
    row = Assignment.objects.filter(order=fast).first()
    page = open_map(sign_in(server, "officer"))
    line = page.locator(f"#silent-{row.pk}")
    # Nothing tells of it: the time of the answer passes, and the page finds out by its own clock.
    expect(line).to_be_visible(timeout=20_000)
    line.locator("summary").click()
    line.locator("button[value='phone']").click()
    expect(line).to_have_count(0)
    assert Assignment.objects.get(pk=row.pk).answered_how == "phone"


def test_the_search_is_driven_by_the_keyboard(server: Any, sign_in: Callable[..., Page]) -> None:
    page = open_map(sign_in(server, "officer"))
    page.keyboard.press("/")
    page.keyboard.type("yueshan")
    expect(page.locator("[data-hit][data-active]")).to_contain_text("Yueshan")
    page.keyboard.press("Enter")
    page.until(f"new URLSearchParams(location.search).get('unit') === '{YUESHAN}'")
    page.keyboard.press("Control+k")
    page.keyboard.press("Control+a")
    with page.expect_response(lambda response: response.url.endswith("q=Lingtou")):
        page.keyboard.type("Lingtou")
    page.until("document.querySelector('[data-hit] .palette-title')?.textContent.includes('Lingtou')")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-hit] a").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#search-dialog input")).to_be_focused()


@pytest.mark.parametrize(("theme", "language"), [("dark", "en"), ("light", "zh-hans")])
@pytest.mark.parametrize("path", ["/", "/wall/", "/search/?q=a"])
def test_axe_finds_no_violation(
    server: Any, sign_in: Callable[..., Page], axe: Callable[[Page], list[str]], order: Order, path: str, theme: str,
    language: str,
) -> None:  # fmt: skip
    page = sign_in(server, "officer", theme=theme, language=language)
    page.goto(path)
    if path != "/search/?q=a":
        page.wait_for_selector("[data-ready='yes']")
    assert axe(page) == []


@pytest.mark.parametrize("width", [390, 800])
def test_below_1100_px_the_panels_are_drawers_and_nothing_scrolls_sideways(
    server: Any, sign_in: Callable[..., Page], order: Order, axe: Callable[[Page], list[str]], width: int
) -> None:
    page = open_map(sign_in(server, "officer", width=width, height=844))
    assert page.evaluate("document.documentElement.scrollWidth") == width
    expect(page.locator("#panel-left")).not_to_be_visible()
    page.locator("[data-panel-toggle='left']").click()
    expect(page.locator("#panel-left")).to_be_visible()
    expect(page.locator(f"#left-incident-{order.incident_id}")).to_be_visible()
    page.wait_for_timeout(250)  # the drawer's own movement; axe looks at it at rest
    assert axe(page) == []


def test_without_its_layers_the_map_says_so_and_tries_again(server: Any, sign_in: Callable[..., Page]) -> None:
    page = sign_in(server, "officer")
    page.expected_errors += ["Failed to load resource", "net::ERR"]
    page.route("**/api/v1/map/units.geojson*", lambda route: route.abort())
    page.goto("/")
    expect(page.get_by_text("The map could not be loaded")).to_be_visible()
    expect(page.locator("[data-live-badge]").first).not_to_have_attribute("data-state", "live", timeout=20_000)
    page.unroute("**/api/v1/map/units.geojson*")
    page.locator("[data-map-retry]").click()
    page.wait_for_selector(READY)


@pytest.fixture
def as_deployed(tmp_path_factory: pytest.TempPathFactory, server_environment: dict[str, str]) -> None:
    """Hashed and compressed static files, which the run has made already or which are made here."""
    server_environment["DEBUG"] = "0"
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        server_environment["STATIC_ROOT"] = str(tmp_path_factory.mktemp("static"))
        collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v", "0"]
        subprocess.run(collect, cwd=ROOT, env={**os.environ, **server_environment}, check=True)


def test_the_first_load_of_the_map_stays_under_its_weight(
    as_deployed: None, own_server: Any, sign_in: Callable[..., Page]
) -> None:
    page = sign_in(own_server, "officer")
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: dict[str, float] = {}
    names: dict[str, str] = {}
    wire.on("Network.responseReceived", lambda event: names.update({event["requestId"]: event["response"]["url"]}))
    wire.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    open_map(page)
    page.wait_for_load_state("networkidle")
    heaviest = sorted(((size, names.get(key, "")) for key, size in sizes.items()), reverse=True)
    total = sum(sizes.values()) / 1024
    print(f"first load {total:.0f} KB in {len(sizes)} requests", *heaviest[:12], sep="\n")  # noqa: T201
    assert 100 < total <= LIMIT_KB, heaviest[:8]
