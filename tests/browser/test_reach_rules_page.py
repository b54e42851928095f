"""Whoever keeps the register changes a rule of reach in a dialog, and works off a stale number; wide and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from duty.models import CommTest, CommTestLine
from org.models import Appointment, Person
from tests.support.gateways import account
from tests.support.pages_open import Server

SignIn = Callable[..., Any]
Axe = Callable[[Page], list[str]]


@pytest.mark.parametrize(("width", "first", "theme"), [(390, "call", "light"), (1440, "text", "dark")])
def test_a_rule_is_changed_in_a_dialog(
    server: Server, sign_in: SignIn, axe: Axe, width: int, first: str, theme: str
) -> None:
    if width == 390:
        account("box", ("sms",))
    page = sign_in(server, "admin", width=width, theme=theme)
    page.expected_errors.append("400")
    page.goto("/register/gateways/")
    page.get_by_role("link", name="Rules of reach").click()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    line = page.locator("tr", has_text="all messages").filter(has_not_text="a step that asks")
    line.get_by_role("link", name="Change").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("First").select_option(label="e-mail")
    dialog.get_by_label("If it fails").select_option(label="–")
    dialog.get_by_role("button", name="Store").click()
    expect(dialog.locator(".invalid-feedback")).to_contain_text("would be silent")
    assert axe(page) == []
    dialog.get_by_label("First").select_option(label=first)
    dialog.get_by_role("button", name="Store").click()
    words = "call (no account)" if first == "call" else "text"
    expect(line.locator("td").nth(3)).to_have_text(re.compile(rf"^\s*{re.escape(words)}(?!,)"))
    expect(line.get_by_text("reaches nobody")).to_have_count(1 if first == "call" else 0)


@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (1440, "dark")])
def test_a_stale_number_is_corrected_in_a_dialog(
    server: Server, sign_in: SignIn, axe: Axe, width: int, theme: str
) -> None:
    lines = stale(2)
    page = sign_in(server, "admin", width=width, theme=theme)
    page.goto("/register/")
    page.get_by_role("link", name="Numbers to check").click()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    row = page.locator(f"#number-{lines[0].pk}")
    row.get_by_role("link", name="Correct").click()
    dialog = page.get_by_role("dialog")
    new = f"1390000{width:04}"
    dialog.get_by_label("Right number").fill(new)
    assert axe(page) == []
    dialog.get_by_role("button", name="Store").click()
    expect(row).to_have_count(0)
    page.locator(f"#number-{lines[1].pk}").get_by_role("button", name="It is right").click()
    expect(page.locator(f"#number-{lines[1].pk}")).to_have_count(0)
    assert Person.objects.get(pk=lines[0].person_id).phone == new
    assert Person.objects.get(pk=lines[1].person_id).phone_confirmed_at is not None


def stale(count: int) -> list[CommTestLine]:
    """A test that is over, with wrong numbers of people whom no other test of this module has met."""
    from database.clock import now

    held = Appointment.objects.filter(post__code="village_head", valid_to=None).exclude(person__phone="")
    fresh = held.exclude(person__in=CommTestLine.objects.values("person")).select_related("unit", "person")
    people = list(fresh.order_by("unit__path")[:count])
    test = CommTest.objects.create(unit=people[0].unit, levels=["village"], window_min=15, closed_at=now())
    return [
        CommTestLine.objects.create(
            test=test, person=one.person, unit=one.unit, phone=one.person.phone, outcome="bad_number"
        )
        for one in people
    ]
