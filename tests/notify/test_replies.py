"""Receipts and replies: whatever comes back, in whatever order, acknowledges the right order or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.test import Client

from command.actions import issue_order
from command.models import Assignment, Order
from journal.actions import relays
from journal.models import Event
from journal.timers import fire_due
from notify.gateways.contract import SMS, VOICE
from notify.models import Account, Contact, Delivery, Inbound, Message
from notify.rules.answers import read_keys, read_text
from org.models import Person
from tests.support.gateways import TOKEN, Nowhere, deliver, gateway

pytestmark = pytest.mark.django_db

HEAD = "331126206200"


@pytest.fixture
def phones(demo_county: Any) -> Iterator[Nowhere]:
    with gateway((SMS, VOICE)) as made:
        Account.objects.filter(code="nowhere").update(gateway="generic")
        with gateway_is_nowhere(made):
            yield made


def gateway_is_nowhere(made: Nowhere) -> Any:
    """The generic gateway's reading of pushes, over a gateway that sends nothing."""
    from notify.gateways.contract import GATEWAYS

    generic = GATEWAYS["generic"]
    made.receipts, made.replies, made.taken = generic.receipts, generic.replies, None  # type: ignore[method-assign, misc]
    return GATEWAYS.lent({"generic": made})


def order_to(officer: Person, text: str = "转移", **more: Any) -> Order:
    return issue_order(
        by=officer, incident_id=None, text=text, units=[HEAD], posts=["village_head"], ladder="red", **more
    )


def push(kind: str, body: Any, token: str = TOKEN) -> Any:
    return Client().post(
        f"/api/v1/inbound/{kind}/nowhere/", orjson.dumps(body), content_type="application/json",
        headers={"Authorization": f"Token {token}"},
    )  # fmt: skip


def line(channel: str = "sms") -> Delivery:
    return Delivery.objects.filter(channel=channel).latest("pk")


@pytest.mark.parametrize(
    "text", ["1", "收到", "１", " 收到！", "已收到", "1 已转移23人", "收到，已转移23人", "Received"]
)
def test_a_text_acknowledges_the_one_order_that_is_open(
    officer: Person, village: Person, phones: Nowhere, text: str
) -> None:
    row = order_to(officer).lines[0]
    deliver()
    answer = push("reply", {"from": f"+86 {village.phone}", "text": text})
    assert (answer.status_code, answer.json()) == (
        200, {"assignment": row.pk, "understood": True, "ask_again": False}
    )  # fmt: skip
    row.refresh_from_db()
    assert (row.status, row.answered_by, row.answered_how) == ("received", village, "text")
    assert ("23" in row.note) == ("23" in text)
    event = Event.objects.get(verb="assignment.acknowledged")
    assert event.data.get("figure") == (23 if "23" in text else None)
    assert not Message.objects.filter(subject=f"assignment:{row.pk}", state="open").exists()
    assert line().answered_at is not None


@pytest.mark.parametrize("text", ["没收到", "收到不了", "什么？", "2", "谁", "11111", "不能转移", "", "无法转移"])
def test_what_says_no_or_nothing_clear_acknowledges_nothing_and_waits_in_the_inbox(
    officer: Person, village: Person, phones: Nowhere, text: str
) -> None:
    row = order_to(officer).lines[0]
    deliver()
    answer = push("reply", {"from": village.phone, "text": text})
    row.refresh_from_db()
    assert row.status == "called"
    if text:
        assert answer.json() == {"assignment": None, "understood": False, "ask_again": False}
        assert Inbound.objects.get(state="open").text == text
    else:
        assert answer.status_code == 400


def test_two_open_orders_are_told_apart_by_their_codes(officer: Person, village: Person, phones: Nowhere) -> None:
    first, second = order_to(officer, "转移").lines[0], order_to(officer, "巡查").lines[0]
    deliver()
    codes = dict(Message.objects.filter(person=village, state="open").values_list("subject", "reply_code"))
    one, other = codes[f"assignment:{first.pk}"], codes[f"assignment:{second.pk}"]
    assert one != other
    assert any(f"{one}" in text for text in phones.texts)
    assert push("reply", {"from": village.phone, "text": "收到"}).json()["understood"] is False
    assert push("reply", {"from": village.phone, "text": f"{other} 已转移5户"}).json()["assignment"] == second.pk
    assert push("reply", {"from": village.phone, "text": "收到"}).json()["assignment"] == first.pk, "the only one left"


