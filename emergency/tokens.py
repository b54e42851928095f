"""API tokens (knox), checked with one plain statement that brings the person's posts too: every request of every
machine begins with it.
"""

from __future__ import annotations

from hmac import compare_digest

from django.utils.translation import gettext as _
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed

from org.known import ROW, person_of
from org.models import Person
from org.prepared import Prepared

_FIND = Prepared(
    "token_find",
    f"""
    SELECT t.digest, t.created, t.expiry, {ROW}
    FROM knox_authtoken t JOIN org_person who ON who.id = t.user_id
    WHERE t.token_key = %(key)s AND (t.expiry IS NULL OR t.expiry > now())
    """,
    {"key": "text"},
)


class TokenAuthentication(KnoxAuthentication):
    """As knox does it, without looking at the person's other tokens: an expired one is refused when it comes."""

    def authenticate_credentials(self, token: bytes) -> tuple[Person, AuthToken]:
        text = token.decode("utf-8", "replace")
        key = text[: CONSTANTS.TOKEN_KEY_LENGTH]
        rows = _FIND.fetch({"key": key.replace("\x00", "")})
        for digest, created, expiry, *row in rows:
            if compare_digest(_hashed(text), digest):
                person = person_of(row)
                return self.validate_user(
                    AuthToken(digest=digest, token_key=key, user=person, created=created, expiry=expiry)
                )
        raise AuthenticationFailed(_("Invalid token."))


def _hashed(token: str) -> str:
    try:
        return hash_token(token)
    except (TypeError, ValueError):  # not the hexadecimal digits that a token is made of
        raise AuthenticationFailed(_("Invalid token.")) from None


class TokenScheme(KnoxTokenScheme):
    """The same entry in the API's schema as knox's own."""

    target_class = "emergency.tokens.TokenAuthentication"
