"""The shown state in a real browser: its copy of the rule, and one number for it wherever a page has one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from command import actions
from command.models import Assignment
from database.clock import now
from org.models import Person
from tests.support.shown_cases import FILE

RULE = """
    async ([table]) => {
      const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
      const rule = await import(loaded.find((name) => /map\\/shown/.test(name)));
      const due = 1_000_000;
      const wrong = table.cases.filter((one) => {
        const item = { ...one, due, for: rule.forAnother(one.answered_by, one.person) };
        return rule.stateOf(item, due + one.past_due_s * 1000) !== one.shown; });
      return { wrong, need: rule.NEED, checked: table.cases.length }; }
"""


def open_map(page: Page, path: str = "/") -> Page:
    page.goto(path)
    page.wait_for_selector("[data-map-frame][data-ready='yes']")
    return page


def test_the_browsers_rule_is_the_databases(server: Any, sign_in: Callable[..., Page]) -> None:
    table = json.loads(FILE.read_text(encoding="utf-8"))
    found = open_map(sign_in(server, "officer")).evaluate(RULE, [table])
    assert (found["wrong"], found["need"], found["checked"]) == ([], table["need"], len(table["cases"]))


def test_legend_bar_counter_list_and_order_page_say_one_number(server: Any, sign_in: Callable[..., Page]) -> None:
    officer = Person.objects.get(username="officer")
    incident = actions.open_incident(
        by=officer, title="一个数", category="natural_disaster", unit="331126", grade="III"
    )
    order = actions.issue_order(
        by=officer, incident_id=incident.pk, text="查", units=["331126206"], descendants=True, ladder="red"
    )
    rows = list(order.assignments.order_by("pk").values_list("pk", flat=True))
    late = now() - dt.timedelta(minutes=9)
    for pk, rung, climbed_to in (
        (rows[0], 1, "remind"),
        (rows[1], 1, ""),
        (rows[2], 2, "deputy"),
        (rows[3], 2, "runner"),
    ):
        Assignment.objects.filter(pk=pk).update(ack_due_at=late, rung=rung, climbed_to=climbed_to)
    waiting = str(len(rows) - 4)
    page = open_map(sign_in(server, "officer"), f"/?incident={incident.pk}")
    for state, n in (("silent", "2"), ("climbed", "2"), ("called", waiting)):
        expect(page.locator(f"[data-legend-count='{state}']")).to_have_text(n)
        expect(page.locator(f"#left .state-count:has(.st-{state}) b")).to_have_text(n)
    expect(page.locator(".board-silent-head .count")).to_have_text("4")
    expect(page.locator("[data-counter='silent']").first).to_contain_text("4")
    page.goto(f"/orders/{order.pk}/")
    expect(page.locator(".answer-bar").first).to_have_attribute(
        "aria-label", f"Silent 2; No answer, escalated 2; Called {waiting}"
    )
