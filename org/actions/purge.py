"""Nightly purge of what has ended: sessions, tokens, counts of failed sign-ins, and what apps above register
(`also`). Nothing of the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Now
from knox.models import AuthToken

from database.registry import Registry
from org.models import SignInCount
from web.actions import expire_jobs

Purge = Callable[[], int]
PURGES: Registry[Purge] = Registry(
    "purges", "What is deleted past its age, every night. `org.actions.purge.also`, in an app's `purges.py`."
)


def also(kind: str) -> Callable[[Purge], Purge]:
    """Register another purge: it deletes what is past its age, in transactions of its own, and says how much."""

    def register(purge: Purge) -> Purge:
        return PURGES.register(kind, purge)

    return register


def purge_all() -> dict[str, int]:
    """Run all purges; returns how many rows went, by kind."""
    others = {kind: purge() for kind, purge in PURGES.items()}
    return {**purge_access(), "jobs": expire_jobs(), **others}


@transaction.atomic
def purge_access() -> dict[str, int]:
    """Delete expired sessions, tokens that ended, and records of sign-ins past their age; how many went, by kind.

    By the database's real clock, as sessions are checked. What is under way stays.
    """
    gone = {
        "sessions": Session.objects.filter(expire_date__lt=Now()),
        "tokens": AuthToken.objects.filter(expiry__lt=Now() - _days(settings.ENDED_TOKENS_KEPT_DAYS)),
        # Written until failures were counted in a table of our own (org/selectors/sign_ins.py).
        "attempts": AccessAttempt.objects.filter(attempt_time__lt=Now() - _days(settings.SIGN_IN_ATTEMPTS_KEPT_DAYS)),
        "sign_in_counts": SignInCount.objects.filter(last_at__lt=Now() - _days(settings.SIGN_IN_ATTEMPTS_KEPT_DAYS)),
        "failures": AccessFailureLog.objects.filter(attempt_time__lt=Now() - _days(settings.SIGN_IN_LOG_KEPT_DAYS)),
        "sign_ins": AccessLog.objects.filter(attempt_time__lt=Now() - _days(settings.SIGN_IN_LOG_KEPT_DAYS)),
    }
    return {kind: rows.delete()[0] for kind, rows in gone.items()}


def _days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)
