"""Who calls the API, by token or by session; and what a wall screen may do there, whatever way it comes.

The screens' rule stands with the authentication classes, because every view of the API asks them first, also one that
is open to anybody.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.models import AuthToken
from rest_framework.authentication import SessionAuthentication as DjangoSession
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from board.middleware import REFUSED, open_to_screens
from emergency.middleware.log_context import bind_actor
from org.actions.access import note_use
from org.models import Person
from org.selectors.tokens import known_token
from web.rates import refuse_guessing


def _checked(request: Request, found: tuple[Any, Any] | None) -> tuple[Any, Any] | None:
    if found is not None and found[0].is_device and not open_to_screens(request.method, request.path):
        raise PermissionDenied(REFUSED)
    return found


class TokenAuthentication(KnoxAuthentication):
    """Token authentication as in knox, with one statement and without looking at the person's other tokens."""

    def authenticate(self, request: Request) -> tuple[Person, AuthToken] | None:
        try:
            return _checked(request, super().authenticate(request))
        except AuthenticationFailed:
            refuse_guessing(request.META.get("REMOTE_ADDR", ""))
            raise

    def authenticate_credentials(self, token: bytes) -> tuple[Person, AuthToken]:
        known = known_token(token)
        if known is None:
            raise AuthenticationFailed(_("Invalid token."))
        found: tuple[Person, AuthToken] = self.validate_user(known.token)
        bind_actor(found[0])
        if known.unnoted:
            note_use(known.token.digest, by=known.person)
        return found


class SessionAuthentication(DjangoSession):
    """DRF's session authentication, CSRF check included."""

    def authenticate(self, request: Request) -> tuple[Person, None] | None:
        return _checked(request, super().authenticate(request))


class TokenScheme(KnoxTokenScheme):
    """OpenAPI security scheme, the same as knox's own."""

    target_class = "emergency.authentication.tokens.TokenAuthentication"


class OurSessionScheme(SessionScheme):
    """OpenAPI security scheme, the same as DRF's own."""

    target_class = "emergency.authentication.tokens.SessionAuthentication"
