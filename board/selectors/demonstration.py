"""What a demonstration leaves open: everybody knows its passwords, so whatever was let in by them may be anybody's."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from django.contrib.auth.hashers import check_password
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from board.demo import gateway
from board.demo.county import LOGINS, PASSWORD
from board.demo.platform import TOKEN
from board.rules.wall_screens import PREFIX
from database.clock import DatabaseNow
from duty.models import CalendarToken
from early_warning.models import Feed
from notify.models import Account
from org.models import Demonstration, Person
from org.rules.tokens import digest_of

USERNAMES = ("admin", *sorted(LOGINS.values()))
NAMED = 8
"""So many names a line; a department's people all have the published password."""


@dataclass
class StillOpen:
    """Credentials of the demonstration that still work, by kind, with their names."""

    logins: list[str] = field(default_factory=list, metadata={"said": _("logins with the published password")})
    platforms: list[str] = field(default_factory=list, metadata={"said": _("platforms with the published token")})
    gateways: list[str] = field(default_factory=list, metadata={"said": _("gateway accounts with the published token")})
    screens: list[str] = field(default_factory=list, metadata={"said": _("wall screens of the demonstration")})
    tokens: list[str] = field(default_factory=list, metadata={"said": _("API tokens made in the demonstration")})
    calendars: list[str] = field(default_factory=list, metadata={"said": _("calendar addresses made in it")})

    def lines(self) -> list[str]:
        """One for each kind of which there is something: what it is, and the names."""
        found = [(one.metadata["said"], getattr(self, one.name)) for one in fields(self)]
        return [f"{said}: {_listed(names)}" for said, names in found if names]


def _listed(names: list[str]) -> str:
    more = _(" and %(count)s more") % {"count": len(names) - NAMED} if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def still_open() -> StillOpen:
    """Find all of them. Costs five password hashes at most, and a handful of statements."""
    found = StillOpen(
        logins=sorted((person.username for person in people_with_published_password()), key=_named_first),
        platforms=list(Feed.objects.filter(active=True, token_digest=digest_of(TOKEN)).values_list("code", flat=True)),
    )
    found.gateways = list(published_gateways().values_list("code", flat=True))
    if Demonstration.objects.filter(ended_at=None).exists():
        screens = Person.objects.filter(is_device=True, is_active=True).order_by("username")
        found.screens = [name.removeprefix(PREFIX) for name in screens.values_list("username", flat=True)]
        found.tokens = sorted(set(tokens_in_force().values_list("user__username", flat=True)))
        found.calendars = sorted(set(calendars_in_force().values_list("person__username", flat=True)))
    return found


def _named_first(username: str) -> tuple[bool, str]:
    return username not in USERNAMES, username


def people_with_published_password() -> list[Person]:
    """The demonstration's logins among those who may sign in, and whoever was given the very same hash.

    The logins share one hash, so that trying them all costs as much as trying one.
    """
    can = Person.objects.filter(is_active=True)
    hashes = set(can.filter(username__in=USERNAMES).values_list("password", flat=True))
    open_ones = [encoded for encoded in hashes if check_password(PASSWORD, encoded)]
    return list(can.filter(password__in=open_ones).order_by("username")) if open_ones else []


def published_gateways() -> QuerySet[Account]:
    """Accounts whose doors anybody opens."""
    return Account.objects.filter(inbound_digest=digest_of(gateway.TOKEN)).order_by("code")


def tokens_in_force() -> QuerySet[Any]:
    in_force = Q(expiry=None) | Q(expiry__gt=DatabaseNow())
    return AuthToken.objects.filter(in_force, user__is_active=True, user__is_device=False)


def calendars_in_force() -> QuerySet[Any]:
    return CalendarToken.objects.filter(revoked_at=None, person__is_active=True)
