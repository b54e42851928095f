"""The state in which an assignment is shown: one function of the database, and every surface says what it says."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from board.rules import words
from board.selectors import frame_for
from board.selectors.events import event_lines
from board.selectors.silence import silent_list
from board.selectors.situation import incidents_going, orders_of, unit_card
from command import actions
from command.actions.reassign import hand_on_what_is_held
from command.models import Assignment, Incident, Ladder, Order
from command.selectors import lists, visible
from command.selectors.visible import PAST_DUE, SHOWN, WAITING
from database.clock import DatabaseNow, now
from journal.timers import fire_due
from org.models import Appointment, Person
from tests.support import shown_cases
from tests.support.pages import JUSHUI, flood, order_to

pytestmark = pytest.mark.django_db
VILLAGE = "331126206200"


def shown_of(row: Assignment) -> str:
    return visible.with_shown(Assignment.objects.filter(pk=row.pk)).get().shown


def head_of(order: Order) -> Assignment:
    return Assignment.objects.get(order=order, unit__code=VILLAGE, post__code="village_head")


def vacate(*posts: str) -> None:
    Appointment.objects.filter(unit__code=VILLAGE, post__code__in=posts).update(valid_to=DatabaseNow())


def ladder(colour: str, *rungs: tuple[int, str]) -> None:
    """From now on orders of the colour climb so; five minutes to answer."""
    newest = Ladder.objects.filter(colour=colour, fast=False).latest("version")
    steps: list[dict[str, Any]] = [{"after_s": after, "do": do, "channel": "phone"} for after, do in rungs]
    steps[-1]["repeat_s"] = 600
    fields = {field.name: getattr(newest, field.name) for field in Ladder._meta.fields if field.name != "id"}
    Ladder.objects.create(**{**fields, "version": newest.version + 1, "ack_within_s": 300, "rungs": steps})


def test_the_table_of_cases_is_what_the_function_says() -> None:
    if os.environ.get("WRITE_CASES"):
        shown_cases.FILE.write_text(shown_cases.text(), encoding="utf-8")
    assert shown_cases.FILE.read_text(encoding="utf-8") == shown_cases.text()


def test_past_its_time_is_what_is_shown_as_silent_or_climbed_and_waiting_is_what_was_only_called() -> None:
    for case in shown_cases.table()["cases"]:
        called = case["status"] == "called"
        assert (case["shown"] in PAST_DUE) == (called and case["past_due_s"] >= 0), case
        assert (case["shown"] in WAITING) == called, case


def test_every_shown_state_has_a_word_in_the_order_of_need() -> None:
    assert [code for code in words.STATES if code != "not_called"] == list(SHOWN)
    assert {case["shown"] for case in shown_cases.table()["cases"]} == set(SHOWN)


def test_the_planner_puts_the_rule_in_the_place_of_the_call(reader: APIClient, officer: Person) -> None:
    incident = flood(officer)
    order = order_to(officer, JUSHUI, incident=incident)
    with CaptureQueriesContext(connection) as captured:
        surfaces(reader, officer, order, incident)
    asked = {query["sql"] for query in captured if "assignment_shown" in query["sql"]}
    assert len(asked) > 9
    with connection.cursor() as cursor:
        for sql in asked:
            cursor.execute(f"EXPLAIN (VERBOSE) {sql}")
            assert "assignment_shown" not in str(cursor.fetchall()), sql


def test_whoever_was_only_reminded_is_still_silent(officer: Person, clock: Any) -> None:
    order = order_to(officer, JUSHUI, ladder="red")
    row = head_of(order)
    clock.travel(minutes=4)
    fire_due()
    row.refresh_from_db()
    assert (row.rung, row.climbed_to, shown_of(row)) == (1, "remind", "called")
    clock.travel(seconds=61)
    assert (shown_of(row), event_lines(officer)[0][0].state) == ("silent", "silent")
    fire_due()
    assert (shown_of(row), event_lines(officer)[0][0].state) == ("climbed", "climbed")


def test_a_reminder_after_a_call_to_somebody_else_takes_nothing_back(officer: Person, clock: Any) -> None:
    ladder("red", (60, "deputy"), (120, "remind"), (1200, "county"))
    row = head_of(order_to(officer, JUSHUI, ladder="red"))
    clock.travel(minutes=3)
    fire_due()
    fire_due()
    row.refresh_from_db()
    assert (row.rung, row.climbed_to, shown_of(row)) == (2, "deputy", "called")
    clock.travel(minutes=3)
    assert shown_of(row) == "climbed"


def test_a_vacancy_is_in_time_then_silent_while_nobody_is_called_and_climbed_once_somebody_is(
    officer: Person, clock: Any
) -> None:
    vacate("village_head")
    order = order_to(officer, JUSHUI, ladder="red")
    row = head_of(order)
    assert (row.person, row.rung > 0, shown_of(row)) == (None, True, "called")
    clock.travel(minutes=6)
    assert shown_of(row) == "silent"
    fire_due()
    assert shown_of(row) == "climbed"


def test_a_rung_that_finds_nobody_has_called_nobody(officer: Person, clock: Any) -> None:
    ladder("red", (301, "deputy"), (1200, "county"))
    vacate("village_deputy")
    Appointment.objects.filter(unit__code=VILLAGE, post__code="village_head", role="B").update(valid_to=DatabaseNow())
    row = head_of(order_to(officer, JUSHUI, ladder="red", posts=["village_head"]))
    clock.travel(minutes=6)
    fire_due(limit=1)
    row.refresh_from_db()
    assert (row.rung, row.climbed_to, shown_of(row)) == (1, "", "silent")
    fire_due()
    row.refresh_from_db()
    assert (row.climbed_to, shown_of(row)) == ("county", "climbed")


def expected(row: Assignment) -> str:
    """The rule in other words, from what happened: whom the ladder has called stands in the calls."""
    others = [call for call in row.calls.all() if call.person_id != row.person_id and call.ended_at is None]
    if row.status == "called":
        return "called" if row.ack_due_at > now() else "climbed" if others else "silent"
    another = row.answered_by_id is not None and row.answered_by_id != row.person_id
    return "answered_for" if row.status == "received" and another else row.status


Step = tuple[str, int]
STEPS = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 8)),
    st.tuples(st.just("fire"), st.just(0)),
    st.tuples(st.sampled_from(["answer", "log", "deputy answers", "go on", "hand on"]), st.integers(0, 40)),
)


def do(step: Step, order: Order, officer: Person, clock: Any) -> None:
    what, number = step
    if what == "wait":
        clock.travel(minutes=number)
    if what == "fire":
        fire_due()
    waiting = list(order.assignments.filter(status="called").order_by("pk"))
    answered = list(order.assignments.filter(status__in=["received", "passed_on", "in_place"]).order_by("pk"))
    row = waiting[number % len(waiting)] if waiting else None
    if what == "answer" and row and row.person:
        actions.acknowledge(row.pk, by=row.person)
    if what == "log" and row:
        actions.answer_for(row.pk, by=officer, how="phone")
    if what == "deputy answers" and row:
        call = row.calls.exclude(person=row.person_id).filter(ended_at=None).first()
        if call:
            actions.acknowledge(row.pk, by=call.person)
    if what == "hand on" and row and row.person:
        Appointment.objects.filter(unit=row.unit, person=row.person).update(valid_to=DatabaseNow())
        hand_on_what_is_held(row.person_id, row.unit_id, reason="离任")
    if what == "go on" and answered:
        one = answered[number % len(answered)]
        actions.progress(one.pk, by=officer, step="done" if one.status == "in_place" else "in_place")


def layer(client: APIClient, incident: Incident, **more: str) -> Counter[str]:
    answer = client.get("/api/v1/map/assignments.geojson", {"incident": incident.pk, **more})
    total: Counter[str] = Counter()
    for feature in json.loads(answer.content)["features"]:
        counts = feature["properties"]["counts"]
        assert feature["properties"]["state"] == next(state for state in SHOWN if state in counts)
        total.update(counts)
    return total


def surfaces(client: APIClient, officer: Person, order: Order, incident: Incident) -> dict[str, Counter[str]]:
    """Every place that counts by shown state → what it counts."""
    rows = visible.with_shown(order.assignments.all())
    places = lists.places_by_order(officer, [order])[order.pk]
    townships = client.get(f"/api/v1/orders/{order.pk}/").json()["townships"]
    assert all(line["total"] == sum(line[state] for state in SHOWN) for line in townships)
    return {
        "rows of the order": Counter(row.shown for row in rows),
        "rows of its tree": Counter(
            row.shown for place in places for row in lists.assignments_at(officer, order, place.code)
        ),
        "people of the incident": Counter(row.shown for row in lists.incident_people(officer, incident)),
        "sheet": Counter(row.shown for row in lists.all_assignments(officer, order)),
        "cards of units": Counter(
            row.shown
            for code in {one.unit.code for one in order.assignments.select_related("unit")}
            for row in (unit_card(officer, code, incident.pk) or {})["rows"]
        ),
        "order": Counter(lists.counts_by_order(officer, [order])[order.pk]["bar"]),
        "branches": sum((Counter(place.counts["bar"]) for place in places), Counter()),
        "incident": Counter(lists.counts_by_incident(officer, [incident])[incident.pk]["bar"]),
        "left panel": Counter(incidents_going(officer, incident.pk)[0].counts),
        "API": sum((Counter({state: line[state] for state in SHOWN}) for line in townships), Counter()),
        "map": layer(client, incident),
        "replay": layer(client, incident, at=now().isoformat()),
    }


def silences(officer: Person, order: Order, incident: Incident) -> dict[str, int]:
    """Every place that counts those past their time → its number."""
    return {
        "top bar": frame_for(officer).silent,
        "silent list": silent_list(officer, incident.pk, shown=500).total,
        "wall": silent_list(officer).total,
        "left panel": incidents_going(officer, incident.pk)[0].silent,
        "its orders": orders_of(officer, incident.pk)[0].silent,
        "order": lists.counts_by_order(officer, [order])[order.pk]["overdue"],
        "API": visible.silent_now(officer).count(),
    }


@pytest.fixture
def reader(api: Callable[..., APIClient], officer: Person) -> APIClient:
    return api(officer)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(STEPS, max_size=14), odd=st.booleans(), empty=st.booleans())
def test_after_any_history_every_surface_says_the_same(
    reader: APIClient, officer: Person, clock: Any, history: list[Step], odd: bool, empty: bool
) -> None:
    with transaction.atomic():
        if odd:
            ladder("red", (60, "deputy"), (200, "remind"), (500, "county"))
        if empty:
            vacate("village_head", "village_deputy")
        incident = flood(officer)
        order = order_to(officer, JUSHUI, incident=incident, ladder="red")
        for step in history:
            do(step, order, officer, clock)
        rows = order.assignments.prefetch_related("calls")
        right = Counter(map(expected, rows))
        past_due = sum(right[state] for state in PAST_DUE)
        wrong = {name: +said for name, said in surfaces(reader, officer, order, incident).items() if +said != right}
        assert wrong == {}, right
        assert {name: n for name, n in silences(officer, order, incident).items() if n != past_due} == {}
        transaction.set_rollback(True)
