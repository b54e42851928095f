"""The event log: written with the change or not at all, and never changed afterwards."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from journal.actions.recording import SYSTEM, Fact, chain, record, record_all
from journal.models import Event, Relay, Seal
from journal.subscribers import SUBSCRIPTIONS, Subscription
from org.models import Person

PATH = "33.11.26.206"
UPSERT = """
    INSERT INTO journal_event OVERRIDING SYSTEM VALUE SELECT * FROM journal_event
    ON CONFLICT (seq) DO UPDATE SET verb = 'x'
"""


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused() -> None:
    before = Event.objects.count()
    with pytest.raises(RuntimeError, match="inside the transaction"):
        record("test.happened", "test:1", PATH, by=SYSTEM)
    assert Event.objects.count() == before


def test_an_event_that_is_rolled_back_leaves_nothing(db: None) -> None:
    before = Event.objects.count()
    with transaction.atomic():
        record("test.happened", "test:1", PATH, by=SYSTEM)
        transaction.set_rollback(True)
    assert Event.objects.count() == before


def test_an_event_keeps_all_that_it_was_told(db: None, officer: Person) -> None:
    due = dt.datetime(2026, 7, 9, 10, 15, tzinfo=dt.UTC)
    first = record("test.first", "test:1", PATH, by=officer)
    told = record(
        "test.happened",
        "test:7",
        PATH,
        by=officer,
        data={"due": due, "text": "“引号”\\ 'x' %s"},
        card={"type": "test", "n": 1},
        root="incident:3",
        cause=first.seq,
        exercise=5,
    )
    kept = Event.objects.get(seq=told.seq)
    assert (kept.verb, kept.subject, kept.unit_path, kept.root) == ("test.happened", "test:7", PATH, "incident:3")
    assert (kept.by, kept.by_name) == (f"person:{officer.pk}", officer.name)
    assert (kept.cause, kept.exercise, kept.card) == (first.seq, 5, {"type": "test", "n": 1})
    assert kept.data["text"] == "“引号”\\ 'x' %s"
    assert dt.datetime.fromisoformat(kept.data["due"]) == due
    assert kept.at == told.at


def test_events_come_back_in_the_order_of_their_facts(db: None) -> None:
    events = record_all([Fact("test.happened", f"test:{n}", PATH) for n in range(300)], by=SYSTEM)
    assert [event.subject for event in events] == [f"test:{n}" for n in range(300)]
    assert [event.seq for event in events] == sorted(event.seq for event in events)
    kept = Event.objects.in_bulk([event.seq for event in events])
    assert all(kept[event.seq].subject == event.subject for event in events)


def test_a_value_that_is_no_json_is_refused_rather_than_guessed(db: None) -> None:
    with pytest.raises(TypeError):
        record("test.happened", "test:1", PATH, by=SYSTEM, data={"thing": object()})


def test_a_chain_names_its_cause(db: None) -> None:
    cause = record("test.first", "test:1", PATH, by=SYSTEM)
    (after,) = record_all(chain([Fact("test.then", "test:2", PATH)], cause), by=SYSTEM)
    assert Event.objects.get(seq=after.seq).cause == cause.seq


def test_many_facts_take_one_statement_and_their_relays_another(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def listener(event: Event) -> None: ...

    hears = {"test.listener": Subscription(frozenset(["test.heard"]), listener)}
    with SUBSCRIPTIONS.lent(hears), django_assert_num_queries(2):
        events = record_all([Fact("test.heard", f"test:{n}", PATH) for n in range(50)], by=SYSTEM)
    assert Relay.objects.filter(event__in=events).count() == 50


@pytest.mark.parametrize(
    "change",
    [
        lambda event: Event.objects.filter(pk=event.pk).update(verb="test.other"),
        lambda event: Event.objects.filter(pk=event.pk).delete(),
        lambda event: event.delete(),
        lambda event: _saved(event),
        lambda event: _sql("UPDATE journal_event SET data = '{}'"),
        lambda event: _sql("DELETE FROM journal_event"),
        lambda event: _sql("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE journal_event CASCADE"),
        lambda event: _sql(UPSERT),
    ],
    ids=["update", "queryset delete", "delete", "save", "sql update", "sql delete", "truncate", "upsert"],
)
def test_nothing_changes_or_removes_an_event(db: None, change: object) -> None:
    event = record("test.happened", "test:1", PATH, by=SYSTEM)
    with pytest.raises(DatabaseError, match=r"Cannot update or delete|append-only"), transaction.atomic():
        change(event)  # type: ignore[operator]
    assert Event.objects.get(pk=event.pk).verb == "test.happened"


@pytest.mark.parametrize(
    "statement", ["UPDATE journal_seal SET digest = ''", "DELETE FROM journal_seal", "TRUNCATE journal_seal"]
)
def test_nothing_changes_or_removes_a_seal(db: None, statement: str) -> None:
    Seal.objects.create(number=1, first_seq=1, last_seq=1, count=1, digest="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        _sql(statement)


@pytest.mark.django_db(transaction=True)
def test_an_event_cannot_be_committed_long_after_its_number_was_given_out() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(p.oid), t.tgdeferrable, t.tginitdeferred FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgname LIKE 'pgtrigger_commits_soon%'"
        )
        ((definition, deferrable, deferred),) = cursor.fetchall()
        assert (deferrable, deferred) == (True, True)
        # The same guard with its patience taken away, for a test cannot hold a transaction open for a minute.
        cursor.execute(definition.replace("50 seconds'", "0 seconds'"))
    before = Event.objects.count()
    with pytest.raises(DatabaseError, match="must be committed within"):
        _record_and_commit()
    assert Event.objects.count() == before


@transaction.atomic
def _record_and_commit() -> None:
    record("test.happened", "test:1", PATH, by=SYSTEM)


def _saved(event: Event) -> None:
    event.verb = "test.other"
    event.save()


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
