"""Who opens a socket: a page of ours by its session, or a program by ``Authorization: Token KEY``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from channels.security.websocket import OriginValidator
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from journal.live.pool import joiners
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


class SignIn:
    """Sets ``scope["user"]`` to whoever the token or the session cookie names, or to None."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        headers = dict(scope["headers"])
        token, cookies = headers.get(b"authorization", b""), headers.get(b"cookie", b"")
        if token[:6].lower() == b"token ":
            person = await joiners(_person_of_token, token[6:].strip())
        else:
            key = parse_cookie(cookies.decode("latin1")).get(settings.SESSION_COOKIE_NAME, "")
            person = await joiners(_person_of_session, key) if key else None
        return await self.inner({**scope, "user": person}, receive, send)


def _person_of_token(token: bytes) -> Person | None:
    try:
        person, _ = TokenAuthentication().authenticate_credentials(token)
    except AuthenticationFailed:
        return None
    return person


def _person_of_session(key: str) -> Person | None:
    """As Django finds it for a page: a changed password or an expired session names nobody."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    person = get_user(request)
    return person if isinstance(person, Person) else None
