"""Who and what can get in: API tokens, wall screens, platforms; one's own, and those that a keeper sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet
from django.db.models.functions import Lower
from knox.models import AuthToken

from board.rules.wall_screens import PREFIX
from database.clock import DatabaseNow, now
from early_warning.models import Feed
from org.models import Appointment, Person, SignInCount
from org.rules.capabilities import REGISTER
from org.selectors.jurisdiction import jurisdiction_of, visible_to
from org.selectors.register import held_now
from org.selectors.sign_ins import counted_name
from web.errors import NotFound

T = TypeVar("T")
MARK = 24
"""Length of the prefix of a token's digest that identifies it in URLs."""


@dataclass(frozen=True)
class TokenRow:
    """An API token as a list shows it; ``mark`` names it in addresses and gives nothing of it away."""

    mark: str
    name: str
    person: Person
    created: dt.datetime
    used: dt.datetime | None
    expiry: dt.datetime | None
    expired: bool


def own_tokens(person: Person) -> list[TokenRow]:
    return _rows(AuthToken.objects.filter(user=person))


def kept_tokens(keeper: Person) -> list[TokenRow]:
    """API tokens of the people whose records the keeper may change; an administrator's are shown to administrators
    alone.
    """
    tokens = AuthToken.objects.filter(user__is_device=False)
    if not jurisdiction_of(keeper).everything:
        tokens = tokens.filter(user__in=_holders(keeper), user__is_superuser=False)
    return _rows(tokens)


def kept_screens(keeper: Person) -> list[Appointment]:
    """The screens in use, each with its unit; ``screen`` is its name."""
    held = held_now(Appointment.objects.filter(visible_to(keeper, capability=REGISTER), person__is_device=True))
    rows = list(held.select_related("person", "unit").defer("unit__boundary").order_by("person__username"))
    for row in rows:
        row.screen = row.person.username.removeprefix(PREFIX)  # type: ignore[attr-defined]
    return rows


def kept_platforms(keeper: Person) -> list[Feed]:
    rows = Feed.objects.filter(visible_to(keeper, capability=REGISTER), active=True)
    return list(rows.select_related("unit").defer("unit__boundary"))


@dataclass(frozen=True)
class SignInLock:
    """Somebody under whose name signing in is locked now, and for which clients (org/selectors/sign_ins.py)."""

    person: Person
    places: list[SignInCount]


def kept_locks(keeper: Person) -> list[SignInLock]:
    """Sign-in locks of the people whose records the keeper may change, as for tokens. Names that are nobody's are not
    listed.
    """
    locked: dict[str, list[SignInCount]] = {}
    for row in SignInCount.objects.filter(locked_until__gt=DatabaseNow()).order_by("locked_at"):
        row.kind, _colon, row.place = row.client.partition(":")  # type: ignore[attr-defined]
        locked.setdefault(row.username, []).append(row)
    people = Person.objects.filter(is_device=False, is_active=True)
    if not jurisdiction_of(keeper).everything:
        people = people.filter(pk__in=_holders(keeper), is_superuser=False)
    named = people.annotate(counted=Lower("username")).filter(counted__in=locked)
    return [SignInLock(person, locked[counted_name(person.username)]) for person in named]


def locked_person(keeper: Person, person_id: int) -> Person:
    """NotFound for somebody else's, and for one who is not locked, or not any more."""
    return _found(lock.person for lock in kept_locks(keeper) if lock.person.pk == person_id)


def kept_screen(keeper: Person, person_id: int) -> Appointment:
    """The screen. NotFound outside the keeper's jurisdiction, as for all functions below."""
    return _found(row for row in kept_screens(keeper) if row.person_id == person_id)


def kept_platform(keeper: Person, code: str) -> Feed:
    return _found(row for row in kept_platforms(keeper) if row.code == code)


def digest_of_mark(rows: Iterable[TokenRow], mark: str) -> str:
    """The whole digest of a token that one of ``rows`` shows."""
    row = _found(row for row in rows if row.mark == mark)
    return str(AuthToken.objects.values_list("digest", flat=True).get(digest__startswith=row.mark, user=row.person))


def _found(rows: Iterable[T]) -> T:
    found = next(iter(rows), None)
    if found is None:
        raise NotFound
    return found


def _holders(keeper: Person) -> QuerySet[Appointment]:
    return held_now(Appointment.objects.filter(visible_to(keeper, capability=REGISTER))).values("person")  # type: ignore[return-value]


def _rows(tokens: QuerySet[AuthToken]) -> list[TokenRow]:
    at = now()
    return [
        TokenRow(
            row.digest[:MARK],
            note.name if note else "",
            row.user,
            row.created,
            note.last_used_at if note else None,
            row.expiry,
            row.expiry is not None and row.expiry <= at,
        )
        for row in tokens.select_related("user", "note").order_by("user__name", "-created")
        for note in [getattr(row, "note", None)]
    ]
