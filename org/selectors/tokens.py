"""Whose an API token is (knox's tokens), found with one plain statement that brings the person's posts too: every
request of every machine begins with it, and so does every socket of one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from hmac import compare_digest

from knox.crypto import hash_token
from knox.models import AuthToken
from knox.settings import CONSTANTS

from org.models import Person
from org.prepared import Prepared
from org.selectors.known import ROW, person_of

LONGEST = 256
"""Characters; ours have 64 and a short prefix. What is longer is no token and is not hashed at all."""

NOTED_EVERY = dt.timedelta(hours=1)
"""The last use is written at most so often: a machine that asks every second must not write every second."""

_FIND = Prepared(
    "token_find",
    f"""
    SELECT t.digest, t.created, t.expiry, n.last_used_at IS NULL OR n.last_used_at < sanji_now() - %(every)s, {ROW}
    FROM knox_authtoken t JOIN org_person who ON who.id = t.user_id LEFT JOIN org_tokennote n ON n.token_id = t.digest
    WHERE t.token_key = %(key)s AND (t.expiry IS NULL OR t.expiry > sanji_now())
    """,
    {"key": "text", "every": "interval"},
)


def brought(header: bytes) -> bytes | None:
    """What an ``Authorization`` header says after "Token", in whatever case and spacing; None for any other scheme.

    Whoever names the scheme means a token, which then decides alone: an empty one is a wrong one.
    """
    scheme, _, rest = header.strip().replace(b"\t", b" ").partition(b" ")
    return rest.strip() if scheme.lower() == b"token" else None


@dataclass(frozen=True)
class Known:
    """A token in force, with the person as stored (who may be off the register by now)."""

    token: AuthToken
    person: Person
    unnoted: bool
    """Whether this use should be written down (`NOTED_EVERY`)."""


def known_token(raw: bytes) -> Known | None:
    """The token of these bytes, whatever they are; None for one that is wrong, expired or revoked."""
    text = raw.decode("utf-8", "replace")
    if not text or len(text) > LONGEST or "\x00" in text:
        return None
    key = text[: CONSTANTS.TOKEN_KEY_LENGTH]
    for digest, created, expiry, unnoted, *row in _FIND.fetch({"key": key, "every": NOTED_EVERY}):
        if compare_digest(hash_token(text), digest):
            person = person_of(row)
            token = AuthToken(digest=digest, token_key=key, user=person, created=created, expiry=expiry)
            return Known(token, person, unnoted)
    return None
