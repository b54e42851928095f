"""The deliverer in one process: failover, rates, what goes first, and what is asked about before it is sent again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from journal.actions.recording import SYSTEM
from journal.actions.relays import run_pending
from journal.actions.rounds import pulse
from journal.models import Event
from notify.actions import deliver as deliver_module
from notify.actions import outbox, rounds
from notify.actions.deliver import Deliverer
from notify.actions.inbound import take_receipts
from notify.actions.messages import send_all
from notify.gateways.contract import GATEWAYS, VOICE, Receipt, Refused, Unsure
from notify.models import Account, Delivery, Message, ReachRule
from notify.rules.notices import Notice
from org.models import Person
from tests.support.county import Clock
from tests.support.gateways import Nowhere, account, deliver, gateway
from tests.support.processes import PATIENCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def nowhere(demo_county: Any) -> Iterator[Nowhere]:
    ReachRule.objects.all().delete()
    for alarm in (True, False):
        ReachRule.objects.create(alarm=alarm, asked="message", channels=["sms"], source="test")
    with gateway() as made:
        yield made


@pytest.fixture
def deliverer(nowhere: Nowhere) -> Iterator[Deliverer]:
    made = Deliverer()
    yield made
    made.close()


class Second(Nowhere):
    code = "second"


def queue(count: int = 1, *, alarm: bool = True, first: int = 0) -> list[Delivery]:
    people = Person.objects.exclude(phone="").order_by("pk")[first : first + count]
    notices = [Notice(one.pk, "duty.gap", f"gap:{one.pk}", "33.11.26", alarm=alarm) for one in people]
    messages = send_all(notices, by=SYSTEM)
    return list(Delivery.objects.filter(message__in=messages, channel="sms").order_by("pk"))


def died_after_claiming(rows: list[Delivery], clock: Clock) -> None:
    """As a deliverer leaves rows that is killed between its commit and the gateway's answer."""
    account_id = Account.objects.get(enabled=True).pk
    assert len(outbox.claim([outbox.Capacity(account_id, "sms", len(rows))])) == len(rows)
    clock.travel(seconds=deliver_module.LOOK_UP_AFTER_S + 1)


