"""Revoking tokens, screens and platforms, where that takes actions of several apps."""

from __future__ import annotations

from django.db import transaction

from duty.actions import revoke_feeds_of
from early_warning.actions import revoke_feed
from early_warning.models import Feed
from org import actions as org
from org.actions.permission import may_register
from org.models import Person
from web.errors import NotFound


@transaction.atomic
def change_own_password(*, password: str, everything_else: bool, by: Person) -> Person:
    """``everything_else``: API tokens and calendar addresses end as well, as when somebody else may have had the old
    password. The current one is for the caller to ask.
    """
    person = org.change_password(by, password=password, by=by)
    if everything_else:
        org.revoke_tokens_of(person, by=by)
        revoke_feeds_of(person, by=by)
    return person


@transaction.atomic
def revoke_platform(*, code: str, by: Person) -> Feed:
    """Revoke a platform's token, by whoever keeps the register of its county. Idempotent."""
    feed = Feed.objects.select_related("unit").filter(code=code).first()
    if feed is None:
        raise NotFound
    may_register(by, feed.unit.path)
    return revoke_feed(code, by=by)
