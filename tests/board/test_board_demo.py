"""The demonstration is made by the users' own actions, and made once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from board.demo.clock import story
from command.models import Assignment, Incident
from early_warning.models import Warning
from journal.models import Event, Timer
from journal.timers import Setting, set_timers
from org.clock import now
from org.models import Person, Unit
from tests.own_database import empty

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Founded once for these tests, each of which is rolled back to here; then all of it is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(DEMO=True):
        empty()
        call_command("found_demo", without_duty=True, verbosity=0)
        yield
        transaction.set_rollback(True)


def test_it_shows_a_past_incident_and_a_running_one(told: None) -> None:
    past, running = Incident.objects.order_by("pk")
    assert (past.status, running.status, running.response_level) == ("reviewed", "responding", "III")
    assert Warning.objects.get().status == "active"
    states = set(Assignment.objects.filter(order__incident=running).values_list("status", flat=True))
    assert {"called", "received", "passed_on", "in_place", "done"} <= states
    assert Unit.objects.count() == 235


def test_the_past_lies_in_the_past_and_the_clock_is_put_back(told: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sanji_now() = statement_timestamp()")
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT count(*) FROM journal_event WHERE at > sanji_now()")
        assert cursor.fetchone() == (0,)


def test_a_second_run_changes_nothing(told: None, capsys: pytest.CaptureFixture[str]) -> None:
    events = Event.objects.count()
    with override_settings(DEMO=True):
        call_command("found_demo", without_duty=True)
    assert "already" in capsys.readouterr().out
    assert Event.objects.count() == events


def test_a_founding_that_broke_off_between_its_parts_is_carried_on(told: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE early_warning_warning SET incident_id = NULL")
        for table in ("call", "assignment", "order", "endcondition", "task", "response"):
            cursor.execute(f"DELETE FROM command_{table}")
        cursor.execute("DELETE FROM command_incident WHERE status = 'responding'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    with override_settings(DEMO=True):
        call_command("found_demo", without_duty=True, verbosity=0)
    assert Incident.objects.filter(status="responding").count() == 1


def test_it_is_refused_outside_a_demo(empty_register: None) -> None:
    with override_settings(DEMO=False), pytest.raises(CommandError, match="DEMO"):
        call_command("found_demo")
    assert not Person.objects.exists()


@pytest.mark.timeout(60)
def test_a_story_passes_by_a_timer_that_was_set_later_than_it_happens(db: None, demo_county: Unit) -> None:
    """Due for ten minutes, but set only now: a story of five minutes ago cannot wait for it to fire."""
    present = now()
    set_timers([Setting("demo.nobody", "demo:1", present - dt.timedelta(minutes=10))])
    with story(minutes=5) as clock:
        clock.go(present)
        assert now() >= present
    assert Timer.objects.get(kind="demo.nobody").attempts == 0
    with story(minutes=5) as clock:
        clock.go(present + dt.timedelta(minutes=1))
    assert Timer.objects.get(kind="demo.nobody").attempts == 1  # fired, and nobody knew what to do
