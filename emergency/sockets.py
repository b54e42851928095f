"""``Authorization: Token KEY`` for sockets, for programs that have no session."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async
from channels.security.websocket import OriginValidator
from django.conf import settings
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from org.models import Person


class OriginOrToken(OriginValidator):
    """The page that opens a socket must be ours, for a browser sends its cookie along to anybody's page.

    A program with a token has no origin, and a browser cannot send that header: such a request passes.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        headers = dict(scope["headers"])
        if b"origin" not in headers and headers.get(b"authorization", b"")[:6].lower() == b"token ":
            return await self.application(scope, receive, send)
        return await super().__call__(scope, receive, send)


def ours_or_with_token(application: Any) -> OriginOrToken:
    return OriginOrToken(application, settings.ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"])


class TokenAuthMiddleware:
    """Sets ``scope["user"]`` from the token, where the session named nobody."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        header = dict(scope["headers"]).get(b"authorization", b"")
        if header[:6].lower() == b"token " and not scope["user"].is_authenticated:
            person = await database_sync_to_async(_person_of)(header[6:].strip())
            if person is not None:
                scope = {**scope, "user": person}
        return await self.inner(scope, receive, send)


def _person_of(token: bytes) -> Person | None:
    try:
        person, _ = TokenAuthentication().authenticate_credentials(token)
    except AuthenticationFailed:
        return None
    return person
