"""Failed sign-ins: django-axes asks here whether somebody may try, and tells who has failed (docs/adr/0026).

The counters are rows of ours (org/selectors/sign_ins.py), their figures numbers of the county; the log of sign-ins
stays axes's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from database.clock import now
from emergency.authentication.sessions import typed_username
from norms.selectors.numbers import hours, minutes, number
from org.actions import count_failed_sign_in, forget_failed_sign_ins
from org.models import Person
from org.selectors import browsers
from org.selectors.sign_ins import ADDRESS, BROWSER, DESK, Rules, client_of, locked_until
from web import rates
from web.addresses import network_of

NETWORK = "network"
"""The kind of lock that holds for a whole address: too many wrong passwords from there, under whatever names."""


@dataclass(frozen=True)
class Lock:
    """Who may not sign in, by kind (ADDRESS, BROWSER, DESK, NETWORK), and until when."""

    kind: str
    until: dt.datetime
    seconds: int


def rules() -> Rules:
    """The thresholds, as the county has set them."""
    return Rules(
        failures=number("sign_in_failures"),
        spared_failures=number("sign_in_spared_failures"),
        first=minutes("sign_in_lock_min"),
        longest=minutes("sign_in_lock_longest_min"),
        forgotten=hours("sign_in_forgotten_h"),
    )


def lock_of(request: HttpRequest, username: str) -> Lock | None:
    """What keeps this request from signing in under this name, if anything does."""
    client, at = client_of(request, username), now()
    kind = client.partition(":")[0]
    if until := locked_until(username, client):
        return Lock(kind, until, max(round((until - at).total_seconds()), 1))
    wait = rates.take(settings.RATES["wrong_passwords"], _network(request), count=0) if kind == ADDRESS else 0
    return Lock(NETWORK, at + dt.timedelta(seconds=wait), wait) if wait else None


def _network(request: HttpRequest) -> str:
    return f"wrong_passwords:{network_of(request.META.get('REMOTE_ADDR', ''))}"


class SignInHandler(AxesDatabaseHandler):
    """The lockout handler of django-axes, in place of its counting by user agent and Python's clock. Its log of
    successful sign-ins is kept.
    """

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        request.sign_in_lock = lock_of(request, typed_username(request, credentials or {}))
        return request.sign_in_lock is not None

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **more: Any) -> None:
        if request is None or request.axes_locked_out:  # no password was looked at
            return
        name = typed_username(request, credentials)
        client = client_of(request, name)
        if client.startswith(ADDRESS):
            rates.take(settings.RATES["wrong_passwords"], _network(request))
        if count_failed_sign_in(name, client, rules=rules()):
            request.axes_locked_out = True
            request.axes_credentials = credentials
            request.sign_in_lock = lock_of(request, name)

    def user_logged_in(self, sender: Any, request: Any, user: Person, **more: Any) -> None:
        """Reset the failure counters of this person in this browser; those of strangers at its address stay."""
        super().user_logged_in(sender, request, user, **more)
        mine = [f"{BROWSER}:{browser}"] if (browser := browsers.known_to(request, user)) else []
        forget_failed_sign_ins(user.get_username(), clients=[f"{DESK}:{user.pk}", *mine], by=user)

    def clean_expired_user_attempts(self, request: Any = None, credentials: Any = None) -> int:
        """The nightly purge does it (org/actions/purge.py)."""
        return 0

    def reset_attempts(
        self, *, ip_address: str | None = None, username: str | None = None, ip_or_username: bool = False
    ) -> int:
        """Called by the commands of axes; ``manage.py unlock`` also records an event."""
        return forget_failed_sign_ins(username, by=None) if username else 0


def locked(request: Any, response: HttpResponse | None, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """The lockout page: until when, and what to do. The same for a username that does not exist."""
    lock = getattr(request, "sign_in_lock", None) or Lock(NETWORK, now(), 1)
    answer = render(request, "registration/locked.html", {"lock": lock}, status=429)
    answer["Retry-After"] = str(lock.seconds)
    return answer
