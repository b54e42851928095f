"""Extending the session of somebody who is using it. No event: it says nothing about anybody's work."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.models import Session

from org.models import Person


def extend_session(key: str, ends: dt.datetime, *, by: Person) -> bool:
    """Puts the end of a session of ``by`` off: never sooner, and one that was ended meanwhile stays so (False)."""
    return bool(Session.objects.filter(session_key=key, expire_date__lt=ends).update(expire_date=ends))
