"""Platforms and their tokens. A token is shown once, when it is made, and kept as its SHA-256."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from early_warning.models import Feed
from journal.actions.recording import Actor, record
from org.models import Unit
from org.rules.tokens import digest_of
from web.errors import Conflict, Invalid, NotFound


@transaction.atomic
def add_feed(code: str, name: str, unit: Unit, *, by: Actor, token: str | None = None) -> tuple[Feed, str]:
    """The feed and its token. ``token`` is given only where it is public anyway (the demonstration's)."""
    if unit.level != Unit.Level.COUNTY:
        raise Invalid.field("unit", _("A platform feeds a county."))
    if Feed.objects.filter(code=code).exists():
        raise Conflict(
            _("There is a platform with the code “%(code)s” already.") % {"code": code}, current={"code": code}
        )
    token = token or secrets.token_urlsafe(32)
    feed = Feed(code=code, name=name, unit=unit, token_digest=digest_of(token))
    feed.full_clean(exclude=["token_digest", "unit"])
    feed.save()
    record("feed.added", f"feed:{feed.pk}", unit.path, by=by, data={"code": code, "name": name})
    return feed, token


@transaction.atomic
def revoke_feed(code: str, *, by: Actor) -> Feed:
    """Revoke a platform's token. Idempotent."""
    feed = Feed.objects.select_for_update(of=("self",)).select_related("unit").filter(code=code).first()
    if feed is None:
        raise NotFound
    if feed.active:
        feed.active = False
        feed.save(update_fields=["active"])
        record("feed.revoked", f"feed:{feed.pk}", feed.unit.path, by=by, data={"code": code, "name": feed.name})
    return feed
