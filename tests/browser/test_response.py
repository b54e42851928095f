"""From a red rainstorm warning to the end of the response in real browsers: proposal, preview, phone, level, end."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from command.models import Assignment, Order, Proposal, Response, Task
from early_warning.actions import add_feed
from journal.actions.recording import SYSTEM
from journal.actions.relays import run_pending
from org.models import Person, Unit
from plans.actions.imports import import_plan
from plans.files import yaml_format
from plans.models import Version
from plans.rules.words import EMERGENCY_LEVELS
from tests.browser.test_map_live import post_cap
from tests.support.levels import in_force
from tests.support.photos import jpeg

LIBRARY = Path(__file__).parents[2] / "plans" / "files" / "library" / "flood.yaml"
OFFLINE = ["ERR_INTERNET_DISCONNECTED", "WebSocket", "Failed to fetch"]


@pytest.fixture(scope="module")
def plan(server: Any) -> Version:
    """The library's flood plan, for a county that starts the orange warning response on a red warning and goes higher
    by decision alone.
    """
    document = yaml_format.read(LIBRARY.read_bytes())
    for level in document["levels"].values():
        level["triggers"] = []
    for row in document["actions"]:  # as much to do as at III
        row["levels"] = [level for level in row["levels"] if level in EMERGENCY_LEVELS]
        row["levels"] += ["orange"] if "III" in row["levels"] else []
    for colour in ("blue", "yellow", "red"):
        del document["levels"][colour]
    red = {"signal": "warning", "colour": ["red"], "events": ["rainstorm"]}
    document["levels"]["orange"]["triggers"] = [red]
    return in_force(import_plan(document, by=SYSTEM, unit=Unit.objects.get(code="331126")).version)


def magistrate() -> Person:
    return Person.objects.get(appointments__post__code="magistrate", appointments__role="A")


def say(page: Page, condition: str, note: str) -> None:
    page.locator(f"#condition-{condition}").get_by_role("link").click()
    page.get_by_label("Met", exact=True).check()
    page.get_by_label("On what grounds").fill(note)
    page.get_by_role("button", name="Put on record").click()
    expect(page.locator(f"#condition-{condition}")).to_contain_text(note)


def fine(page: Page, axe: Callable[[Page], list[str]]) -> None:
    assert axe(page) == []
    holds_its_width(page)


def holds_its_width(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_red_warning_is_proposed_approved_answered_raised_and_ended(
    server: Any, plan: Version, sign_in: Callable[..., Page], axe: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    leader = sign_in(server, "leader")
    phone = sign_in(server, "village", width=390, height=844)
    phone.goto("/orders/mine/")
    leader.goto("/")
    token = add_feed("response", "测试平台", Unit.objects.get(code="331126"), by=SYSTEM)[1]
    assert post_cap(server, token, "33112641600000_20260709101500_77") == 201
    run_pending()

    # The proposal comes up by itself, above the warnings, and its waiting time counts up.
    proposal = Proposal.objects.get()
    row = leader.locator(f"#left-proposal-{proposal.pk}")
    expect(row).to_contain_text("Decide")
    before = row.locator("[data-waiting]").inner_text()
    leader.until(f"document.querySelector('#left-proposal-{proposal.pk} [data-waiting]').textContent !== '{before}'")
    assert not Response.objects.exists()
    row.locator(".row-link").click()
    expect(leader.get_by_role("heading", level=1)).to_contain_text("Orange warning response")
    expect(leader.locator("#outlook")).to_contain_text("T+30 min")
    fine(leader, axe)

    # The preview names the people; the leader's decision opens the incident and sends the orders.
    leader.locator("#out-township-roll-call summary").click()
    station = Person.objects.get(
        appointments__post__code="township_station", appointments__unit__code="331126206", appointments__role="A"
    )
    expect(leader.locator("#out-township-roll-call")).to_contain_text(station.phone)
    leader.get_by_role("button", name="Start: Orange warning response").click()
    leader.wait_for_url(re.compile(r"/incidents/\d+/\?tab=response"))
    response = Response.objects.get()
    assert (response.level, response.approved_by.username) == ("orange", "leader")
    expect(leader.locator(".matrix-action").first).to_be_visible()
    fine(leader, axe)

    # The village has its orders on the phone, without a reload, and answers with the evidence that the plan asks for.
    mine = Assignment.objects.filter(task__response=response, person__username="village").select_related("task__action")
    first = min(mine, key=lambda one: one.task.due_at)
    expect(phone.locator(f"#order-card-{first.pk}")).to_be_visible()
    phone.locator(".response-link").click()
    fine(phone, axe)
    card = phone.locator(f"#order-card-{first.pk}")
    card.get_by_role("button", name="Received").click()
    expect(card.get_by_role("button", name="Passed on")).to_be_visible()
    photographed = finish_with_evidence(server, phone, first, tmp_path)
    leader.locator(f"#action-{first.task.action.code} summary").click()
    expect(leader.locator(f"#assignment-{first.pk}")).to_contain_text("Done")
    expect(leader.locator(f"#assignment-{first.pk}")).to_contain_text(photographed)

    desk = raise_to_two(server, sign_in, response)
    end(leader, desk, response)


def finish_with_evidence(server: Any, phone: Page, row: Assignment, tmp_path: Path) -> str:
    """Done is held on the spot without what the plan asks for; with it, it goes through. Returns what the desk sees."""
    phone.goto(f"/orders/mine/{row.pk}/")
    done = phone.get_by_role("button", name="Done", exact=True)
    evidence = row.task.action.evidence
    if evidence != "none":
        done.click()
        expect(phone.locator("[data-evidence-asked]")).to_have_class(re.compile("missing"))
        row.refresh_from_db()
        assert row.status == "received"
    phone.get_by_label("Note").fill("两人值守，已到位")
    if evidence == "count":
        phone.locator("#figure").fill("37")
    if evidence == "photo":
        file = tmp_path / "gully.jpg"
        file.write_bytes(jpeg())
        phone.locator("input[name=photo]").set_input_files(file)
        expect(phone.locator("[data-photo-preview] img")).to_be_visible()
    done.click()
    expect(phone.locator(".steps .now")).to_contain_text("Done")
    row.refresh_from_db()
    assert row.status == "done"
    return "37" if evidence == "count" else "两人值守，已到位"


def raise_to_two(server: Any, sign_in: Callable[..., Page], response: Response) -> Page:
    """The magistrate raises the level: only what is new goes out, and nobody is called twice."""
    out = {row.pk: row.generation for row in Assignment.objects.filter(task__response=response)}
    orders = set(Order.objects.filter(response=response).values_list("pk", flat=True))
    kept = set(Task.objects.filter(response=response).values_list("pk", flat=True))
    desk = sign_in(server, magistrate().username)
    desk.goto(f"/incidents/{response.incident_id}/?tab=response")
    desk.get_by_role("link", name="Raise or lower").click()
    desk.locator(".choice-card", has_text=re.compile("Response level II(?!I)")).click()
    expect(desk.get_by_role("heading", name="Orange warning response → Response level II")).to_be_visible()
    new = int(desk.locator(".outlook-figures b").first.inner_text())
    desk.get_by_label("Grounds").fill("上游水库水位超汛限，险情扩大")
    desk.get_by_role("button", name="Put into effect").click()
    desk.wait_for_url(re.compile(r"tab=response"))
    response.refresh_from_db()
    assert response.level == "II"
    assert Task.objects.filter(response=response).exclude(pk__in=kept).count() == new > 0
    assert {row.pk: row.generation for row in Assignment.objects.filter(pk__in=out)} == out
    fresh = Order.objects.filter(response=response).exclude(pk__in=orders)
    assert fresh.exists()
    assert not fresh.filter(action__levels__contains=["III"]).exists()
    return desk


def end(leader: Page, desk: Page, response: Response) -> None:
    """Whoever approves the level ends it: refused with what is unmet, and over once each condition is met."""
    leader.goto(f"/incidents/{response.incident_id}/?tab=response")
    leader.locator("#response-conditions > summary").click()
    expect(leader.locator(".end-act")).to_contain_text("Whoever approves this level ends it: Response level II.")
    say(leader, "nobody_missing", "派出所与各村逐户核实")
    say(leader, "secondary_dangers_controlled", "自然资源局现场核查，坡体稳定")
    desk.locator("#response-conditions > summary").click()
    desk.expected_errors.append("409")  # type: ignore[attr-defined]
    press_end(desk, "雨停水退")
    expect(desk.locator("#act-dialog .notice")).to_contain_text("Not met: a final report is drafted")
    expect(desk.get_by_label("Grounds")).to_have_value("雨停水退")
    desk.locator("#act-dialog").get_by_role("link", name="Cancel").click()
    response.refresh_from_db()
    assert response.status == "running"
    say(leader, "final_report_drafted", "总结报告初稿已报指挥部")
    expect(desk.locator("#condition-final_report_drafted")).to_contain_text("总结报告初稿已报指挥部")
    press_end(desk, "雨停水退，人员已有序返回")
    for page in (desk, leader):
        # Hundreds of assignments are called off, and their people told, in this one act.
        expect(page.locator(".response-clock")).to_contain_text("Over", timeout=60_000)
    response.refresh_from_db()
    assert response.status == "ended"
    assert not Assignment.objects.filter(task__response=response, status="called").exists()


def press_end(page: Page, grounds: str) -> None:
    page.locator(".end-act a").click()
    page.get_by_label("Grounds").fill(grounds)
    page.locator("#act-dialog").get_by_role("button", name="End the response").click()


# Every two of theme, language and width meet once.
@pytest.mark.parametrize(
    ("width", "language", "theme"),
    [(1440, "zh-hans", "dark"), (1440, "en", "light"), (390, "en", "dark"), (390, "zh-hans", "light")],
)
def test_every_page_of_a_response_holds_its_width_and_is_accessible(
    server: Any, plan: Version, sign_in: Callable[..., Page], axe: Callable[[Page], list[str]], theme: str,
    language: str, width: int,
) -> None:  # fmt: skip
    response = Response.objects.filter(version=plan).latest("pk")
    page = sign_in(server, "leader", theme=theme, language=language, width=width, height=900)
    addresses = [
        f"/incidents/{response.incident_id}/?tab=response",
        f"/incidents/{response.incident_id}/response/?version={plan.pk}&level=III&by=place",
        f"/proposals/{Proposal.objects.latest('pk').pk}/",
        f"/responses/{response.pk}/print/",
        f"/responses/{response.pk}/mine/",
    ]
    for address in addresses:
        assert page.goto(address).status == 200
        holds_its_width(page)
        if language == "zh-hans":  # a theme and a width each; in which language is all the same to axe
            assert axe(page) == []


def test_a_figure_that_was_typed_survives_the_lost_connection(
    server: Any, plan: Version, sign_in: Callable[..., Page]
) -> None:
    """The outbox keeps note and figure, and sends them when the connection is back."""
    from command import actions
    from tests.support.levels import action, plan_of

    leader, village = (Person.objects.get(username=name) for name in ("leader", "village"))
    incident = actions.open_incident(by=leader, title="山洪", category="natural_disaster", unit="331126")
    version = plan_of(action("count", unit_kind="village", post="village_head", evidence="count", counted="转移人数"))
    response = actions.start_level(
        incident.pk, by=leader, version_id=version.pk, level="III", grounds="险情", area=["331126206"]
    )
    row = Assignment.objects.get(task__response=response, person=village)
    actions.acknowledge(row.pk, by=village)
    phone = sign_in(server, "village", width=390, height=844)
    phone.expected_errors.extend(OFFLINE)  # type: ignore[attr-defined]
    phone.goto(f"/orders/mine/{row.pk}/")
    phone.locator("#figure").fill("12")
    phone.reload()
    expect(phone.locator("#figure")).to_have_value("12")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Done", exact=True).click()
    expect(phone.locator("[data-send-state]")).to_contain_text("Not sent, will retry")
    phone.context.set_offline(False)
    expect(phone.locator(".steps .now")).to_contain_text("Done")
    row.refresh_from_db()
    assert (row.status, row.figure) == ("done", 12)