def turn_until(deliverer: Deliverer, holds: Callable[[], bool], seconds: float = 10) -> float:
    """As the process does, in real time; returns the seconds it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds * PATIENCE
        if not deliverer.turn():
            deliverer.wait(0.01)
    return time.monotonic() - began


class TestFailover:
    def test_a_second_account_takes_over_within_ten_seconds(self, nowhere: Nowhere, deliverer: Deliverer) -> None:
        second = Second()
        account("spare", gateway="second", priority=2)
        nowhere.error = Refused("HTTP 503")
        rows = queue(20)
        with GATEWAYS.lent({"second": second}):
            turn_until(deliverer, lambda: len(second.sent) >= 20 and deliverer.idle(), 10)
            deliver(deliverer)
        assert sorted(second.addresses) == sorted(row.address for row in rows), "each once"
        assert nowhere.sent == []
        assert Account.objects.get(code="nowhere").resting_until is not None

    def test_a_resting_account_is_asked_no_more_until_its_rest_is_over(
        self, nowhere: Nowhere, deliverer: Deliverer, clock: Clock
    ) -> None:
        nowhere.error = Refused("HTTP 503")
        queue(outbox.TRIPS_AFTER)
        deliver(deliverer)
        first = Account.objects.get(code="nowhere")
        assert first.failures == outbox.TRIPS_AFTER
        nowhere.error = None
        clock.travel(seconds=5)
        deliver(deliverer)
        assert nowhere.sent == []
        clock.travel(seconds=outbox.REST_S[0])
        deliver(deliverer)
        assert len(nowhere.sent) == outbox.TRIPS_AFTER
        assert Account.objects.get(code="nowhere").failures == 0

    def test_it_rests_longer_each_time(self, nowhere: Nowhere) -> None:
        key = Account.objects.get(code="nowhere").pk
        rests = []
        for failures in range(3, 8):
            outbox.write_health(set(), {key: "HTTP 503"}, {key: failures})
            row = Account.objects.get(pk=key)
            assert row.resting_until is not None
            assert row.last_error_at is not None
            rests.append(round((row.resting_until - row.last_error_at).total_seconds()))
        assert rests == [30, 60, 120, 300, 300]

    def test_a_refused_number_says_nothing_of_the_account(self, nowhere: Nowhere, deliverer: Deliverer) -> None:
        nowhere.error = Refused("no such number", permanent=True, outcome="bad_number")
        queue(5)
        deliver(deliverer)
        assert Account.objects.get(code="nowhere").failures == 0
        assert set(Delivery.objects.filter(channel="sms").values_list("state", "outcome")) == {("failed", "bad_number")}


def test_a_gateway_that_hangs_holds_up_no_other(nowhere: Nowhere, deliverer: Deliverer) -> None:
    """Each account has a pool of its own: the calls of one wait while the texts of another go."""
    ReachRule.objects.filter(alarm=False).update(channels=["voice"])
    second = Second()
    second.waits_s = 6.0
    account("calls", (VOICE,), gateway="second", lines=2)
    with GATEWAYS.lent({"second": second}):
        queue(4, alarm=False, first=40)
        texts = queue(30)
        assert turn_until(deliverer, lambda: len(nowhere.sent) == len(texts)) < 5
        deliver(deliverer)
    assert len(nowhere.sent) == len(texts)
    assert len(second.sent) == 2, "its lines"


def test_no_more_a_second_than_the_account_may(nowhere: Nowhere, deliverer: Deliverer) -> None:
    Account.objects.filter(code="nowhere").update(rate_per_s=10)
    queue(25)
    took = turn_until(deliverer, lambda: len(nowhere.sent) == 25)
    assert took >= 1.4, "25 at 10 a second, one second's worth saved at most"


def test_alarms_go_before_what_waited_longer(nowhere: Nowhere, deliverer: Deliverer) -> None:
    Account.objects.filter(code="nowhere").update(lines=1)
    plain = queue(5, alarm=False)
    alarms = queue(5, first=10)
    deliver(deliverer)
    assert nowhere.addresses == [row.address for row in [*alarms, *plain]]


def test_calls_hold_their_lines_until_a_receipt(nowhere: Nowhere, deliverer: Deliverer) -> None:
    ReachRule.objects.filter(alarm=True).update(channels=["voice"])
    Account.objects.filter(code="nowhere").update(channels=["voice"], lines=3)
    queue(5)
    deliver(deliverer)
    assert len(nowhere.sent) == 3
    box = Account.objects.get(code="nowhere")
    take_receipts([(box, Receipt("heard", nowhere.sent[0].reference))])
    deliver(deliverer)
    assert len(nowhere.sent) == 4


class TestAfterACrash:
    def test_what_the_gateway_took_is_not_sent_again(
        self, nowhere: Nowhere, deliverer: Deliverer, clock: Clock
    ) -> None:
        nowhere.can_look_up = True  # type: ignore[misc]
        rows = queue(3)
        died_after_claiming(rows, clock)
        nowhere.known = {row.reference: "delivered" for row in Delivery.objects.filter(channel="sms")}
        deliver(deliverer)
        assert nowhere.sent == []
        assert len(nowhere.looked_up) == 3
        assert set(Delivery.objects.filter(channel="sms").values_list("state", "repeated")) == {("delivered", False)}

    def test_what_it_never_took_is_sent_once_and_is_no_repeat(
        self, nowhere: Nowhere, deliverer: Deliverer, clock: Clock
    ) -> None:
        nowhere.can_look_up = True  # type: ignore[misc]
        rows = queue(3)
        died_after_claiming(rows, clock)
        deliver(deliverer)
        assert sorted(nowhere.addresses) == sorted(row.address for row in rows)
        found = Delivery.objects.filter(channel="sms").values_list("state", "repeated", "attempts")
        assert set(found) == {("sent", False, 2)}

    def test_where_it_cannot_be_asked_a_receipt_may_come_for_a_minute_then_it_is_repeated_and_marked(
        self, nowhere: Nowhere, deliverer: Deliverer, clock: Clock
    ) -> None:
        rows = queue(2)
        died_after_claiming(rows, clock)
        deliver(deliverer)
        assert nowhere.sent == []
        heard = Delivery.objects.get(pk=rows[0].pk)
        take_receipts([(Account.objects.get(code="nowhere"), Receipt("delivered", heard.reference))])
        clock.travel(seconds=outbox.UNSURE_S)
        deliver(deliverer)
        assert nowhere.addresses == [rows[1].address]
        assert dict(Delivery.objects.filter(channel="sms").values_list("pk", "repeated")) == {
            rows[0].pk: False, rows[1].pk: True,
        }  # fmt: skip

    def test_a_timeout_is_looked_up_before_it_is_sent_again(
        self, nowhere: Nowhere, deliverer: Deliverer, clock: Clock
    ) -> None:
        nowhere.can_look_up = True  # type: ignore[misc]
        nowhere.error, nowhere.takes_first = Unsure("ReadTimeout"), True
        queue(1)
        deliver(deliverer)
        assert len(nowhere.sent) == 1
        nowhere.error = None
        clock.travel(seconds=deliver_module.LOOK_UP_AFTER_S + 1)
        deliver(deliverer)
        assert len(nowhere.sent) == 1, "it was taken"
        assert Delivery.objects.get(channel="sms").state == "sent"

    def test_what_was_answered_meanwhile_is_dropped(self, nowhere: Nowhere, deliverer: Deliverer, clock: Clock) -> None:
        nowhere.can_look_up = True  # type: ignore[misc]
        died_after_claiming(queue(1), clock)
        Message.objects.update(state="settled")
        deliver(deliverer)
        assert nowhere.sent == []
        assert Delivery.objects.get(channel="sms").state == "cancelled"

    @pytest.mark.parametrize(
        ("can_look_up", "repeated", "words"),
        [(True, False, "the gateway never took it"), (False, False, "outcome unknown"),
         (True, True, "the last attempt was never taken, the outcome of an earlier one is unknown")],
    )  # fmt: skip
    def test_after_the_last_attempt_it_fails_in_words_that_are_true(
        self, can_look_up: bool, repeated: bool, words: str, nowhere: Nowhere, deliverer: Deliverer, clock: Clock
    ) -> None:
        nowhere.can_look_up = can_look_up  # type: ignore[misc]
        rows = queue(1)
        Delivery.objects.filter(pk=rows[0].pk).update(attempts=outbox.GIVE_UP_AFTER - 1, repeated=repeated)
        died_after_claiming(rows, clock)
        clock.travel(seconds=outbox.UNSURE_S)
        deliver(deliverer)
        assert nowhere.sent == []
        row = Delivery.objects.get(pk=rows[0].pk)
        assert (row.state, row.outcome, row.error) == ("failed", "failed", words)
        assert Event.objects.get(verb="delivery.failed").data["error"] == words


class TestSilence:
    """A gateway that is silent alarms the county's desk, once, and the alarm ends by itself."""

    def look(self, clock: Clock) -> None:
        clock.travel(seconds=rounds.EVERY_S + 1)
        rounds.look_at_gateways()
        run_pending()

    def alarms(self) -> list[str]:
        return list(Message.objects.filter(state="open", alarm=True, code__startswith="duty.").exclude(
            code="duty.gap").order_by("code").values_list("code", flat=True).distinct())  # fmt: skip

    def test_one_that_fails_in_a_row(self, nowhere: Nowhere, clock: Clock) -> None:
        key = Account.objects.get(code="nowhere").pk
        outbox.write_health(set(), {key: "HTTP 503"}, {key: 3})
        self.look(clock)
        self.look(clock)
        assert Event.objects.filter(verb="gateway.resting", subject=f"account:{key}").count() == 1
        assert self.alarms() == ["duty.gateway_resting"]
        outbox.write_health({key}, {}, {})
        self.look(clock)
        assert Event.objects.filter(verb="gateway.back").count() == 1
        assert self.alarms() == []

    def test_one_that_does_not_answer(self, nowhere: Nowhere, clock: Clock) -> None:
        died_after_claiming(queue(1), clock)
        self.look(clock)
        assert self.alarms() == []
        clock.travel(minutes=2)
        pulse("deliverer")
        self.look(clock)
        assert self.alarms() == ["duty.gateway_silent"]

    def test_one_that_takes_and_reports_nothing(self, nowhere: Nowhere, deliverer: Deliverer, clock: Clock) -> None:
        Account.objects.update(last_receipt_at="2026-01-01T00:00:00Z")
        queue(6)
        deliver(deliverer)
        clock.travel(minutes=6)
        self.look(clock)
        assert self.alarms() == ["duty.gateway_without_receipts"]

    def test_the_deliverer_itself(self, nowhere: Nowhere, deliverer: Deliverer, clock: Clock) -> None:
        pulse("deliverer")
        queue(3)
        self.look(clock)
        assert self.alarms() == []
        clock.travel(seconds=30)
        self.look(clock)
        assert self.alarms() == ["duty.deliverer_stopped"]
        assert Event.objects.get(verb="deliverer.stopped").data == {"waiting": 3}
        pulse("deliverer")
        self.look(clock)
        assert self.alarms() == []


