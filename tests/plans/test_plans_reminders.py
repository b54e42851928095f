"""What is due is reminded of 90, 30 and 7 days ahead, on the day, and weekly until it is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override

from database.clock import now
from journal.actions.recording import SYSTEM
from journal.models import Event, Timer
from journal.timers import fire_due
from norms.rules.numbers import Measure
from norms.selectors.deadlines import after
from notify.models import Message
from org.models import Person, Unit
from plans import actions
from plans.files.yaml_format import dump
from plans.models import Due, Plan, Version
from plans.selectors import plans
from plans.selectors.people import writers_and_approvers
from tests.support.plans import COUNTY, flood, set_report_times
from web.errors import Invalid


def after_months(day: dt.date, months: int) -> dt.date:
    return after("drill", day, months, Measure.MONTHS, "drill_months").day


def go_to(clock: Any, day: dt.date, hour: int = 9, minute: int = 1) -> None:
    target = timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))
    clock.travel(seconds=(target - clock.now()).total_seconds())


def steps(due: Due) -> list[int]:
    events = Event.objects.filter(subject=f"due:{due.pk}", verb="plan.due_reminded").order_by("seq")
    return [event.data["step"] for event in events]


def open_due(plan: Plan, what: str) -> Due:
    return Due.objects.get(plan=plan, what=what, done_on=None)


def test_approval_sets_the_dates(in_force: Callable[..., Version]) -> None:
    version = in_force(flood(review_months=12, drill_months=24))
    day = timezone.localdate(version.approved_at)
    assert dict(Due.objects.values_list("what", "due_on")) == {
        "review": after_months(day, 12), "drill": after_months(day, 24), "filing": day + dt.timedelta(days=20),
    }  # fmt: skip
    with override("en"):
        said = {due.what: due.said for due in Due.objects.all()}
    assert said == {
        "review": f"12 months from {day}", "drill": f"24 months from {day}",
        "filing": f"20 days from {day}, every day counted",
    }  # fmt: skip
    actions.set_due(version.plan_id, by=SYSTEM, what="drill", due_on=day)
    assert open_due(version.plan, "drill").said == ""


def test_reminders_come_ahead_on_the_day_and_weekly_until_done(
    in_force: Callable[..., Version], clock: Any, officer: Person, leader: Person, county: Unit
) -> None:
    version = in_force()
    due = open_due(version.plan, "drill")
    writers, approvers = writers_and_approvers(county)
    assert officer.pk in writers
    assert leader.pk in approvers
    expected: list[int] = []
    for step, days in enumerate([-90, -30, -7, 0, 7, 14]):
        day = due.due_on + dt.timedelta(days=days)
        go_to(clock, day, 8, 59)
        fire_due()
        assert steps(due) == expected
        go_to(clock, day)
        fire_due()
        expected.append(step)
        assert steps(due) == expected
        told = Message.objects.filter(subject=f"due:{due.pk}", state="open")
        assert {message.code for message in told} == {"plan.overdue" if days > 0 else "plan.due_soon"}
        assert set(told.values_list("person", flat=True)) == set(writers if days < 0 else writers + approvers)
    assert list(plans.overdue(officer, timezone.localdate(now())).values_list("pk", flat=True)).count(due.pk) == 1
    actions.record_due(version.plan_id, by=officer, what="drill", done_on=timezone.localdate(now()), note="县级演练")
    assert not Timer.objects.filter(subject=f"due:{due.pk}", state="pending").exists()
    go_to(clock, due.due_on + dt.timedelta(days=30))
    fire_due()
    assert steps(due) == expected


def test_after_downtime_every_missed_reminder_comes_in_order(in_force: Callable[..., Version], clock: Any) -> None:
    due = open_due(in_force().plan, "review")
    go_to(clock, due.due_on + dt.timedelta(days=8))
    fire_due()
    assert steps(due) == [0, 1, 2, 3, 4]


def test_a_date_in_the_past_begins_with_the_next_week(in_force: Callable[..., Version]) -> None:
    version = in_force()
    today = timezone.localdate(now())
    due = actions.set_due(version.plan_id, by=SYSTEM, what="drill", due_on=today - dt.timedelta(days=17))
    timer = Timer.objects.get(subject=f"due:{due.pk}")
    assert timer.step == 6
    assert now() < timer.due_at <= now() + dt.timedelta(days=7)
    near = actions.set_due(version.plan_id, by=SYSTEM, what="drill", due_on=today + dt.timedelta(days=20))
    assert Timer.objects.get(subject=f"due:{near.pk}").step == 2
    assert Timer.objects.get(subject=f"due:{due.pk}").state == "cancelled"
    assert list(Due.objects.filter(what="drill")) == [near]


def test_a_plan_out_of_use_is_not_spoken_of(in_force: Callable[..., Version], clock: Any) -> None:
    version = in_force()
    due = open_due(version.plan, "filing")
    actions.change_plan(version.plan_id, by=SYSTEM, active=False)
    go_to(clock, due.due_on)
    fire_due()
    assert steps(due) == []
    actions.change_plan(version.plan_id, by=SYSTEM, active=True)
    go_to(clock, due.due_on + dt.timedelta(days=7))
    fire_due()
    assert steps(due) == [4]


def test_the_next_date_follows_the_one_that_was_done(in_force: Callable[..., Version], officer: Person) -> None:
    version = in_force(flood(drill_months=6))
    today = timezone.localdate(now())
    done = actions.record_due(version.plan_id, by=officer, what="drill", done_on=today, note="演练")
    assert (done.done_on, done.done_by, done.note) == (today, officer, "演练")
    assert open_due(version.plan, "drill").due_on == after_months(today, 6)
    for wrong in (
        {"what": "filing", "done_on": today},
        {"what": "party", "done_on": today},
        {"what": "drill", "done_on": today + dt.timedelta(days=1)},
        {"what": "drill", "done_on": today, "note": "x" * 201},
    ):
        with pytest.raises(Invalid):
            actions.record_due(version.plan_id, by=officer, **wrong)


def test_filing_closes_its_date_and_a_new_version_opens_it_again(in_force: Callable[..., Version]) -> None:
    version = in_force()
    actions.file(version.pk, by=SYSTEM, receipt="备案1")
    filed = Due.objects.get(what="filing")
    assert (filed.done_on, filed.note) == (timezone.localdate(now()), "备案1")
    following = actions.draft_version(version.plan_id, by=SYSTEM)
    actions.submit(following.pk, by=SYSTEM)
    actions.approve(following.pk, by=SYSTEM, document="2")
    assert Due.objects.filter(what="filing", done_on=None).count() == 1
    assert Due.objects.filter(what="review").count() == 2
    assert Due.objects.filter(what="drill").count() == 1


def test_the_calendar_shows_what_is_due_and_what_was_done(in_force: Callable[..., Version], officer: Person) -> None:
    version = in_force()
    actions.file(version.pk, by=SYSTEM, receipt="备案1")
    today = timezone.localdate(now())
    rows = list(plans.dues_between(officer, today, after_months(today, 37)))
    assert [(row.what, row.on) for row in rows] == [  # type: ignore[attr-defined]
        ("filing", today), ("review", after_months(today, 36)), ("drill", after_months(today, 36)),
    ]  # fmt: skip
    assert list(plans.dues_between(officer, today + dt.timedelta(days=1), today + dt.timedelta(days=30))) == []


def test_a_plan_comes_in_by_command(county: Unit, tmp_path: Any, capsys: Any) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(dump(flood()), encoding="utf-8")
    call_command("import_plan", str(path), unit=COUNTY, dry_run=True)
    assert not Plan.objects.exists()
    call_command("import_plan", str(path), unit=COUNTY)
    assert Version.objects.get().status == "draft"
    assert "flood-test: a new plan was written as a draft, 5 actions." in capsys.readouterr().out
    path.write_text(dump(flood()).replace("verb: relocate", "verb: teleport"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"actions\[4\] relocate: verb"):
        call_command("import_plan", str(path), unit=COUNTY)
    for arguments in ([str(tmp_path / "none.yaml")], []):
        with pytest.raises(CommandError):
            call_command("import_plan", *arguments, unit=COUNTY)
    with pytest.raises(CommandError, match="999999"):
        call_command("import_plan", str(path), unit="999999")
    with pytest.raises(CommandError, match="which the county has not set yet"):
        call_command("import_plan", library=True, unit=COUNTY)
    set_report_times()
    call_command("import_plan", library=True, unit=COUNTY)
    assert Plan.objects.filter(versions__status="approved").count() >= 8