def test_the_second_phone_counts_and_a_stranger_s_does_not(officer: Person, village: Person, phones: Nowhere) -> None:
    row = order_to(officer).lines[0]
    Contact.objects.create(person=village, second_phone="19900001234")
    assert push("reply", {"from": "19911112222", "text": "1"}).json()["understood"] is False
    assert push("reply", {"from": "19900001234", "text": "1"}).json()["assignment"] == row.pk


def call(officer: Person, clock: Any) -> tuple[Assignment, Delivery]:
    """The red ladder rings after three minutes."""
    row = order_to(officer).lines[0]
    deliver()
    clock.travel(seconds=181)
    fire_due()
    deliver()
    return row, line("voice")


def test_the_rung_that_says_phone_rings_and_a_number_answers_it(
    officer: Person, village: Person, phones: Nowhere, clock: Any
) -> None:
    row, ringing = call(officer, clock)
    assert [one.channel for one in phones.sent] == ["sms", "voice"]
    assert phones.sent[1].question
    answer = push("reply", {"from": village.phone, "key": "3#"})
    assert answer.json() == {"assignment": row.pk, "understood": True, "ask_again": False}
    row.refresh_from_db()
    ringing.refresh_from_db()
    assert (row.status, row.answered_how) == ("received", "call_key")
    assert "3" in row.note
    assert (ringing.outcome, ringing.state) == ("heard", "delivered")
    assert ringing.heard_at


def test_a_wrong_key_asks_once_more_and_then_the_deputy_is_called(
    officer: Person, village: Person, phones: Nowhere, clock: Any
) -> None:
    row, ringing = call(officer, clock)
    assert push("reply", {"from": village.phone, "key": "*"}).json() == {
        "assignment": None, "understood": False, "ask_again": True,
    }  # fmt: skip
    assert push("reply", {"from": village.phone, "key": "#"}).json()["ask_again"] is False
    ringing.refresh_from_db()
    assert (ringing.state, ringing.outcome) == ("failed", "wrong_key")
    relays.run_pending()
    assert fire_due() == 1, "before its time"
    row.refresh_from_db()
    assert (row.status, row.climbed_to) == ("called", "deputy")


def test_keys_of_a_call_that_was_not_ours_answer_the_one_order_that_waits(
    officer: Person, village: Person, phones: Nowhere
) -> None:
    row = order_to(officer).lines[0]
    assert push("reply", {"from": village.phone, "key": "*"}).json()["understood"] is False
    assert push("reply", {"from": village.phone, "key": "2"}).json()["assignment"] == row.pk
    order_to(officer)
    order_to(officer)
    assert push("reply", {"from": village.phone, "key": "2"}).json()["understood"] is False


@pytest.mark.parametrize("outcome", ["no_answer", "busy", "switched_off", "out_of_coverage", "bad_number", "hung_up"])
def test_a_failed_receipt_tries_the_next_channel_and_then_climbs_as_a_failed_send_does(
    officer: Person, village: Person, phones: Nowhere, clock: Any, outcome: str
) -> None:
    row, ringing = call(officer, clock)
    assert push("receipt", {"reference": ringing.reference, "outcome": outcome}).status_code == 200
    ringing.refresh_from_db()
    assert (ringing.state, ringing.outcome) == ("failed", outcome)
    deliver()
    assert [one.channel for one in phones.sent] == ["sms", "voice", "sms"]
    assert not Event.objects.filter(verb="delivery.failed").exists()
    push("receipt", {"reference": line("sms").reference, "outcome": "failed"})
    relays.run_pending()
    assert fire_due() == 1
    row.refresh_from_db()
    assert row.rung == 2


@pytest.mark.parametrize("order", [("delivered", "heard"), ("heard", "delivered"), ("heard", "no_answer", "heard")])
def test_receipts_in_any_order_and_doubled_end_alike(
    officer: Person, village: Person, phones: Nowhere, clock: Any, order: tuple[str, ...]
) -> None:
    _row, ringing = call(officer, clock)
    for outcome in (*order, *order):
        push("receipt", {"reference": ringing.reference, "outcome": outcome})
    ringing.refresh_from_db()
    assert (ringing.state, ringing.outcome) == ("delivered", "heard")
    assert Event.objects.filter(verb="delivery.reached").count() <= 2
    assert not Event.objects.filter(verb="delivery.failed").exists()


