"""The demonstration is made by the users' own actions, and made once; its month of duty at any hour of any day."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client, override_settings
from pytest_django.plugin import DjangoDbBlocker

from board.demo import days, month
from board.demo.clock import story
from board.demo.crews import boundary, duty_day, watch_of
from command.models import Assignment, Incident
from database.clock import now
from duty import actions
from duty.models import CallLog, GapAlarm, Handover, Roster, Slot, SpotCheck, Swap, Whereabouts
from duty.selectors import rosters, watch
from duty.selectors.rosters import month_of, next_month
from duty.selectors.superiors import unanswered
from early_warning.models import Warning
from journal.models import Event, Timer
from journal.timers import Setting, set_timers
from org.models import Person, Unit
from tests.support.county import BACKEND
from tests.support.own_database import empty
from tests.support.shapes import read_all

pytestmark = pytest.mark.django_db


BEIJING = ZoneInfo("Asia/Shanghai")
DAY = dt.timedelta(days=1)
MORNING = dt.datetime(2027, 1, 1, 8, 20, tzinfo=BEIJING)
"""Ten minutes before the first change of shift of a year: on duty is still the last day of the old one."""


def _set_clock(offset: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sanji.clock_offset', %s, false)", [offset])


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Founded once for these tests, each of which is rolled back to here; then all of it is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(DEMO=True):
        empty()
        _set_clock(f"{(MORNING - now()).total_seconds()} seconds")
        call_command("found_demo", verbosity=0)
        yield
        _set_clock("")
        transaction.set_rollback(True)


def test_it_shows_a_past_incident_and_a_running_one(told: None) -> None:
    past, running = Incident.objects.order_by("pk")
    assert (past.status, running.status, running.response_level) == ("reviewed", "responding", "III")
    assert Warning.objects.get().status == "active"
    states = set(Assignment.objects.filter(order__incident=running).values_list("status", flat=True))
    assert {"called", "received", "passed_on", "in_place", "done"} <= states
    assert Unit.objects.count() == 258


def test_the_past_lies_in_the_past_and_the_clock_is_put_back(told: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sanji_now() BETWEEN %s AND %s", [MORNING, MORNING + dt.timedelta(hours=1)])
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT count(*) FROM journal_event WHERE at > sanji_now()")
        assert cursor.fetchone() == (0,)


def test_a_second_run_changes_nothing(told: None, capsys: pytest.CaptureFixture[str]) -> None:
    events = Event.objects.count()
    with override_settings(DEMO=True):
        call_command("found_demo")
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
        call_command("found_demo", verbosity=0)
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


# The month of duty ---------------------------------------------------------------------------------------------------


def test_the_county_its_townships_and_its_villages_have_a_running_month(told: None) -> None:
    today = duty_day(now())
    _rosters_are_published(today)
    _somebody_is_on(today)
    _shifts_changed(today)
    _the_days_were_lived()
    _the_circular_is_just(today)


def _rosters_are_published(today: dt.date) -> None:
    this = month_of(today)
    published = Counter(Roster.objects.filter(status="published").values_list("month", "unit__level"))
    levels = ("county", "department", "township")
    assert [published[this, level] for level in levels] == [1, 11, 19]
    assert [published[next_month(this), level] for level in levels] == [1, 11, 17]
    drafts = Roster.objects.filter(status="draft", month=next_month(this), unit__level="township")
    assert set(drafts.values_list("unit__code", flat=True)) == set(month.NOT_YET)


def _somebody_is_on(today: dt.date) -> None:
    present = now()
    county = watch.crew(Unit.objects.get(code="331126"), present)
    assert (county["main"].person_id, county["leader"].person_id) == (
        Person.objects.get(username="officer").pk, Person.objects.get(username="leader").pk,
    )  # fmt: skip
    assert len(watch.on_duty(list(Unit.objects.filter(level="township")), present)) == 19 * 3
    assert len(watch.on_duty(list(Unit.objects.filter(level="department")), present)) == 11 * 2
    villages = Unit.objects.filter(level="village")
    assert {on.unit_path.rpartition(".")[0] for on in watch.on_duty(list(villages), present)} == {_responding().path}
    night = dt.datetime.combine(today + 9 * DAY, dt.time(23), tzinfo=BEIJING)
    assert watch.on_duty(list(villages), night) == [], "no flood season in winter"
    _nobody_is_on_every_night(today)
    ahead = watch.gaps(None, present, present + month.AHEAD)
    assert {gap.unit_code for gap in ahead} <= set(month.NOT_YET), "the villages under the response have their watch"
    assert not GapAlarm.objects.exists()


def _responding() -> Unit:
    return Unit.objects.get(code="331126206")


def _nobody_is_on_every_night(today: dt.date) -> None:
    """Of the desks: the county's leaders by the week, everybody else every third day at most; never the secretary."""
    weeks = (boundary(today), boundary(today + 21 * DAY))
    turns = Counter(
        Slot.objects.filter(shift__live=True, shift__during__startswith__range=weeks)
        .exclude(shift__unit__level="village").values_list("person", "shift__unit__level", "post")
    )  # fmt: skip
    most: dict[tuple[str, str], int] = {}
    for (_person, level, post), times in turns.items():
        most[level, post] = max(most.get((level, post), 0), times)
    assert most["county", "leader"] <= 4
    assert most["county", "main"] <= 6
    assert all(times <= 8 for times in most.values()), most
    secretary = Person.objects.get(appointments__post__code="party_secretary", appointments__role="A")
    assert not Slot.objects.filter(person=secretary, shift__unit__level="county").exists()