def test_the_figures_of_each_account(client: Client, nowhere: Nowhere, deliverer: Deliverer, clock: Clock) -> None:
    unknown = queue(2)
    died_after_claiming(unknown, clock)
    sent = queue(3, first=10)
    deliver(deliverer)
    clock.travel(seconds=400)
    queue(1, first=20)
    clock.travel(seconds=30)
    text = client.get("/metrics").content.decode()
    assert 'sanji_deliveries_unknown{account="nowhere"} 2.0' in text
    assert f'sanji_receipts_late{{account="nowhere"}} {len(sent)}.0' in text
    assert 'sanji_gateway_resting{account="nowhere"} 0.0' in text
    (line,) = [line for line in text.splitlines() if line.startswith("sanji_delivery_queue_seconds{")]
    assert 'channel="sms"' in line
    assert 30 <= float(line.rpartition(" ")[2]) < 60


def test_a_look_up_that_is_refused_is_no_reason_to_send_again(officer: Person, demo_county: Any, clock: Any) -> None:
    """The gateway took it, its answer was lost, and now nobody can be asked."""
    with gateway() as made:
        made.can_look_up = True  # type: ignore[misc]
        made.error, made.takes_first = Unsure("no answer"), True
        send_all([Notice(officer.pk, "test.asked", "test:1", "33.11.26", alarm=True)], by=SYSTEM)
        deliver()
        made.error = None
        made.look_up_error = Refused("no connection")
        deliverer = Deliverer()
        clock.travel(seconds=11)
        deliver(deliverer)
        assert (len(made.sent), len(made.looked_up)) == (1, 1)
        assert Delivery.objects.get(channel="sms").state == "handed_over"
        deliver(deliverer)
        assert len(made.looked_up) == 1, "not asked all the time"
        made.look_up_error = None
        deliver()
        assert (len(made.sent), Delivery.objects.get(channel="sms").state) == (1, "sent")


