"""A unit's duty in a real browser: a month is published, a swap approved, a handover signed, a spot check fails."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from database.clock import now
from duty import actions
from duty.models import Handover, Shift, SpotCheck, Swap
from duty.selectors.watch import who_is_on
from journal.actions.recording import SYSTEM
from notify.models import Message
from org.actions import appoint
from org.models import Appointment, Person, Post, Unit

TOWN = "331126206"
BEIJING = ZoneInfo("Asia/Shanghai")
Open = Callable[..., Page]


class Town:
    """A town with a pattern of two crews and the drafts of the coming month, on a server whose clock can be moved."""

    def __init__(self, server: Any) -> None:
        self.server, self.unit = server, Unit.objects.get(code=TOWN)
        held = Appointment.objects.filter(unit=self.unit, valid_to=None, post__optional=False)
        held = held.order_by("role", "post__rank", "pk")
        self.people = list(dict.fromkeys(row.person for row in held.select_related("person")))
        secretary, head, deputy, station, officer, second = self.people
        rotation = {"leader": [secretary, head], "main": [deputy, station], "deputy": [officer, second]}
        self.head, self.free = head, self._one_more()
        self.real = now()
        today = self.real.astimezone(BEIJING).date()
        self.month = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        actions.set_pattern(by=SYSTEM, unit=self.unit, name="两班轮换", rotation=rotation, valid_from=self.month)
        until = (self.month + dt.timedelta(days=32)).replace(day=1)
        actions.generate_now(by=SYSTEM, unit=self.unit, first=self.month, until=until)

    def _one_more(self) -> Person:
        """Two crews that follow one another leave nobody who could stand in: somebody of a village joins the town."""
        person = Person.objects.filter(appointments__unit__path__startswith=f"{self.unit.path}.")[0]
        appoint(by=SYSTEM, person=person, unit=self.unit, post=Post.objects.get(code="township_duty"))
        return person

    def shift(self, day: int) -> Shift:
        start = dt.datetime.combine(self.month.replace(day=day), dt.time(8, 30), BEIJING)
        return Shift.objects.get(unit=self.unit, during__startswith=start)

    def on(self, day: int, post: str) -> Person:
        return self.shift(day).slots.get(post=post).person

    def go_to(self, day: int, clock: str) -> None:
        """Move the clock of the database, hence of every process, to that moment of the month (Beijing)."""
        target = dt.datetime.combine(self.month.replace(day=day), dt.time.fromisoformat(clock), BEIJING)
        self.server.travel(seconds=(target - self.real).total_seconds())

    def fire(self, times: int = 3) -> None:
        for _round in range(times):
            self.server.fire()


@pytest.fixture
def town(own_server: Any) -> Town:
    return Town(own_server)


def test_a_month_is_published_swapped_handed_over_and_a_failed_check_calls_the_leader(
    town: Town, sign_in: Open, axe: Callable[[Page], list[str]]
) -> None:
    _exchange(town, sign_in)
    _publish(town, sign_in, axe)
    _swap(town, sign_in)
    _hand_over(town, sign_in, axe)
    _fail_a_check(town, sign_in, axe)


def _as(town: Town, sign_in: Open, person: Person, **more: Any) -> Page:
    return sign_in(town.server, person.username, **more)


def _exchange(town: Town, sign_in: Open) -> None:
    """The leaders of the 10th and the 13th change places by keyboard, and back by dragging."""
    one, other = town.on(10, "leader"), town.on(13, "leader")
    page = _as(town, sign_in, town.head)
    page.goto(f"/duty/?unit={TOWN}&month={town.month:%Y-%m}")
    first, second = (page.locator(f'[data-shift="{town.shift(day).pk}"][data-post="leader"]') for day in (10, 13))
    first.focus()
    page.keyboard.press("m")
    expect(page.locator("[data-drag-said]")).to_contain_text("is picked up")
    second.focus()
    page.keyboard.press("m")
    expect(first).to_have_attribute("data-person", str(other.pk))
    assert (town.on(10, "leader"), town.on(13, "leader")) == (other, one)
    first.drag_to(second)
    expect(first).to_have_attribute("data-person", str(one.pk))
    assert (town.on(10, "leader"), town.on(13, "leader")) == (one, other)


def _publish(town: Town, sign_in: Open, axe: Callable[[Page], list[str]]) -> None:
    page = _as(town, sign_in, town.head)
    page.goto(f"/duty/?unit={TOWN}&month={town.month:%Y-%m}")
    expect(page.locator(".shift.is-draft").first).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Publish…").click()
    dialog = page.locator("#act-dialog")
    expect(dialog).to_contain_text("Every shift has its whole crew")
    dialog.get_by_role("button", name="Publish").click()
    expect(page.locator(".toast-item")).to_contain_text("Published")
    expect(page.locator(".shift.is-draft")).to_have_count(0)
    assert town.shift(2).live


def _swap(town: Town, sign_in: Open) -> None:
    """The deputy officer of the 5th asks, a colleague takes it, the head approves: from then on it is the colleague."""
    asker = town.on(5, "deputy")
    slot = town.shift(5).slots.get(post="deputy")
    taker = town.free
    other = _as(town, sign_in, asker, width=390, height=844)
    other.goto("/duty/me/")
    other.locator(f'a[href="/duty/slots/{slot.pk}/swap/"]').click()
    other.locator("#act-dialog textarea").fill("My son's wedding")
    other.locator("#act-dialog").get_by_role("button", name="Ask").click()
    expect(other.locator(".swap-card").first).to_contain_text("requested")
    swap = Swap.objects.get(slot=slot)
    back = _as(town, sign_in, taker, width=390, height=844)
    back.goto("/duty/me/")
    back.locator(f'a[href="/duty/swaps/{swap.pk}/take/"]').click()
    back.locator("#act-dialog").get_by_role("button", name="Accept the swap").click()
    expect(back.locator(".swap-card").first).to_contain_text("taken")
    chief = _as(town, sign_in, town.head)
    chief.goto("/duty/swaps/")
    chief.get_by_role("button", name="Approve").click()
    expect(chief.locator(".toast-item")).to_contain_text("is on duty then")
    assert town.on(5, "deputy") == taker


def _hand_over(town: Town, sign_in: Open, axe: Callable[[Page], list[str]]) -> None:
    """Twenty minutes before the change both sign; at 08:30 the incoming officer answers for the post, alone."""
    town.go_to(2, "08:10")
    town.fire()
    row = Handover.objects.get(shift=town.shift(2))
    out, into = town.on(1, "main"), town.on(2, "main")
    first = _as(town, sign_in, out, width=390, height=844)
    first.goto(f"/duty/handovers/{row.pk}/")
    first.get_by_label(re.compile("^Note")).fill("Two sandbag teams stand ready at the school")
    first.get_by_role("button", name="I hand over").click()
    expect(first.locator(".signature.is-signed")).to_have_count(1)
    second = _as(town, sign_in, into, width=390, height=844)
    second.goto("/duty/me/")
    second.get_by_role("link", name="Read and sign").click()
    expect(second.locator("#handover")).to_contain_text("Two sandbag teams stand ready")
    second.get_by_role("button", name="I take over").click()
    expect(second.locator(".signature.is-signed")).to_have_count(2)
    assert axe(second) == []
    assert who_is_on(town.unit, "main").person_id == out.pk
    town.go_to(2, "08:30")
    assert who_is_on(town.unit, "main").person_id == into.pk


def _fail_a_check(town: Town, sign_in: Open, axe: Callable[[Page], list[str]]) -> None:
    """Nobody calls back for five minutes, nor after the second call: the leader on duty is called."""
    town.go_to(2, "10:00")
    county = sign_in(town.server, "officer")
    county.goto("/duty/spot-checks/")
    county.get_by_role("link", name="Check now…").click()
    county.locator("#act-dialog select[name=unit]").select_option(TOWN)
    county.locator("#act-dialog").get_by_role("button", name="Call now").click()
    expect(county.locator(".check-card")).to_contain_text("calling")
    check = SpotCheck.objects.get(unit=town.unit)
    town.go_to(2, "10:06")
    town.fire()
    county.reload()
    expect(county.locator(".check-card .eyebrow")).to_contain_text("second call")
    town.go_to(2, "10:12")
    town.fire()
    county.reload()
    expect(county.locator(".check-card .eyebrow")).to_contain_text("leader called")
    leader = town.on(2, "leader")
    expect(county.locator(".check-card")).to_contain_text(leader.name_en or leader.name)
    assert axe(county) == []
    check.refresh_from_db()
    assert (check.outcome, check.leader) == ("no_answer", leader)
    assert Message.objects.filter(person=leader, subject=f"spot_check:{check.pk}").exists()
