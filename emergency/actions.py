"""Extending the session of somebody who is using it. No event: it says nothing about anybody's work."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.models import Session

from org.models import Person


def extend_session(key: str, ends: dt.datetime, *, by: Person) -> bool:
    """Extend a session of ``by``. Its expiry never moves closer; one that was ended meanwhile stays ended (False)."""
    return bool(Session.objects.filter(session_key=key, expire_date__lt=ends).update(expire_date=ends))
