"""Failed sign-ins: under what they are counted, and whether that is locked. Written by org/actions/sign_ins.py.

Each name has a counter for each client: the browsers in which its person has signed in before
(org/selectors/browsers.py), each by itself; the person's own open session ("desk"), where the present password is
asked for; and for all other browsers their network address. So an attacker at the officer's own address locks browsers
that nobody has signed in with. Names that are nobody's are counted and locked in the same way: what is answered does
not tell whether a name exists.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest

from database.clock import DatabaseNow
from database.text import clean
from org.models import Person, SignInCount
from org.selectors import browsers
from web.addresses import network_of

ADDRESS, BROWSER, DESK = "address", "browser", "desk"


@dataclass(frozen=True)
class Rules:
    """After so many failures a lock of ``first``, each further one twice as long, up to ``longest``.

    Counters end ``forgotten`` after the last failure. For a while after a keeper unlocked a name it takes
    ``spared_failures`` to lock it again, or whoever attacks it would do so before its person has typed the password.
    """

    failures: int
    spared_failures: int
    first: dt.timedelta
    longest: dt.timedelta
    forgotten: dt.timedelta


def counted_name(username: str) -> str:
    """Spellings of one username together, as they find one person."""
    return clean(username).casefold()[:255]


def client_of(request: HttpRequest, username: str) -> str:
    """The client that this request is, when it signs in under ``username``."""
    name = counted_name(username)
    here = getattr(request, "user", None)
    if here is not None and here.is_authenticated and counted_name(here.get_username()) == name:
        return f"{DESK}:{here.pk}"
    if browsers.of(request) and (known := browsers.known_to(request, _person(username))):
        return f"{BROWSER}:{known}"
    return f"{ADDRESS}:{network_of(request.META.get('REMOTE_ADDR', ''))}"


def _person(username: str) -> Person | None:
    try:
        return Person.objects.get_by_natural_key(clean(username))
    except Person.DoesNotExist:
        return None


def locked_until(username: str, client: str) -> dt.datetime | None:
    """Until when this client may not sign in under this name; None where it may."""
    found = SignInCount.objects.filter(username=counted_name(username), client=client, locked_until__gt=DatabaseNow())
    return found.values_list("locked_until", flat=True).first()
