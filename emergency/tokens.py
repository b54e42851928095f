"""API tokens (knox), checked with one plain statement: every request of every machine begins with it."""

from __future__ import annotations

from hmac import compare_digest

from django.db import connection
from django.utils.translation import gettext as _
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed

from org.models import Person

_FIELDS = [field.attname for field in Person._meta.concrete_fields]
_COLUMNS = [field.column for field in Person._meta.concrete_fields]
_FIND = f"""
    SELECT t.digest, t.created, t.expiry, {", ".join(f'p."{name}"' for name in _COLUMNS)}
    FROM knox_authtoken t JOIN org_person p ON p.id = t.user_id
    WHERE t.token_key = %s AND (t.expiry IS NULL OR t.expiry > now())
"""


class TokenAuthentication(KnoxAuthentication):
    """As knox does it, without looking at the person's other tokens: an expired one is refused when it comes."""

    def authenticate_credentials(self, token: bytes) -> tuple[Person, AuthToken]:
        text = token.decode("utf-8", "replace")
        key = text[: CONSTANTS.TOKEN_KEY_LENGTH]
        with connection.cursor() as cursor:
            cursor.execute(_FIND, [key.replace("\x00", "")])
            rows = cursor.fetchall()
        for digest, created, expiry, *values in rows:
            if compare_digest(_hashed(text), digest):
                person = Person.from_db(connection.alias, _FIELDS, values)
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
