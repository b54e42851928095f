"""A slow channel holds up itself alone: bounded rounds, one at a time, and no transaction that waits for a gateway."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from journal import timers
from journal.actions import rounds
from journal.actions.recording import SYSTEM
from notify.actions import messages as notify
from notify.actions import rounds as notify_rounds
from notify.gateways import channels
from notify.models import Delivery
from notify.rules.notices import Notice
from org.models import Person


class Slow:
    """Three seconds a message, by a clock that the test moves."""

    code = "slow"

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.sent, self.inside = 0.0, 0, set[bool]()
        monkeypatch.setattr(notify_rounds.time, "monotonic", lambda: self.at)

    def address_of(self, person: Person) -> str:
        return "x"

    def send(self, address: str, text: str, reference: str) -> None:
        self.at += 3
        self.sent += 1
        self.inside.add(connection.in_atomic_block)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    channel = Slow(monkeypatch)
    with channels.CHANNELS.lent({channel.code: channel}):
        yield channel


def queue(count: int) -> None:
    people = Person.objects.order_by("pk")[:count]
    notices = [Notice(person.pk, "duty.gap", f"gap:{n}", "33.11.26") for n, person in enumerate(people)]
    notify.send_all(notices, by=SYSTEM)


@pytest.mark.django_db
def test_219_recipients_at_three_seconds_each_hold_a_round_up_for_seconds_only(slow: Slow, demo_county: Any) -> None:
    queue(219)
    assert Delivery.objects.filter(channel="slow").count() == 219
    assert rounds.run("deliveries") == slow.sent
    assert slow.at <= 6
    while Delivery.objects.filter(channel="slow", state="queued").exists():
        before = slow.at
        assert rounds.run("deliveries") > 0
        assert slow.at - before <= 6
    assert slow.sent == 219, "each once"


@pytest.mark.django_db(transaction=True)
def test_nothing_is_locked_while_a_gateway_is_asked(slow: Slow) -> None:
    queue(2)
    notify_rounds.deliver_due()
    assert slow.inside == {False}


@pytest.mark.django_db(transaction=True)
def test_a_second_round_at_the_same_time_leaves_at_once(slow: Slow) -> None:
    import threading

    queue(3)
    found: list[int] = []

    def other() -> None:
        found.append(notify_rounds.deliver_due())
        found.append(timers.fire_due() * 0)
        connection.close()

    sending = slow.send

    def send(*words: str) -> None:
        if not found:
            thread = threading.Thread(target=other)
            thread.start()
            thread.join(20)
        sending(*words)

    slow.send = send  # type: ignore[method-assign, assignment]
    notify_rounds.deliver_due()
    assert found == [0, 0]


@pytest.mark.django_db
def test_what_a_dead_sender_had_claimed_is_sent_after_its_lease(slow: Slow, demo_county: Any, clock: Any) -> None:
    queue(1)
    with connection.cursor() as cursor:
        cursor.execute(notify_rounds.CLAIM, [notify_rounds.LEASE_S])
    assert notify_rounds.deliver_due() == 0
    clock.travel(seconds=notify_rounds.LEASE_S + 1)
    assert notify_rounds.deliver_due() == 1
