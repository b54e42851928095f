"""The demo county's running month of duty, told by the users' own actions."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from duty import watch
from duty.demo import duty_day
from duty.models import CallLog, GapAlarm, Handover, Roster, Shift, SpotCheck, Swap
from journal.models import Event
from org.clock import now
from org.models import Person, Unit

pytestmark = pytest.mark.django_db


def test_the_county_its_townships_and_its_villages_have_a_running_month(empty_register: None) -> None:
    with override_settings(DEMO=True):
        call_command("found_demo", verbosity=0)
        before = Event.objects.count()
        call_command("found_demo", verbosity=0)
    assert Event.objects.count() == before, "a second founding changes nothing"
    present = now()
    month = duty_day(present).replace(day=1)
    published = Roster.objects.filter(month=month, status="published").values_list("unit__level", flat=True)
    assert {level: list(published).count(level) for level in set(published)} == {
        "county": 1, "township": 19, "village": 203,
    }  # fmt: skip
    _somebody_is_on(present)
    _the_days_were_lived(present)


def _somebody_is_on(present: dt.datetime) -> None:
    county = watch.crew(Unit.objects.get(code="331126"), present)
    assert county["main"].person_id == Person.objects.get(username="officer").pk
    assert county["leader"].person_id == Person.objects.get(username="leader").pk
    assert len(watch.on_duty(list(Unit.objects.filter(level="township")), present)) == 19 * 3
    night = Shift.objects.filter(unit__level="village", live=True).order_by("-during").first()
    assert night is not None
    assert len(watch.on_duty(list(Unit.objects.filter(level="village")), night.during.lower)) == 203 * 3
    ahead = watch.gaps(None, present, present + dt.timedelta(days=30))
    assert {gap.unit_code for gap in ahead} <= {"331126105", "331126209"}
    assert not GapAlarm.objects.filter(status="open").exists()


def _the_days_were_lived(present: dt.datetime) -> None:
    assert not Handover.objects.filter(due_at__gt=present).exists()
    assert set(Handover.objects.values_list("status", flat=True)) <= {"accepted", "half_signed"}
    assert set(Swap.objects.values_list("status", flat=True)) == {"approved", "taken"}
    assert {"normal", "absent_post", "no_answer"} <= set(SpotCheck.objects.values_list("outcome", flat=True))
    assert CallLog.objects.filter(corrects__isnull=False).count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_event WHERE at > sanji_now()")
        assert cursor.fetchone() == (0,)
