"""The command map page and its parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client

from board.selectors import frame_for
from board.selectors.events import FOLD_FROM, event_lines
from command import actions
from command.models import Assignment, Order
from database.clock import now
from journal.timers import fire_due
from org.models import Appointment, Person

pytestmark = pytest.mark.django_db

PARTS = ("/", "/board/left/", "/board/silent/", "/board/events/", "/board/strip/", "/board/counters/", "/wall/")


def test_the_frame_costs_at_most_three_statements(
    officer: Person, township: Person, order: Order, queries: Callable[[Callable[[], Any]], int]
) -> None:
    for person in (Person.objects.get(pk=officer.pk), Person.objects.get(pk=township.pk)):
        assert queries(lambda person=person: frame_for(person)) <= 3


def test_the_frame_counts_who_is_silent_and_who_is_past_every_rung(officer: Person, order: Order, clock: Any) -> None:
    assert (frame_for(officer).silent, frame_for(officer).overdue) == (0, 0)
    clock.travel(minutes=6)
    calls = Assignment.objects.filter(order=order, status="called").count()
    assert (frame_for(officer).silent, frame_for(officer).overdue) == (calls, 0)
    clock.travel(minutes=15)
    for _ in range(6):
        fire_due()
    assert frame_for(officer).overdue == frame_for(officer).silent == calls


def test_the_frame_shows_what_the_person_sees_from_the_moment_on_that_a_post_ends(
    township: Person, order: Order, clock: Any
) -> None:
    clock.travel(minutes=6)

    def frame() -> Any:
        return frame_for(Person.objects.get(pk=township.pk))  # as the next request reads it

    before = frame()
    assert before.silent > 0
    assert before.post
    Appointment.objects.filter(person=township).update(valid_to=now())
    assert (frame().silent, frame().post) == (0, "")
    Appointment.objects.filter(person=township).update(valid_to=None)
    assert (frame().silent, frame().post) == (before.silent, before.post)


def test_every_part_of_a_county_ten_times_as_large_costs_the_same_statements(
    browse: Callable[..., Client], officer: Person, order: Order, clock: Any, grow: Callable[[Order], None],
    queries: Callable[[Callable[[], Any]], int],
) -> None:  # fmt: skip
    client = browse(officer)
    clock.travel(minutes=6)

    def fetch() -> dict[str, int]:
        return {path: queries(partial(client.get, path)) for path in PARTS}

    fetch()
    small = fetch()
    grow(order)
    # The silent list counts what it does not show, once there is more than it shows.
    large = fetch()
    assert {path: n for path, n in large.items() if n > small[path] + 1} == {}
    assert max(large.values()) <= 38


def test_a_row_of_the_silent_list_dials_and_logs(
    browse: Callable[..., Client], officer: Person, order: Order, clock: Any
) -> None:
    clock.travel(minutes=6)
    page = browse(officer).get("/board/silent/").content.decode()
    row = Assignment.objects.filter(order=order, status="called", person__isnull=False).first()
    assert f'href="tel:{row.person.phone}"' in page
    assert f'action="/assignments/{row.pk}/answer/"' in page
    assert page.index("data-waiting") < page.index("data-due")


def test_a_township_sees_only_its_own_silence_feed_and_units(
    browse: Callable[..., Client], township: Person, order: Order, clock: Any
) -> None:
    clock.travel(minutes=6)
    client = browse(township)
    codes = set(re.findall(r'data-unit="(\w+)"', client.get("/board/silent/").content.decode()))
    assert codes
    assert all(code.startswith("331126206") for code in codes)
    feed_codes = set(re.findall(r'data-unit="(\w+)"', client.get("/board/events/").content.decode()))
    assert all(code.startswith("331126206") for code in feed_codes)
    assert client.get("/board/unit/331126206200/").status_code == 200
    assert client.get("/board/unit/331126200/").status_code == 404
    assert client.get("/board/unit/nonsense/").status_code == 404


def test_an_incident_out_of_sight_is_as_if_it_were_not_chosen(
    browse: Callable[..., Client], officer: Person, township: Person
) -> None:
    hidden = actions.open_incident(by=officer, title="不可见事件", category="accident", unit="331126", grade="IV")
    page = browse(township).get("/", {"incident": hidden.pk}).content.decode()
    assert "不可见事件" not in page


def test_a_village_is_led_to_its_orders(browse: Callable[..., Client], village: Person) -> None:
    assert browse(village).get("/").headers["Location"] == "/orders/mine/"


def test_a_burst_of_one_kind_is_one_line_of_the_feed(officer: Person, order: Order, clock: Any) -> None:
    before = event_lines(officer)[0][0].event.seq
    clock.travel(minutes=11)
    fire_due()
    lines, _ = event_lines(officer, after=before)
    climbs = [line for line in lines if line.event.verb == "assignment.climbed"]
    assert len(climbs) <= 3
    assert sum(len(line.folded) for line in climbs) >= FOLD_FROM


def test_pages_of_the_feed_join_without_gap_or_repetition(officer: Person, order: Order, clock: Any) -> None:
    for row in Assignment.objects.filter(order=order, status="called")[:12]:
        actions.answer_for(row.pk, by=officer, how="phone")
        actions.progress(row.pk, by=officer, step="in_place")
        clock.travel(minutes=3)
    whole = {line.event.seq for line in event_lines(officer, limit=200)[0]}
    met: list[int] = []
    before = None
    while True:
        lines, before = event_lines(officer, before=before, limit=5)
        for line in lines:
            met += [line.event.seq, *(other.event.seq for other in line.folded)]
        if before is None:
            break
    assert len(met) == len(set(met))
    assert whole <= set(met)


def test_an_order_is_told_once_to_the_county_and_to_each_unit_it_calls(
    officer: Person, township: Person, order: Order
) -> None:
    assert "order.called" not in {line.event.verb for line in event_lines(officer)[0]}
    assert "order.called" in {line.event.verb for line in event_lines(township)[0]}
