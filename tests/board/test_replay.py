"""The board at a past moment, from the journal alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from command import actions
from command.models import Assignment, EndCondition, Incident, Order
from journal.timers import fire_due
from org.models import Person

pytestmark = pytest.mark.django_db


def at(client: APIClient, name: str, moment: Any, **query: Any) -> dict[Any, dict[str, Any]]:
    answer = client.get(f"/api/v1/map/{name}.geojson", {"at": moment.isoformat(), **query})
    assert answer.status_code == 200, answer.content
    return {feature["id"]: feature["properties"] for feature in json.loads(answer.content)["features"]}


def now_shown(client: APIClient) -> dict[Any, dict[str, Any]]:
    features = json.loads(client.get("/api/v1/map/assignments.geojson").content)["features"]
    return {feature["id"]: feature["properties"] for feature in features}


def test_a_village_is_called_then_silent_then_answered_each_at_its_time(
    api: Callable[..., APIClient], officer: Person, order: Order, clock: Any
) -> None:
    client, place = api(officer), "331126206216"
    rows = Assignment.objects.filter(order=order, unit__code=place)
    before = clock.now()
    clock.travel(minutes=6)
    silent = clock.now()
    clock.travel(minutes=1)
    for row in rows:
        actions.answer_for(row.pk, by=officer, how="phone")
    answered = clock.now()
    clock.travel(hours=1)
    assert at(client, "assignments", before)[place]["state"] == "called"
    assert at(client, "assignments", silent)[place]["state"] == "silent"
    assert at(client, "assignments", answered)[place]["state"] == "received"


def test_the_present_redrawn_from_the_journal_is_the_present(
    api: Callable[..., APIClient], officer: Person, order: Order, clock: Any
) -> None:
    clock.travel(minutes=11)
    fire_due()
    rows = list(Assignment.objects.filter(order=order, status="called").order_by("pk"))
    actions.answer_for(rows[0].pk, by=officer, how="door_knock")
    actions.progress(rows[0].pk, by=officer, step="in_place")
    live, replayed = now_shown(api(officer)), at(api(officer), "assignments", clock.now())
    assert live.keys() == replayed.keys()
    for code, place in live.items():
        assert (place["state"], place["counts"], place["ids"]) == tuple(
            replayed[code][name] for name in ("state", "counts", "ids")
        ), code


def test_before_the_order_nothing_is_shown_and_an_incident_appears_with_its_opening(
    api: Callable[..., APIClient], officer: Person, clock: Any
) -> None:
    earlier = clock.now()
    clock.travel(minutes=5)
    incident: Incident = actions.open_incident(by=officer, title="x", category="accident", unit="331126", grade="IV")
    opened = clock.now()
    clock.travel(minutes=5)
    actions.end_incident(incident.pk, by=officer, grounds="x", confirmed=EndCondition.Code.values)
    ended = clock.now()
    client = api(officer)
    assert incident.pk not in at(client, "incidents", earlier)
    assert at(client, "incidents", opened)[incident.pk]["status"] == "monitored"
    assert incident.pk not in at(client, "incidents", ended)
    assert at(client, "assignments", earlier) == {}


def test_the_past_too_is_cut_to_the_jurisdiction(
    api: Callable[..., APIClient], township: Person, order: Order, clock: Any
) -> None:
    seen = at(api(township), "assignments", clock.now())
    assert seen
    assert all(code.startswith("331126206") for code in seen)


def test_a_replay_costs_the_same_statements_whatever_happened(
    api: Callable[..., APIClient],
    officer: Person,
    order: Order,
    clock: Any,
    queries: Callable[[Callable[[], Any]], int],
) -> None:
    client = api(officer)
    at(client, "assignments", clock.now())
    one = queries(lambda: at(client, "assignments", clock.now()))
    clock.travel(minutes=20)
    fire_due()
    assert queries(lambda: at(client, "assignments", clock.now())) == one
