"""Relays: a subscriber hears each event exactly once, whatever dies in between."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, connections, transaction

from journal.actions import relays
from journal.actions.recording import SYSTEM, record
from journal.models import Event, Relay
from journal.subscribers import SUBSCRIPTIONS, Subscription
from tests.support.county import Clock

VERB = "test.told"
act: Callable[[Event], None] = lambda event: None  # noqa: E731 - what the subscriber does; each test sets its own


def listener(event: Event) -> None:
    act(event)


def note(event: Event) -> None:
    """An effect in the database, so that it stands and falls with the relay's transaction."""
    record("test.noted", event.subject, "33", by=SYSTEM, cause=event.seq)


@pytest.fixture(autouse=True)
def _subscribed() -> Iterator[None]:
    with SUBSCRIPTIONS.lent({"test.listener": Subscription(frozenset([VERB]), listener)}):
        yield
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


def test_a_relay_whose_subscriber_is_gone_is_kept_and_told(
    db: None, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    (event,) = tell()
    Relay.objects.update(subscriber="test.gone")
    relays.run_pending()
    row = Relay.objects.get(event=event)
    assert (row.state, row.attempts, row.error) == (
        "pending", 1, "LookupError: no subscriber is called test.gone"
    )  # fmt: skip
    alarm = Event.objects.get(verb="relay.unheard")
    assert alarm.data == {"subscriber": "test.gone", "event": event.seq, "verb": VERB}
    clock.travel(minutes=1)
    relays.run_pending()
    assert Relay.objects.get(event=event).attempts == 2
    assert Event.objects.filter(verb="relay.unheard").count() == 1, "told once"
    Relay.objects.update(subscriber="test.listener")
    clock.travel(minutes=10)
    relays.run_pending()
    assert Relay.objects.get(event=event).state == "done"


@pytest.mark.django_db
def test_a_relay_queued_under_its_function_s_old_path_is_still_heard() -> None:
    with SUBSCRIPTIONS.lent({"command.test_listener": Subscription(frozenset([VERB]), listener)}):
        tell()
        mine = Relay.objects.filter(subscriber="command.test_listener")
        assert mine.update(subscriber="command.subscribers.test_listener") == 1
        assert relays.run_pending() == 2, "and that of the other listener"
    assert set(Relay.objects.values_list("state", flat=True)) == {"done"}


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
