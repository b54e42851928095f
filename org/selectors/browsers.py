"""Browsers in which somebody has signed in before ("device cookies", OWASP): a signed cookie that outlives the session.

Whoever guesses passwords has none, so that their failures are counted apart and cannot lock the owner out
(org/selectors/sign_ins.py). The cookie opens nothing: the password is still asked for. It names people with a stamp of
the password that each signed in with, so that a new password makes every browser unknown again, and a stolen cookie is
of no use for anybody else's name.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from org.models import Person

COOKIE = "sanji_browser"
MAX_AGE = 400 * 24 * 3600
"""Cookie lifetime in seconds, the longest that browsers keep; renewed at each sign-in."""
MOST_PEOPLE = 20
"""Size limit of the cookie, in people: at one duty desk everybody of the roster signs in, and the least recent drops
out. Some 1 KB.
"""


def remember(request: HttpRequest, response: HttpResponseBase, person: Person) -> None:
    """Make this browser one in which ``person`` has signed in; right after the password was right."""
    held = _held(request)
    others = [pair for pair in held.get("people", []) if pair[0] != person.pk][: MOST_PEOPLE - 1]
    people = [[person.pk, _stamp(person)], *others]
    value = signing.dumps({"id": held.get("id") or secrets.token_hex(8), "people": people}, salt=COOKIE)
    response.set_cookie(
        COOKIE, value, max_age=MAX_AGE, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def known_to(request: HttpRequest, person: Person | None) -> str:
    """This browser's id where ``person`` has signed in before in it, under the present password; else empty."""
    held = _held(request)
    if person is None or not person.has_usable_password():
        return ""
    for pk, stamp in held.get("people", []):
        if pk == person.pk and constant_time_compare(stamp, _stamp(person)):
            return str(held["id"])
    return ""


def of(request: HttpRequest) -> str:
    """The id of a browser in which anybody has signed in before; empty for any other."""
    return str(_held(request).get("id", ""))


def _held(request: HttpRequest) -> dict[str, Any]:
    """What the cookie says; empty without one, and for one that we did not sign."""
    try:
        held = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=MAX_AGE)
    except signing.BadSignature:
        return {}
    return dict(held)


def _stamp(person: Person) -> str:
    return salted_hmac("sanji: a known browser", f"{person.pk}:{person.password}", algorithm="sha256").hexdigest()[:24]