def test_in_the_flood_season_the_villages_keep_watch_by_turns(told: None) -> None:
    """One cadre and one on watch, and nobody every night."""
    village = Unit.objects.get(code="331126206200")
    turns = watch_of(village)
    assert set(turns) == {"leader", "main"}
    nights = [(turns["leader"][n % len(turns["leader"])], turns["main"][n % len(turns["main"])]) for n in range(12)]
    assert all(leader != main for leader, main in nights)
    on = Counter(person for night in nights for person in night)
    assert max(on.values()) < len(nights)


def _shifts_changed(today: dt.date) -> None:
    stands = Counter(Handover.objects.values_list("due_at", "status"))
    yesterday, morning = boundary(today - DAY), boundary(today)
    assert stands[yesterday, "accepted"] == 20
    assert (stands[morning, "accepted"], stands[morning, "half_signed"]) == (19, 1)
    told = set(Handover.objects.filter(late_told_at__isnull=False).values_list("unit__code", "due_at"))
    assert told == {(days.HELD_UP, yesterday), (days.CUT_OFF, morning)}
    assert {one.unit_code for one in watch.on_duty() if one.overstays} == {days.CUT_OFF}
    tomorrow = boundary(today + DAY)
    assert stands[tomorrow, "accepted"] > 0, "the townships have begun to sign"
    assert Handover.objects.get(due_at=tomorrow, unit__code="331126").status == "open", "left to who looks at it"


def _the_days_were_lived() -> None:
    assert set(Swap.objects.values_list("status", flat=True)) == {"approved", "taken"}
    waiting = Swap.objects.get(status="taken")
    assert actions.approve_swap(waiting.pk, by=Person.objects.get(username="township")).status == "approved"
    checks = SpotCheck.objects.exclude(status="planned").values_list("status", "outcome")
    assert sorted(checks) == [
        ("closed", "absent_post"), ("closed", "normal"), ("closed", "normal"), ("leader_called", "no_answer"),
    ]  # fmt: skip
    assert SpotCheck.objects.filter(status="planned", planned_at__gt=now()).count() >= 19
    assert CallLog.objects.count() == 7
    assert not unanswered(CallLog.objects.all()).exists()
    assert Whereabouts.objects.filter(kind="away").count() == 1
    assert CallLog.objects.get(corrects__isnull=False).place == "举水乡地山村"
    assert not Event.objects.filter(at__gt=now()).exists(), "the story ends now"
    assert not Timer.objects.filter(state=Timer.State.PENDING, due_at__lt=MORNING).exists(), "begun then"
    assert not Timer.objects.filter(attempts__gt=0).exists()


def _the_circular_is_just(today: dt.date) -> None:
    rows = rosters.statistics(Unit.objects.get(code="331126"), month_of(today))
    assert sum(row["shifts"] for row in rows) > 0
    assert not any(row["gap_s"] for row in rows)
    missed = {row["code"]: row["not_checked_in"] for row in rows if row["not_checked_in"]}
    assert missed == {days.CUT_OFF: 1}, "whoever was cut off; nobody for a day before the roster was there"


READ_ELSEWHERE = {
    *("PaginatedLeaveAnswerList.results", "PaginatedOverrideAnswerList.results"),
    *("PaginatedDeliveryAnswerList.results", "PushDevices.devices"),
    *("PaginatedProposalAnswerList.results", "PaginatedQuestionList.results", "WarningDetail.questions"),
    *("HazardWhole.extensions", "HazardWhole.merged", "HazardWhole.photos", "NearHazards.results"),
    *("Block.resources", "Block.responses", "WarningDetail.notes"),
}
"""Lists of the API of which the demonstration holds nothing: tests/infra/test_api_schema.py, the tests of hazards over
the API, of warnings and of push devices read them."""


def test_the_api_tells_all_of_it_as_its_schema_declares(told: None) -> None:
    client = Client()
    client.force_login(Person.objects.get(username="officer"), backend=BACKEND)
    month = {"unit": "331126", "month": f"{MORNING:%Y-%m}"}
    queries: dict[str, dict[str, Any]] = {
        "/api/v1/hazards/statistics/": {"first": month["month"], "last": month["month"]}
    }
    queries |= {f"/api/v1/{path}/": month for path in ("shifts/export", "spot-checks/statistics")}
    queries["/api/v1/leaders/signatory/"] = {"post": "magistrate", "matter": "level_II"}
    queries["/api/v1/events/"] = {"after": Event.objects.latest("seq").seq - 1000}
    refused, empty = read_all(client.get, queries)
    assert (refused, empty - READ_ELSEWHERE) == ([], set())
    for layer in ("units", "assignments", "incidents", "warnings", "hazards"):
        for query in ({}, {"at": MORNING.isoformat()}):
            answer = client.get(f"/api/v1/map/{layer}.geojson", query)
            assert answer.status_code == 400 if query and layer == "hazards" else answer.json()["features"], layer
