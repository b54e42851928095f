"""Idempotent page forms: a form that creates something does so once, however often it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.db import transaction

from journal.models import RememberedReply
from org.models import Person


@transaction.atomic
def once(person: Person, token: str, act: Callable[[], str]) -> str:
    """The address that ``act`` leads to; a form sent twice acts once and leads to the same address.

    The token, the act and the address commit together; a refused act leaves nothing, so that it can be repeated.
    """
    digest = hashlib.sha256(f"page {token}".encode()).hexdigest()
    mine = RememberedReply(key=f"page:{token}", person_id=person.pk, request=digest)
    # ON CONFLICT waits for a concurrent request with the same token; DO NOTHING then means that its answer is stored.
    RememberedReply.objects.bulk_create([mine], ignore_conflicts=True)
    kept = RememberedReply.objects.select_for_update().get(key=mine.key, person_id=person.pk)
    if kept.status is not None:
        return bytes(kept.body or b"").decode()
    address = act()
    kept.status, kept.body = 302, address.encode()
    kept.save(update_fields=["status", "body"])
    return address
