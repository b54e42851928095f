"""Who opens a socket: a page of ours by its session, or a program by ``Authorization: Token KEY``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from channels.security.websocket import OriginValidator
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie

from journal.live.pool import joiners
from journal.live.rights import Credential
from org.actions.access import note_use
from org.models import Person
from org.selectors.tokens import brought, known_token
from web import rates


class OriginOrToken(OriginValidator):
    """Origin check: the page that opens a socket must be ours, for a browser sends its cookie along to anybody's page.

    A program with a token has no origin, and a browser cannot send that header: such a request passes.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        headers = dict(scope["headers"])
        if b"origin" not in headers and brought(headers.get(b"authorization", b"")) is not None:
            return await self.application(scope, receive, send)
        return await super().__call__(scope, receive, send)


def ours_or_with_token(application: Any) -> OriginOrToken:
    return OriginOrToken(application, settings.ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"])


class SignIn:
    """Sets ``scope["user"]`` to whoever the token or the session cookie names, or to None, and ``scope["credential"]``;
    and ``scope["too_many"]`` for whoever opens sockets faster than RATES allows.

    A token decides alone, as for the API: one that is wrong is refused, whatever cookie comes with it.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        headers = dict(scope["headers"])
        token, cookies = brought(headers.get(b"authorization", b"")), headers.get(b"cookie", b"")
        if token is not None:
            found = await joiners(_by_token, token)
        else:
            key = parse_cookie(cookies.decode("latin1")).get(settings.SESSION_COOKIE_NAME, "")
            found = await joiners(_by_session, key) if key else None
        person, credential, too_many = found or (None, None, False)
        told = {"user": person, "credential": credential, "too_many": too_many}
        return await self.inner({**scope, **told}, receive, send)


Found = tuple[Person, Credential, bool] | None


def _too_many(sender: str) -> bool:
    return rates.take(settings.RATES["sockets"], sender) > 0


def _by_token(token: bytes) -> Found:
    known = known_token(token)
    if known is None or not known.person.is_active:
        return None
    if known.unnoted:
        note_use(known.token.digest, by=known.person)
    credential = Credential.of_token(known.token.digest)
    return known.person, credential, _too_many(f"socket:token:{credential.mark}")


def _by_session(key: str) -> Found:
    """The person of a session, as for a page: after a changed password or an expired session there is none."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    person = get_user(request)
    if not isinstance(person, Person):
        return None
    return person, Credential.of_session(key, person), _too_many(f"socket:person:{person.pk}")
