"""Relays: a subscriber hears each event exactly once, whatever dies in between."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, connections, transaction

from journal import subscribers
from journal.actions import relays
from journal.actions.recording import SYSTEM, record
from journal.models import Event, Relay
from journal.subscribers import subscribe
from tests.conftest import Clock

VERB = "test.told"
act: Callable[[Event], None] = lambda event: None  # noqa: E731 - what the subscriber does; each test sets its own


def listener(event: Event) -> None:
    act(event)


def note(event: Event) -> None:
    """An effect in the database, so that it stands and falls with the relay's transaction."""
    record("test.noted", event.subject, "33", by=SYSTEM, cause=event.seq)


@pytest.fixture(autouse=True)
def _subscribed() -> Iterator[None]:
    subscribe(VERB)(listener)
    yield
    subscribers._by_verb.pop(VERB)
    global act
    act = lambda event: None  # noqa: E731


def tell(count: int = 1) -> list[Event]:
    with transaction.atomic():
        return [record(VERB, f"test:{n}", "33", by=SYSTEM) for n in range(count)]


def noted() -> list[int]:
    return sorted(Event.objects.filter(verb="test.noted").values_list("cause", flat=True))


def test_a_relay_is_written_with_its_event_and_runs_once(db: None) -> None:
    global act
    act = note
    (event,) = tell()
    assert Relay.objects.get().state == "pending"
    assert relays.run_pending() == 1
    assert relays.run_pending() == 0
    assert noted() == [event.seq]


def test_a_failing_relay_leaves_no_trace_and_is_tried_again_later(
    db: None, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    global act
    failing = True

    def fails(event: Event) -> None:
        note(event)
        if failing:
            raise ValueError("not now")

    act = fails
    events = tell(3)
    relays.run_pending()
    assert noted() == []
    assert set(Relay.objects.values_list("state", "attempts", "error")) == {("pending", 1, "ValueError: not now")}
    failing = False
    assert relays.run_pending() == 0, "not at once"
    clock.travel(seconds=2)
    assert relays.run_pending() == 3
    assert noted() == [event.seq for event in events]


def test_one_failing_relay_holds_up_no_other(db: None, caplog: pytest.LogCaptureFixture) -> None:
    global act

    def fails_for_one(event: Event) -> None:
        if event.subject == "test:1":
            raise ValueError("this one never")
        note(event)

    act = fails_for_one
    events = tell(4)
    relays.run_pending()
    assert noted() == [event.seq for event in events if event.subject != "test:1"]


def test_a_relay_whose_subscriber_is_gone_is_kept(db: None, caplog: pytest.LogCaptureFixture) -> None:
    tell()
    subscribers._functions.pop(f"{__name__}.listener")
    relays.run_pending()
    row = Relay.objects.get()
    assert row.state == "pending"
    assert "no subscriber" in row.error


@pytest.mark.django_db(transaction=True)
def test_a_connection_killed_in_the_middle_loses_nothing_and_doubles_nothing() -> None:
    global act
    killed = threading.Event()

    def dies(event: Event) -> None:
        note(event)
        if not killed.is_set():
            killed.set()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (pid,) = cursor.fetchone()
            with connection._nodb_cursor() as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    act = dies
    events = tell(3)

    def run() -> None:
        try:
            relays.run_pending()
        except Exception:  # noqa: S110 - the process that died
            pass
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert killed.is_set()
    relays.run_pending()
    assert noted() == [event.seq for event in events]
    assert set(Relay.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db(transaction=True)
def test_runners_side_by_side_run_each_relay_once() -> None:
    global act
    act = note
    events = tell(60)
    done: list[int] = []

    def run() -> None:
        try:
            done.append(relays.run_pending())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    relays.run_pending()
    assert noted() == [event.seq for event in events]
