"""Sessions in the database, whose end the database's clock decides; and how failed sign-ins are counted."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.db import transaction

from database.clock import DatabaseNow, now
from database.text import clean
from journal.live import wake
from journal.live.rights import mark_of

_KEY = re.compile(r"[0-9a-z]{8,40}")
"""The format of Django's session keys. A cookie can hold anything, even a NUL, which the database does not take."""


class SessionStore(DatabaseSessions):
    """Django's sessions in the database.

    One that ends, at sign-out or when a new key replaces it, is told to the sockets that it had opened.
    ``ends`` is the row's end: saving the session does not move it, only emergency/middleware/session_age.py does.
    """

    ends: dt.datetime | None = None
    read_at: dt.datetime | None = None
    """The database's clock when the session was found; None for one that was made in this request."""

    def _get_session_from_db(self) -> Any:
        """As in Django, but the expiry is compared with the database's clock."""
        found = self.model.objects.annotate(read_at=DatabaseNow()).filter(
            session_key=self.session_key, expire_date__gt=DatabaseNow()
        )
        row = found.first()
        if row is None:
            self._session_key = None  # as Django does: what was never given out is not taken over
            return None
        self.ends, self.read_at = row.expire_date, row.read_at
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        super().delete(session_key)
        if key:
            transaction.on_commit(partial(wake.ended, mark_of(key)))

    def _validate_session_key(self, key: Any) -> bool:
        return isinstance(key, str) and _KEY.fullmatch(key) is not None

    def flush(self) -> None:
        super().flush()
        self.ends = self.read_at = None

    def get_expiry_date(self, **kwargs: Any) -> dt.datetime:
        if "_session_expiry" in self:
            return super().get_expiry_date(**kwargs)
        return self.ends or now() + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)


class PeopleBackend(ModelBackend):
    """Django's own. Every session in the database names this class as what signed its person in."""


def typed_username(request: Any, credentials: dict[str, Any]) -> str:
    """The key by which failed sign-ins are counted: all spellings of a username together, as they find one person."""
    username = (credentials or {}).get("username") or getattr(request, "POST", {}).get("username", "")
    return clean(str(username)).casefold()
