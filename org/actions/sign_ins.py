"""Failed sign-ins are counted, lock a name for one client for a while, and are unlocked by whoever keeps the register.

Counting leaves no event: it is done for whoever knocks, and says nothing about anybody's work. Unlocking does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from database import clock
from org.actions.permission import may_change
from org.cards import names
from org.models import Person, SignInCount
from org.rules.announce import Actor, announce
from org.selectors.sign_ins import Rules, counted_name
from org.sentences import SIGN_IN_UNLOCKED


@transaction.atomic
def count_failed_sign_in(username: str, client: str, *, rules: Rules, by: Actor = None) -> dt.datetime | None:
    """Count one wrong password; until when the name is locked for this client, if that was one too many."""
    name, at = counted_name(username), clock.now()
    SignInCount.objects.get_or_create(username=name, client=client)
    row = SignInCount.objects.select_for_update().get(username=name, client=client)
    if row.locked_until and row.locked_until > at:  # concurrent with the attempt that locked it
        return row.locked_until
    if row.last_at < at - rules.forgotten:
        row.failures = row.locks = 0
    row.failures, row.last_at = row.failures + 1, at
    spared = row.spared_until is not None and row.spared_until > at
    if row.failures >= (rules.spared_failures if spared else rules.failures):
        row.locks, row.failures, row.spared_until = row.locks + 1, 0, None
        row.locked_at = at
        # The exponent is bounded: beyond it the longest lock has long been reached.
        row.locked_until = at + min(rules.first * 2 ** min(row.locks - 1, 16), rules.longest)
    row.save()
    return row.locked_until if row.locked_until and row.locked_until > at else None


@transaction.atomic
def unlock_sign_in(person: Person, *, spared: dt.timedelta, by: Actor) -> int:
    """Unlock a person's name, for clients that are locked, and spare it for a while; returns how many clients.

    None that were locked: nothing is recorded.
    """
    may_change(by, person)
    at = clock.now()
    rows = _counts(person.username).select_for_update()
    locked = sum(row.locked_until is not None and row.locked_until > at for row in rows)
    if locked:
        rows.update(failures=0, locks=0, locked_at=None, locked_until=None, spared_until=at + spared)
        told = {"person": person.pk, "name": names(person)}
        announce(SIGN_IN_UNLOCKED, f"person:{person.pk}", "", told, by=by)
    return locked


def forget_failed_sign_ins(username: str, *, clients: Sequence[str] | None = None, by: Actor) -> int:
    """Delete the counters of a name: all of them when its password becomes another one, or those of ``clients``."""
    rows = _counts(username)
    return (rows if clients is None else rows.filter(client__in=clients)).delete()[0]


def _counts(username: str) -> QuerySet[SignInCount]:
    return SignInCount.objects.filter(username=counted_name(username))
