"""Who is signed in, by two statements that are planned once a connection: every page begins with them."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.db import transaction

from database.clock import now
from database.text import clean
from journal.live import wake
from journal.live.rights import mark_of
from org.models import Person
from org.prepared import Prepared
from org.selectors.known import ROW, person_of

_SESSION = Prepared(
    "session_find",
    """
    SELECT session_data, expire_date, sanji_now() FROM django_session
    WHERE session_key = %(key)s AND expire_date > sanji_now()
    """,
    {"key": "text"},
)
_PERSON = Prepared("person_find", f"SELECT {ROW} FROM org_person who WHERE who.id = %(pk)s", {"pk": "bigint"})
_KEY = re.compile(r"[0-9a-z]{8,40}")
"""What Django gives out as a key. A cookie can hold anything, a NUL too, which the database does not even take."""


class SessionStore(DatabaseSessions):
    """Django's sessions in the database, found without composing the statement anew for every request.

    One that ends, at sign-out or when a new key replaces it, is told to the sockets that it had opened.
    ``ends`` is the row's end: saving the session does not move it, only emergency/middleware/session_age.py does.
    """

    ends: dt.datetime | None = None
    read_at: dt.datetime | None = None
    """The database's clock when the session was found; None for one that was made in this request."""

    def load(self) -> dict[str, Any]:
        rows = _SESSION.fetch({"key": self.session_key})
        if rows:
            data, self.ends, self.read_at = rows[0]
            found: dict[str, Any] = self.decode(data)
            return found
        self._session_key = None  # as Django does: what was never given out is not taken over
        return {}

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
    """Django's sign-in by username and password; finds the person of a session together with their posts."""

    def get_user(self, user_id: Any) -> Person | None:
        rows = _PERSON.fetch({"pk": user_id})
        person = person_of(rows[0]) if rows else None
        return person if person and self.user_can_authenticate(person) else None


def typed_username(request: Any, credentials: dict[str, Any]) -> str:
    """Under which name failed sign-ins are counted: spellings of one username together, as they find one person."""
    username = (credentials or {}).get("username") or getattr(request, "POST", {}).get("username", "")
    return clean(str(username)).casefold()