def test_a_late_or_unknown_receipt_does_no_harm(officer: Person, village: Person, phones: Nowhere, clock: Any) -> None:
    row, ringing = call(officer, clock)
    push("reply", {"from": village.phone, "key": "0"})
    assert push("receipt", {"reference": ringing.reference, "outcome": "no_answer"}).status_code == 200
    assert push("receipt", {"reference": "zzzz-1", "outcome": "heard"}).json() == {"matched": 0}
    assert push("receipt", {"reference": "nonsense", "outcome": "heard"}).json() == {"matched": 0}
    ringing.refresh_from_db()
    row.refresh_from_db()
    assert (ringing.outcome, row.status) == ("heard", "received")


@pytest.mark.parametrize(
    ("body", "status"),
    [({"reference": "1-1", "outcome": "eaten"}, 400), ({"outcome": "heard"}, 400), ([1], 400), ("x", 400),
     ([{"reference": "1-1", "outcome": "heard"}] * 1001, 413)],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_says_why(phones: Nowhere, body: Any, status: int) -> None:
    answer = push("receipt", body)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_wrong_token_and_an_unknown_account_are_refused_alike(phones: Nowhere) -> None:
    wrong = push("reply", {"from": "1", "text": "1"}, token="guess")
    unknown = Client().post("/api/v1/inbound/reply/nobody/", b"{}", content_type="application/json")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.json()["detail"] == unknown.json()["detail"]
    assert not Inbound.objects.exists()


def test_the_deliveries_of_an_order_are_listed(api: Any, officer: Person, village: Person, phones: Nowhere) -> None:
    order = order_to(officer)
    other = order_to(officer, "别的")
    deliver()
    rows = api(officer).get("/api/v1/deliveries/", {"order": order.pk}).json()["results"]
    assert [(row["person"]["id"], row["phone"], row["channel"], row["state"]) for row in rows] == [
        (village.pk, village.phone, "sms", "sent")
    ]
    assert other.pk != order.pk
    assert api(village).get("/api/v1/deliveries/", {"order": order.pk}).json()["results"]
    stranger = Person.objects.filter(appointments__unit__code="331126105").first()
    assert api(stranger).get("/api/v1/deliveries/", {"order": order.pk}).json()["results"] == []


@pytest.mark.parametrize(
    ("text", "codes", "yes", "code", "figure"),
    [("1", (), True, None, None), ("37 收到", (37,), True, 37, None), ("37", (), False, None, None),
     ("1 已转移23人", (37,), True, None, 23), ("23人已转移", (23,), False, None, 23), ("收到23户", (), True, None, 23),
     ("1没收到", (), False, None, None), ("137", (), False, None, None), ("OK 5 people", (), True, None, 5)],
)  # fmt: skip
def test_texts_are_read(text: str, codes: tuple[int, ...], yes: bool, code: int | None, figure: int | None) -> None:
    read = read_text(text, frozenset(codes))
    assert (read.yes, read.code, read.figure) == (yes, code, figure)


@pytest.mark.parametrize(
    ("keys", "number"), [("0", 0), ("12#", 12), ("*", None), ("#", None), ("", None), ("1*", None), ("999999", None)]
)
def test_keys_are_read(keys: str, number: int | None) -> None:
    assert read_keys(keys) == number


def test_a_desk_with_many_silent_villages_is_rung_once_for_an_order(
    officer: Person, phones: Nowhere, clock: Any
) -> None:
    """Each silent line stands on the screen; one call says that there are any."""
    issue_order(by=officer, incident_id=None, text="转移", units=["331126206"], descendants=True,
                posts=["village_head"], ladder="red")  # fmt: skip
    deliver()
    clock.travel(seconds=901)
    for _ in range(6):
        fire_due()
    deliver()
    silent = Message.objects.filter(code="order.county_calls")
    assert silent.count() > 3
    desk = silent.values_list("person", flat=True).distinct()
    for person in desk:
        assert Delivery.objects.filter(channel="voice", message__person=person).count() == 1
    clock.travel(seconds=601)
    for _ in range(3):
        fire_due()
    deliver()
    for person in desk:
        assert Delivery.objects.filter(channel="voice", message__person=person).count() == 2, "and again ten minutes on"
