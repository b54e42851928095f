"""How long a sign-in lasts: extended while it is in use (sliding expiry), never ending within a shift, not for ever.

The row in the database decides (``django_session.expire_date``); the cookie only has to outlive it. A session in use is
looked at once in `LOOK_EVERY`, which bounds the statements that many open pages cost.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from database.clock import now
from duty.selectors.watch import on_until
from emergency.actions import extend_session
from emergency.authentication.sessions import SessionStore
from norms.selectors.numbers import hours, minutes, number
from org.models import Person

BEGAN = "began"
"""Key in the session: when its person signed in, ISO 8601. The longest life counts from here."""
LOOK_EVERY = dt.timedelta(minutes=5)
FAR = dt.timedelta(days=9)
"""Sessions that expire later than this (wall screens) are not extended."""
REMEMBERED = 10_000
looked: dict[str, dt.datetime] = {}
"""A cache in this process: session key → when it was last extended."""


def end_of_session(person_id: int, began: dt.datetime, at: dt.datetime) -> dt.datetime:
    """When a session used at ``at`` ends: idle time, at most the longest life, but after the handover."""
    grace = minutes("session_shift_grace_min")
    end = min(at + hours("session_idle_h"), began + dt.timedelta(days=number("session_longest_d")))
    relieved = on_until(person_id, end - grace, end)
    return max(end, relieved + grace) if relieved else end


def begin(session: Any, person: Person) -> None:
    """Set up the session's age right after the sign-in."""
    at = now()
    session[BEGAN] = at.isoformat()
    session.ends = end_of_session(person.pk, at, at)


def keep_in_use(session: SessionStore, person: Person) -> None:
    """Extend the session, if the last extension is long enough ago. What was given an end of its own (a wall screen) is
    left alone.
    """
    key, at, ends = session.session_key, session.read_at, session.ends
    if not key or at is None or ends is None or "_session_expiry" in session or ends - at > FAR:
        return
    if key in looked and dt.timedelta(0) <= at - looked[key] < LOOK_EVERY:
        return
    if len(looked) >= REMEMBERED:
        looked.clear()
    looked[key] = at
    if BEGAN not in session:
        session[BEGAN] = at.isoformat()
    wanted = end_of_session(person.pk, dt.datetime.fromisoformat(session[BEGAN]), at)
    if wanted > ends and extend_session(key, wanted, by=person):
        session.ends = wanted


class InUseMiddleware:
    """Sliding expiry: every request of a signed-in page (page, fragment, poll) keeps the session in use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        # An open page says nothing about anybody's work, and /healthz must answer without a database.
        asks = getattr(view, "login_required", True) or request.path.startswith("/api/")
        if asks and request.user.is_authenticated:
            keep_in_use(request.session, request.user)  # type: ignore[arg-type]
