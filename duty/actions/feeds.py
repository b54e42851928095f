"""Addresses of calendar feeds. The secret is shown once; the database keeps its hash."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction

from database.clock import now
from duty.actions.lookup import unit_for
from duty.models import CalendarToken
from duty.selectors.rosters import feeds_revocable_by
from journal.actions.recording import Actor, Fact, record, record_all
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from web.errors import NotFound


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_feed(*, by: Person, unit: Unit | str | None = None) -> str:
    """Issue a secret URL for one's own shifts, or for those of a unit that one sees; the one before is revoked."""
    unit = unit_for(unit, by=by, capability=capabilities.VIEW) if unit is not None else None
    CalendarToken.objects.filter(person=by, unit=unit, revoked_at=None).update(revoked_at=now())
    token = secrets.token_urlsafe(24)
    row = CalendarToken.objects.create(digest=digest_of(token), person=by, unit=unit)
    record("calendar_feed.issued", f"calendar_feed:{row.pk}", unit.path if unit else "", by=by)
    return token


@transaction.atomic
def revoke_feed(feed_id: int, *, by: Person) -> None:
    """Revoke a calendar feed: its URL answers 404. One's own, or a unit's by whoever keeps its roster; others are
    NotFound.
    """
    rows = feeds_revocable_by(by).select_related("unit").select_for_update(of=("self",))
    row = rows.filter(pk=feed_id).first()
    if row is None:
        raise NotFound
    row.revoked_at = now()
    row.save(update_fields=["revoked_at"])
    record("calendar_feed.revoked", f"calendar_feed:{row.pk}", row.unit.path if row.unit else "", by=by)


@transaction.atomic
def revoke_feeds_of(person: Person, *, by: Actor) -> int:
    """All addresses that somebody has made, as when they leave or their password changes hands; how many there were."""
    theirs = CalendarToken.objects.filter(person=person, revoked_at=None)
    rows = list(theirs.select_related("unit").select_for_update(of=("self",)))
    CalendarToken.objects.filter(pk__in=[row.pk for row in rows]).update(revoked_at=now())
    facts = [
        Fact("calendar_feed.revoked", f"calendar_feed:{row.pk}", row.unit.path if row.unit else "") for row in rows
    ]
    record_all(facts, by=by)
    return len(rows)


def owner_of(token: str) -> CalendarToken | None:
    """The feed of a secret, while its owner is on the register and still sees the unit."""
    rows = CalendarToken.objects.filter(digest=digest_of(token), revoked_at=None, person__is_active=True)
    row = rows.select_related("person", "unit").first()
    if row is None or (row.unit and not allowed(row.person, capabilities.VIEW, row.unit.path)):
        return None
    return row
