"""Heard is not answered is not moved: six counts, each of what is proven."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from command.actions import acknowledge, progress
from command.models import Assignment, Incident, Order
from command.selectors.reach import REACH, reach_of_incident, reach_of_orders, tried_for
from database.clock import now
from notify.models import Delivery, Message
from org.models import Person

pytestmark = pytest.mark.django_db


def sent(row: Assignment, channel: str, code: str = "order.called", **what: Any) -> Delivery:
    message = Message.objects.filter(subject=f"assignment:{row.pk}", code=code).latest("pk")
    return Delivery.objects.create(message=message, channel=channel, **what)


@pytest.fixture
def order(order_jushui: Callable[..., Order]) -> Order:
    return order_jushui()


def counts(officer: Person, order: Order) -> dict[str, int]:
    return reach_of_orders(officer, [order])[order.pk]


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({"state": "queued"}, []),
        ({"state": "handed_over", "handed_over_at": True}, ["handed_over"]),
        ({"state": "failed", "outcome": "out_of_coverage", "handed_over_at": True}, ["handed_over"]),
        ({"state": "failed", "outcome": "busy", "handed_over_at": True, "delivered_at": True},
         ["handed_over", "device_reached"]),
        ({"state": "failed", "outcome": "hung_up", "handed_over_at": True, "delivered_at": True},
         ["handed_over", "device_reached"]),
        ({"state": "delivered", "outcome": "heard", "handed_over_at": True, "delivered_at": True, "heard_at": True},
         ["handed_over", "device_reached", "heard"]),
    ],
)  # fmt: skip
def test_a_delivery_counts_for_what_it_proves(
    officer: Person, order: Order, what: dict[str, Any], expected: list[str]
) -> None:
    row = next(row for row in order.lines if row.person_id)
    before = counts(officer, order)
    times = {key: now() if key.endswith("_at") else value for key, value in what.items()}
    sent(row, "voice", **times)
    sent(row, "sms", state="queued")
    after = counts(officer, order)
    assert {key: after[key] - before[key] for key in REACH} == {key: int(key in expected) for key in REACH}
    assert after["total"] == len(order.lines)


def test_answered_in_place_and_verified_come_from_the_assignment(
    officer: Person, village: Person, mine: Assignment
) -> None:
    assert [counts(officer, mine.order)[key] for key in REACH[3:]] == [0, 0, 0]
    acknowledge(mine.pk, by=village)
    assert [counts(officer, mine.order)[key] for key in REACH[3:]] == [1, 0, 0]
    progress(mine.pk, by=village, step="in_place")
    assert [counts(officer, mine.order)[key] for key in REACH[3:]] == [1, 1, 0]
    Assignment.objects.filter(pk=mine.pk).update(status="verified")
    assert [counts(officer, mine.order)[key] for key in REACH[3:]] == [1, 1, 1]


def test_what_others_were_told_of_a_silence_reaches_nobody(officer: Person, village: Person, order: Order) -> None:
    row = next(row for row in order.lines if row.person_id)
    before = counts(officer, order)
    other = Message.objects.create(
        person=officer, code="order.send_runner", subject=f"assignment:{row.pk}", unit_path=row.unit.path,
        group=f"order:{order.pk}",
    )  # fmt: skip
    Delivery.objects.create(message=other, channel="voice", state="delivered", handed_over_at=now(), heard_at=now())
    assert counts(officer, order) == before


def test_an_incident_counts_its_orders_together(
    officer: Person, incident: Incident, order_jushui: Callable[..., Order]
) -> None:
    assert reach_of_incident(officer, incident) is None
    one, two = order_jushui(), order_jushui(posts=["village_head"])
    both = reach_of_incident(officer, incident)
    assert both is not None
    each = reach_of_orders(officer, [one, two])
    assert both == {key: each[one.pk][key] + each[two.pk][key] for key in both}


def test_the_number_of_queries_is_fixed(
    officer: Person, order_jushui: Callable[..., Order], django_assert_num_queries: Any
) -> None:
    orders = [order_jushui() for _ in range(3)]
    reach_of_orders(officer, orders)
    with django_assert_num_queries(1):
        reach_of_orders(officer, orders)
    with django_assert_num_queries(1):
        tried_for([row for order in orders for row in order.lines])


def test_a_township_sees_its_own_part(officer: Person, village: Person, order: Order) -> None:
    assert reach_of_orders(village, [order])[order.pk]["total"] < reach_of_orders(officer, [order])[order.pk]["total"]


def test_the_line_says_channel_time_and_outcome(officer: Person, mine: Assignment, browse: Any) -> None:
    called = now()
    sent(mine, "sms", state="sent", handed_over_at=called)
    sent(mine, "voice", state="failed", outcome="switched_off", handed_over_at=called)
    found = tried_for([mine])[mine.pk]
    assert [(one.channel, one.outcome) for one in found] == [("sms", "sent"), ("voice", "switched_off")]
    page = browse(officer, language="en").get(f"/orders/{mine.order_id}/places/331126206/").content.decode()
    assert "switched off" in page


def test_the_api_tells_the_six_counts(officer: Person, order: Order, api: Any) -> None:
    said = api(officer).get(f"/api/v1/orders/{order.pk}/").json()["reach"]
    assert said == counts(officer, order)
    assert list(said) == ["total", *REACH]
