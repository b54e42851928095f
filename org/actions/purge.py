"""What has ended and is of no more use is deleted once a day: sessions, tokens, counts of failed sign-ins, and what
apps above register (`also`). Nothing of the record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Now
from knox.models import AuthToken

from web.actions import expire_jobs

_others: dict[str, Callable[[], int]] = {}


def also(kind: str) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register another purge: it deletes what is past its age, in transactions of its own, and says how much."""

    def register(purge: Callable[[], int]) -> Callable[[], int]:
        if kind in _others:
            raise ValueError(f"{kind} is purged already")
        _others[kind] = purge
        return purge

    return register


def purge_all() -> dict[str, int]:
    """How many went, by kind."""
    return {**purge_access(), "jobs": expire_jobs(), **{kind: purge() for kind, purge in _others.items()}}


@transaction.atomic
def purge_access() -> dict[str, int]:
    """Delete expired sessions, tokens that ended, and records of sign-ins past their age; how many went, by kind.

    By the database's real clock, as sessions are checked. What is under way stays.
    """
    gone = {
        "sessions": Session.objects.filter(expire_date__lt=Now()),
        "tokens": AuthToken.objects.filter(expiry__lt=Now() - _days(settings.ENDED_TOKENS_KEPT_DAYS)),
        "attempts": AccessAttempt.objects.filter(attempt_time__lt=Now() - _days(settings.SIGN_IN_ATTEMPTS_KEPT_DAYS)),
        "failures": AccessFailureLog.objects.filter(attempt_time__lt=Now() - _days(settings.SIGN_IN_LOG_KEPT_DAYS)),
        "sign_ins": AccessLog.objects.filter(attempt_time__lt=Now() - _days(settings.SIGN_IN_LOG_KEPT_DAYS)),
    }
    return {kind: rows.delete()[0] for kind, rows in gone.items()}


def _days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)
