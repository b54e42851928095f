"""A village whose telephones have no network is presumed cut off, until any sign of life."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from command.actions import acknowledge, answer_for, issue_order
from command.models import Assignment, CutOff, Order
from command.rules.cut_off import Failure, grounds
from database.clock import now
from journal.actions import relays
from journal.models import Event, Timer
from journal.timers import fire_due
from notify.gateways.contract import SMS, VOICE
from notify.models import Account, Delivery, Message
from org.models import Person, Unit
from tests.support.gateways import TOKEN, Nowhere, deliver, gateway

START = dt.datetime(2026, 7, 1, 2, 10, tzinfo=dt.UTC)
TEN = dt.timedelta(minutes=10)
HEAD = "331126206200"
POSTS = ["village_head", "grid_worker", "flood_warner", "geological_watch", "shelter_keeper", "village_deputy"]


def at(minute: float) -> dt.datetime:
    return START + dt.timedelta(minutes=minute)


@pytest.mark.parametrize(
    ("tried", "sign", "people"),
    [
        ([(1, 0), (2, 1), (3, 2)], None, [1, 2, 3]),
        ([(1, 0), (2, 1)], None, []),
        ([(1, 0), (1, 1), (2, 2)], None, []),  # the same person twice
        ([(1, 0), (2, 5), (3, 10)], None, [1, 2, 3]),  # ten minutes to the second
        ([(1, 0), (2, 5), (3, 10.1)], None, []),
        ([(1, 0), (2, 1), (3, 2)], 0.5, []),  # one of them answered since
        ([(1, 0), (2, 1), (3, 2), (1, 3)], 0.5, [2, 3, 1]),  # and is out of coverage again
        ([(1, 0), (2, 1), (3, 2), (4, 40)], None, [1, 2, 3]),  # told of late
        ([], None, []),
    ],
)
def test_three_people_within_ten_minutes(tried: list[tuple[int, float]], sign: float | None, people: list[int]) -> None:
    failures = [Failure(person, at(minute)) for person, minute in tried]
    found = grounds(failures, None if sign is None else at(sign), least=3, within=TEN)
    assert [one.person for one in found] == people


MOMENTS = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 40)), max_size=12)


@given(MOMENTS, st.one_of(st.none(), st.integers(0, 40)), st.integers(1, 4))
def test_grounds_are_what_the_rule_says(tried: list[tuple[int, int]], sign: int | None, least: int) -> None:
    """Against the plainest reading: some ten minutes hold so many different people, none before the sign of life."""
    failures = [Failure(person, at(minute)) for person, minute in tried]
    found = grounds(failures, None if sign is None else at(sign), least=least, within=TEN)
    late = [(person, minute) for person, minute in tried if sign is None or minute > sign]
    spans = [{p for p, m in late if start <= m <= start + 10} for start in range(41)]
    assert bool(found) == any(len(span) >= least for span in spans)
    if found:
        assert found[-1].at - found[0].at <= TEN
        assert len({one.person for one in found}) == len(found) >= least
        assert all(sign is None or one.at > at(sign) for one in found)


# In the system -------------------------------------------------------------------------------------------------------


@pytest.fixture
def phones(demo_county: Any) -> Iterator[Nowhere]:
    from notify.gateways.contract import GATEWAYS

    with gateway((SMS, VOICE)) as made:
        Account.objects.filter(code="nowhere").update(gateway="generic")
        generic = GATEWAYS["generic"]
        made.receipts, made.replies, made.taken = generic.receipts, generic.replies, None  # type: ignore[method-assign, misc]
        with GATEWAYS.lent({"generic": made}):
            yield made


@pytest.fixture
def order(officer: Person, phones: Nowhere) -> Order:
    made = issue_order(by=officer, incident_id=None, text="转移", units=[HEAD], posts=POSTS, ladder="red")
    deliver()
    return made


def push(kind: str, body: Any) -> Any:
    return Client().post(
        f"/api/v1/inbound/{kind}/nowhere/", orjson.dumps(body), content_type="application/json",
        headers={"Authorization": f"Token {TOKEN}"},
    )  # fmt: skip


def receipts(outcome: str, people: list[int], channel: str = SMS) -> None:
    rows = Delivery.objects.filter(message__person__in=people, channel=channel, state__in=("sent", "handed_over"))
    for row in rows.order_by("message__person_id", "-pk").distinct("message__person_id"):
        assert push("receipt", {"reference": row.reference, "outcome": outcome}).status_code == 200
    relays.run_pending()


def people_of(order: Order) -> list[int]:
    return sorted({row.person_id for row in order.lines if row.person_id})


def village_unit() -> Unit:
    return Unit.objects.defer("boundary").get(code=HEAD)


@pytest.mark.django_db
def test_the_third_telephone_without_a_network_marks_the_village(order: Order, officer: Person) -> None:
    people = people_of(order)
    assert len(people) >= 3
    receipts("out_of_coverage", people[:2])
    assert not CutOff.objects.exists()
    receipts("switched_off", people[2:3])
    mark = CutOff.objects.get()
    assert (mark.unit.code, len(mark.grounds), mark.lifted_at) == (HEAD, 3, None)
    event = Event.objects.get(verb="unit.cut_off")
    assert event.by == "system"
    assert event.data["rule"]["code"] == "command.cut_off"
    assert event.data["people"] == 3
    desk = Message.objects.filter(code="command.cut_off", state="open")
    assert desk.exists()
    assert all(message.alarm and message.unit_path == mark.unit.path for message in desk)


@pytest.mark.django_db
def test_its_silent_assignments_go_to_the_runner_at_once(order: Order) -> None:
    people = people_of(order)
    receipts("out_of_coverage", people[:3])
    timers = Timer.objects.filter(kind="assignment.climb", state="pending", subject__startswith="assignment:")
    runner = [rung["do"] for rung in order.ladder["rungs"]].index("runner")
    mine = timers.filter(subject__in=[f"assignment:{row.pk}" for row in order.lines])
    assert {timer.step for timer in mine} == {runner}
    assert all(timer.due_at <= now() for timer in mine)
    fire_due()
    assert {row.climbed_to for row in Assignment.objects.filter(order=order)} == {"runner"}
    assert Message.objects.filter(code="order.cut_off", state="open").exists()
    assert not Message.objects.filter(code="order.deputy_called").exists()


@pytest.mark.django_db
def test_a_new_order_begins_at_the_runner(order: Order, officer: Person) -> None:
    receipts("out_of_coverage", people_of(order)[:3])
    again = issue_order(by=officer, incident_id=None, text="再报", units=[HEAD], posts=POSTS, ladder="red")
    fire_due()
    assert {row.climbed_to for row in Assignment.objects.filter(order=again)} == {"runner"}


def answered(order: Order, officer: Person, people: list[int]) -> None:
    row = next(row for row in order.lines if row.person_id == people[3])
    acknowledge(row.pk, by=row.person)


def logged(order: Order, officer: Person, people: list[int]) -> None:
    answer_for(next(row.pk for row in order.lines if row.person_id == people[0]), by=officer, how="door_knock")


def text_arrived(order: Order, officer: Person, people: list[int]) -> None:
    receipts("delivered", people[3:4])  # of somebody who was never out: nobody hears of it
    assert CutOff.objects.get().lifted_at is None
    deliver()
    receipts("heard", people[:1], VOICE)


def busy(order: Order, officer: Person, people: list[int]) -> None:
    receipts("busy", people[3:4])
    deliver()
    receipts("busy", people[3:4], VOICE)


def wrote_something(order: Order, officer: Person, people: list[int]) -> None:
    """What answers nothing is a sign of life too."""
    phone = Person.objects.get(pk=people[0]).phone
    assert push("reply", {"from": phone, "text": "桥断了"}).json()["assignment"] is None


@pytest.mark.django_db
@pytest.mark.parametrize("sign", [answered, logged, text_arrived, busy, wrote_something])
def test_any_sign_of_life_lifts_it(order: Order, officer: Person, sign: Any) -> None:
    people = people_of(order)
    receipts("out_of_coverage", people[:3])
    sign(order, officer, people)
    relays.run_pending()
    mark = CutOff.objects.get()
    assert mark.lifted_at is not None
    assert Event.objects.filter(verb="unit.cut_off_lifted", subject=f"unit:{mark.unit_id}").count() == 1
    assert not Message.objects.filter(code="command.cut_off", state="open").exists()


@pytest.mark.django_db
def test_the_api_lists_those_that_stand(order: Order, officer: Person, api: Any) -> None:
    client = api(officer)
    assert [row["code"] for row in client.get("/api/v1/units/?cut_off=1").json()["results"]] == []
    receipts("out_of_coverage", people_of(order)[:3])
    assert [row["code"] for row in client.get("/api/v1/units/?cut_off=1").json()["results"]] == [HEAD]
    assert HEAD not in [row["code"] for row in client.get("/api/v1/units/?cut_off=0&level=village").json()["results"]]
