"""Timers: fired once, by whoever comes first, in order, late ones marked; and an answer stops them at any moment."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.db import connection, connections, transaction

from command.actions import acknowledge, issue_order
from command.models import Assignment, Call
from journal import timers
from journal.actions import rounds
from journal.actions.recording import SYSTEM, record
from journal.actions.rounds import ROUNDS
from journal.models import Event, Timer
from journal.timers import HANDLERS, Due, Setting, cancel, fire_due, raise_alarms, set_timers
from notify.models import Message
from org.models import Person
from tests.support.county import Clock

KIND = "test.tick"


@pytest.fixture
def fired() -> Iterator[list[Due]]:
    """What a handler of a kind of its own was handed, in order."""
    seen: list[Due] = []
    with HANDLERS.lent({KIND: seen.extend}):
        yield seen


def at(clock: Clock, **after: float) -> dt.datetime:
    return clock.now() + dt.timedelta(**after)


def test_a_timer_fires_when_it_is_due_and_once(fired: list[Due], clock: Clock) -> None:
    set_timers([Setting(KIND, "test:1", at(clock, minutes=5))])
    assert fire_due() == 0
    clock.travel(minutes=5)
    assert fire_due() == 1
    assert fire_due() == 0
    assert [due.subject for due in fired] == ["test:1"]
    assert fired[0].subject_id == 1
    kept = Timer.objects.get()
    assert kept.state == "fired"
    assert kept.fired_at is not None


def test_setting_the_same_timer_twice_leaves_the_first(fired: list[Due], clock: Clock) -> None:
    first = at(clock, minutes=5)
    set_timers([Setting(KIND, "test:1", first)])
    set_timers([Setting(KIND, "test:1", at(clock, minutes=9)), Setting(KIND, "test:1", first, step=1)])
    assert Timer.objects.get(step=0).due_at == first
    assert Timer.objects.count() == 2


def test_a_timer_of_a_moment_ago_is_not_late_and_one_of_a_minute_ago_is(fired: list[Due], clock: Clock) -> None:
    set_timers([Setting(KIND, "test:1", at(clock, seconds=-60)), Setting(KIND, "test:2", at(clock))])
    fire_due()
    assert {due.subject: due.late for due in fired} == {"test:1": True, "test:2": False}


def test_due_timers_are_handed_over_in_the_order_of_their_time(fired: list[Due], clock: Clock) -> None:
    base = at(clock, minutes=-30)
    set_timers([Setting(KIND, f"test:{n}", base + dt.timedelta(seconds=(n * 37) % 101)) for n in range(101)])
    fire_due()
    assert [due.due_at for due in fired] == sorted(due.due_at for due in fired)
    assert len(fired) == 101


def test_more_than_a_batch_is_fired_in_one_round(fired: list[Due], clock: Clock) -> None:
    count = timers.BATCH * 2 + 1
    set_timers([Setting(KIND, f"test:{n}", at(clock)) for n in range(count)])
    assert fire_due() == count


def test_cancelled_timers_do_not_fire(fired: list[Due], clock: Clock) -> None:
    set_timers(
        [Setting(KIND, "test:1", at(clock)), Setting(KIND, "test:2", at(clock)), Setting(KIND, "test:11", at(clock))]
    )
    assert cancel(["test:1"]) == 1
    fire_due()
    assert sorted(due.subject for due in fired) == ["test:11", "test:2"]


def test_a_failing_timer_stops_no_other_and_is_tried_again(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    tries: Counter[str] = Counter()
    broken = True

    def act(due: Sequence[Due]) -> None:
        for one in due:
            tries[one.subject] += 1
            record("test.acted", one.subject, "33", by=SYSTEM)
            if one.subject == "test:5" and broken:
                raise ValueError("no such thing")

    with HANDLERS.lent({KIND: act}):
        set_timers([Setting(KIND, f"test:{n}", at(clock)) for n in range(10)])
        fire_due()
        assert Event.objects.filter(verb="test.acted").count() == 9, (
            "what the failing one wrote is undone, and only that"
        )
        assert set(Event.objects.filter(verb="test.acted").values_list("subject", flat=True)) == {
            f"test:{n}" for n in range(10) if n != 5
        }
        left = Timer.objects.get(state="pending")
        assert (left.subject, left.attempts, left.error) == ("test:5", 1, "ValueError: no such thing")
        due_at, tried = left.due_at, tries["test:5"]
        fire_due()
        assert tries["test:5"] == tried, "not at once"
        broken = False
        clock.travel(seconds=2)
        fire_due()
    done = Timer.objects.get(subject="test:5")
    assert (done.state, done.due_at, done.error) == ("fired", due_at, "")
    assert Event.objects.filter(verb="test.acted", subject="test:5").count() == 1


def test_the_wait_of_a_failing_timer_grows_to_a_minute_and_no_further(clock: Clock) -> None:
    def act(due: Sequence[Due]) -> None:
        raise ValueError("still not")

    with HANDLERS.lent({KIND: act}):
        set_timers([Setting(KIND, "test:1", at(clock))])
        waits = []
        for _ in range(9):
            fire_due()
            row = Timer.objects.get()
            waits.append(round((row.not_before - clock.now()).total_seconds()))
            clock.travel(seconds=waits[-1] + 1)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_timer_of_an_unknown_kind_is_kept_and_says_why(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    set_timers([Setting("test.nobody", "test:1", at(clock))])
    fire_due()
    row = Timer.objects.get()
    assert row.state == "pending"
    assert "no handler" in row.error


def test_an_overdue_timer_raises_one_alarm(fired: list[Due], clock: Clock) -> None:
    set_timers([Setting(KIND, "test:1", at(clock)), Setting(KIND, "test:2", at(clock, minutes=5))])
    clock.travel(seconds=59)
    assert raise_alarms() == 0
    clock.travel(seconds=2)
    assert raise_alarms() == 1
    assert raise_alarms() == 0
    event = Event.objects.get(verb="timer.overdue")
    assert (event.subject, event.unit_path, event.data["kind"]) == ("test:1", "33.11.26", KIND)


def test_the_sentinel_takes_over_only_what_celery_has_stopped_doing(fired: list[Due], clock: Clock) -> None:
    set_timers([Setting(KIND, "test:1", at(clock))])
    rounds.pulse("celery:timers")
    rounds.pulse("celery:relays")
    assert "timers" not in rounds.run_as_sentinel()
    assert fired == []
    clock.travel(seconds=6)
    assert rounds.run_as_sentinel()["timers"] == 1
    assert len(fired) == 1


def test_an_error_in_one_of_the_sentinel_s_rounds_keeps_it_from_no_other(clock: Clock) -> None:
    done: list[str] = []

    def fails() -> int:
        raise RuntimeError("broken")

    with ROUNDS.lent({"timers": fails, "relays": lambda: done.append("relays") or 0}, alone=True):
        rounds.run_as_sentinel()
    assert done == ["relays"]


def test_the_claim_finds_due_timers_by_their_index(clock: Clock) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_timer (kind, subject, step, generation, due_at, state, attempts, error)"
            " SELECT 'test.tick', 'test:' || n, 0, 0, sanji_now() + interval '1 day',"
            " CASE WHEN n % 10 = 0 THEN 'pending' ELSE 'fired' END, 0, '' FROM generate_series(1, 20000) AS n"
        )
        cursor.execute("ANALYZE journal_timer")
        cursor.execute("EXPLAIN " + timers.CLAIM)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "timer_pending_due" in plan
    assert "Seq Scan" not in plan


# Downtime -----------------------------------------------------------------------------------------------------------


def ladder_events(row: Assignment) -> list[dict[str, Any]]:
    events = Event.objects.filter(verb="assignment.climbed", subject=f"assignment:{row.pk}").order_by("seq")
    return [event.data for event in events]


@pytest.fixture
def silent(officer: Person) -> Assignment:
    """One village head who has been called and says nothing; the red ladder: 180, 300, 600, 900 s, then every 600 s."""
    order = issue_order(
        by=officer, incident_id=None, text="转移", units=["331126206200"], posts=["village_head"], ladder="red"
    )
    return order.lines[0]


def test_after_downtime_every_missed_rung_fires_in_order_marked_late(silent: Assignment, clock: Clock) -> None:
    clock.travel(seconds=901)
    fire_due()
    climbed = ladder_events(silent)
    assert [(told["step"], told["do"]) for told in climbed] == [
        (0, "remind"),
        (1, "deputy"),
        (2, "runner"),
        (3, "county"),
    ]
    dues = [dt.datetime.fromisoformat(told["due_at"]) for told in climbed]
    order = silent.order
    assert [(due - order.issued_at).total_seconds() for due in dues] == [180, 300, 600, 900], "previous due + step"
    assert [told["late"] for told in climbed] == [True, True, True, False]
    row = Assignment.objects.get(pk=silent.pk)
    assert (row.next_climb_at - order.issued_at).total_seconds() == 1500  # type: ignore[operator]


def test_one_rung_at_a_time_ends_where_all_at_once_does(silent: Assignment, clock: Clock) -> None:
    for seconds in (181, 120, 300, 300):
        clock.travel(seconds=seconds)
        assert fire_due() == 1
    assert [told["step"] for told in ladder_events(silent)] == [0, 1, 2, 3]
    assert not any(told["late"] for told in ladder_events(silent))


def test_an_answer_voids_what_is_pending_by_its_generation(silent: Assignment, clock: Clock, village: Person) -> None:
    acknowledge(silent.pk, by=village)
    Timer.objects.filter(subject=f"assignment:{silent.pk}").update(state="pending")  # as if a firer had held it
    clock.travel(seconds=901)
    fire_due()
    assert ladder_events(silent) == []


# Two firers ---------------------------------------------------------------------------------------------------------


def in_threads(*works: Callable[[], object]) -> list[object]:
    """Run them at the same moment, each on its own connection; their results, or the first error."""
    barrier = threading.Barrier(len(works))
    results: list[object] = [None] * len(works)
    errors: list[BaseException] = []

    def run(number: int, work: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(10)
            results[number] = work()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]
    return results


@pytest.mark.django_db(transaction=True)
def test_firers_side_by_side_lose_nothing_and_double_nothing() -> None:
    seen: list[int] = []

    def act(due: Sequence[Due]) -> None:
        seen.extend(one.subject_id for one in due)

    with HANDLERS.lent({KIND: act}):
        count = timers.BATCH * 5 + 7
        with connection.cursor() as cursor:
            cursor.execute("SELECT sanji_now()")
            present = cursor.fetchone()[0]
        set_timers([Setting(KIND, f"test:{n}", present) for n in range(count)])
        shares = in_threads(*[fire_due] * 4)
    assert sum(shares) == count  # type: ignore[arg-type]
    assert sorted(seen) == list(range(count))
    assert not Timer.objects.exclude(state="fired").exists()


@pytest.mark.django_db(transaction=True)
def test_firers_side_by_side_climb_every_rung_of_every_ladder_once(officer: Person, clock: Clock) -> None:
    order = issue_order(by=officer, incident_id=None, text="撤", units=["331126206"], descendants=True, ladder="red")
    clock.travel(seconds=901)

    def fire() -> int:
        return sum(fire_due() for _ in range(6))

    in_threads(fire, fire, fire)
    fire_due()
    for row in order.lines:
        steps = [told["step"] for told in ladder_events(row)]
        assert steps == list(range(row.rung, 4)), "each once, in order, none missing"
    doubled = Counter(
        Message.objects.exclude(code="order.called").values_list("subject", "code", "person_id", "created_at__second")
    )
    climbs = Event.objects.filter(verb="assignment.climbed")
    called = sum(len(event.data["called"]) for event in climbs)
    assert Message.objects.exclude(code="order.called").count() == called, doubled.most_common(2)
    assert Call.objects.exclude(do="call").count() == called


@pytest.mark.django_db(transaction=True)
def test_a_cancel_does_not_wait_for_a_timer_that_a_firer_holds() -> None:
    set_timers([Setting(KIND, "test:1", _present()), Setting(KIND, "test:1", _present(), step=1)])
    held, done = threading.Event(), threading.Event()

    def firer() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT id FROM journal_timer WHERE step = 0 FOR UPDATE")
            held.set()
            assert done.wait(10)

    def canceller() -> int:
        assert held.wait(10)
        try:
            return cancel(["test:1"])
        finally:
            done.set()

    assert in_threads(firer, canceller)[1] == 1


def _present() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sanji_now()")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_a_climb_at_the_same_moment_end_one_way_or_the_other(officer: Person, village: Person) -> None:
    """Many rounds, no deadlock; after each it is answered, nothing of it is pending, no alarm of it is open."""
    for round_number in range(25):
        order = issue_order(
            by=officer, incident_id=None, text="转移", units=["331126206200"], posts=["village_head"], ladder="red"
        )
        row = order.lines[0]
        Timer.objects.filter(subject=f"assignment:{row.pk}").update(due_at=order.issued_at)
        works = [fire_due, lambda pk=row.pk: acknowledge(pk, by=village)]
        in_threads(*(works if round_number % 2 else reversed(works)))
        kept = Assignment.objects.get(pk=row.pk)
        assert kept.status == "received"
        assert kept.next_climb_at is None
        assert not Timer.objects.filter(subject=f"assignment:{row.pk}", state="pending").exists()
        assert not Message.objects.filter(subject=f"assignment:{row.pk}", state="open").exists()
        verbs = list(
            Event.objects.filter(subject=f"assignment:{row.pk}").order_by("seq").values_list("verb", flat=True)
        )
        assert verbs in (["assignment.acknowledged"], ["assignment.climbed", "assignment.acknowledged"])


@pytest.mark.django_db(transaction=True)
def test_a_firer_whose_connection_is_killed_leaves_its_timers_to_the_next_one() -> None:
    acted: list[int] = []
    dying = True

    def act(due: Sequence[Due]) -> None:
        acted.extend(one.subject_id for one in due)
        record("test.acted", "test:1", "33", by=SYSTEM)
        if dying:
            _kill_my_connection()

    with HANDLERS.lent({KIND: act}):
        set_timers([Setting(KIND, "test:1", _present())])
        with pytest.raises(Exception, match=r"terminat|closed"):
            in_threads(fire_due)
        assert not Event.objects.filter(verb="test.acted").exists()
        dying = False
        assert fire_due() == 1
    assert Event.objects.filter(verb="test.acted").count() == 1


def _kill_my_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with connection._nodb_cursor() as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_beat_asks_for_every_round(settings: Any) -> None:
    """`/readyz` waits for each of them."""
    schedule = settings.CELERY_BEAT_SCHEDULE.values()
    asked = {name for entry in schedule if entry["task"] == "journal.round" for name in entry["args"]}
    assert {*asked, "timers", "relays"} == set(rounds.names()), "timers and relays are the tick's"
