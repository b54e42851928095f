"""The demonstration flag of a database: set when the demo county is founded, ended by a deliberate act alone."""

from __future__ import annotations

from django.db import transaction

from board.actions.devices import revoke_device
from board.selectors.demonstration import (
    StillOpen,
    calendars_in_force,
    people_with_published_password,
    published_gateways,
    still_open,
)
from database import clock
from duty.actions import revoke_feeds_of
from early_warning.actions import revoke_feed
from journal.actions.recording import Actor, record
from notify.actions.accounts import renew_token, switch_account
from org import actions as org
from org.models import Demonstration, Person


@transaction.atomic
def begin_demonstration(*, by: Actor) -> Demonstration:
    """Mark the database as a demonstration. Idempotent."""
    return Demonstration.objects.get_or_create(ended_at=None)[0]


@transaction.atomic
def end_demonstration(*, by: Actor) -> StillOpen:
    """End every login, platform, screen, token and calendar address that `still_open` names; they are returned.

    The data stays, invented people among it. Idempotent.
    """
    found = still_open()
    org.take_passwords(people_with_published_password(), by=by)
    for code in found.platforms:
        revoke_feed(code, by=by)
    for account in published_gateways():
        switch_account(account.pk, False, by=by)
        renew_token(account.pk, by=by)
    for name in found.screens:
        revoke_device(name=name, by=by)
    for person in Person.objects.filter(username__in=found.tokens):
        org.revoke_tokens_of(person, by=by)
    if found.calendars:
        for person in Person.objects.filter(pk__in=calendars_in_force().values("person")):
            revoke_feeds_of(person, by=by)
    if Demonstration.objects.filter(ended_at=None).update(ended_at=clock.now()) or found.lines():
        record("demonstration.ended", "demonstration:1", "", by=by)
    return found
