"""What has ended is swept away once a day; what is under way stays."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone
from knox.models import AuthToken

from emergency.celery import app
from org.models import Person
from org.tasks import purge

pytestmark = pytest.mark.django_db


def ago(**by: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(**by)


def test_expired_sessions_and_tokens_go_and_those_in_use_stay(officer: Person) -> None:
    Session.objects.create(session_key="old", session_data="", expire_date=ago(minutes=1))
    Session.objects.create(session_key="new", session_data="", expire_date=ago(minutes=-10))
    old, ended, fresh = (AuthToken.objects.create(user=officer)[0] for _ in range(3))
    AuthToken.objects.filter(pk=old.pk).update(expiry=ago(days=settings.ENDED_TOKENS_KEPT_DAYS, minutes=1))
    AuthToken.objects.filter(pk=ended.pk).update(expiry=ago(days=1))
    purge()
    assert set(Session.objects.filter(session_key__in=["old", "new"]).values_list("session_key", flat=True)) == {"new"}
    assert not AuthToken.objects.filter(pk=old.pk).exists()
    assert AuthToken.objects.filter(pk__in=[ended.pk, fresh.pk]).count() == 2


@pytest.mark.parametrize(
    ("model", "kept"), [(AccessAttempt, "SIGN_IN_ATTEMPTS_KEPT_DAYS"), (AccessLog, "SIGN_IN_LOG_KEPT_DAYS")]
)
def test_records_of_sign_ins_go_at_their_age(model: Any, kept: str) -> None:
    for name, age in (("old", getattr(settings, kept) + 1), ("new", getattr(settings, kept) - 0.5)):
        more = {"failures_since_start": 1} if model is AccessAttempt else {}
        row = model.objects.create(username=name, ip_address="192.0.2.1", user_agent="x", **more)
        model.objects.filter(pk=row.pk).update(attempt_time=ago(days=age))
    call_command("purge")
    assert list(model.objects.filter(username__in=["old", "new"]).values_list("username", flat=True)) == ["new"]


def test_the_beat_does_it_once_a_day_with_a_task_that_workers_know() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["purge"]
    app.loader.import_default_modules()
    assert entry["task"] in app.tasks
    assert len(entry["schedule"].hour) == len(entry["schedule"].minute) == 1