def test_failures_that_come_together_are_one_outage_and_after_a_rest_one_message_tries(
    officer: Person, village: Person, clock: Any
) -> None:
    """A gateway that is away for a moment, with eleven requests on their way, rests half a minute and not five."""
    with gateway() as made:
        made.error = Refused("no connection")
        people = [officer, village, *Person.objects.exclude(phone="").order_by("pk")[:9]]
        send_all([Notice(one.pk, "test.asked", f"test:{n}", "33.11.26", alarm=True) for n, one in enumerate(people)],
                 by=SYSTEM)  # fmt: skip
        deliver()
        row = Account.objects.get(code="nowhere")
        assert row.failures == outbox.TRIPS_AFTER
        assert row.resting_until is not None
        assert row.last_error_at is not None
        assert round((row.resting_until - row.last_error_at).total_seconds()) == outbox.REST_S[0]
        clock.travel(seconds=31)
        tried = sum(Delivery.objects.filter(channel="sms").values_list("attempts", flat=True))
        deliver()
        again = sum(Delivery.objects.filter(channel="sms").values_list("attempts", flat=True))
        assert again - tried == 1
        made.error = None
        clock.travel(seconds=61)
        deliver()
        assert not Delivery.objects.filter(channel="sms").exclude(state="sent").exists()
        assert Account.objects.get(code="nowhere").failures == 0


@pytest.mark.parametrize(
    ("before", "new", "resting", "after"),
    [(0, 1, False, 1), (0, 11, False, 3), (2, 5, False, 3), (3, 1, False, 4), (4, 9, False, 5), (3, 9, True, 3)],
)
def test_failures_in_a_row(before: int, new: int, resting: bool, after: int) -> None:
    assert outbox.failures_in_a_row(before, new, resting=resting) == after
