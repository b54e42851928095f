"""Whose an API token is (knox's tokens), by the database's clock: for the API's authentication and for sockets."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from hmac import compare_digest

from django.db.models import F, Q
from knox.crypto import hash_token
from knox.models import AuthToken
from knox.settings import CONSTANTS

from database.clock import DatabaseNow
from org.models import Person

LONGEST = 256
"""Characters; ours have 64 and a short prefix. What is longer is no token and is not hashed at all."""

NOTED_EVERY = dt.timedelta(hours=1)
"""The last use is written at most so often: a machine that asks every second must not write every second."""


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
    noted = F("note__last_used_at")
    in_force = AuthToken.objects.select_related("user").filter(
        Q(expiry=None) | Q(expiry__gt=DatabaseNow()), token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH]
    )
    for token in in_force.annotate(noted_at=noted, read_at=DatabaseNow()):
        if compare_digest(hash_token(text), token.digest):
            unnoted = token.noted_at is None or token.noted_at < token.read_at - NOTED_EVERY
            return Known(token, token.user, unnoted)
    return None
