"""POSTs of the API that act once: ``Idempotency-Key`` and the answer that is remembered under it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from journal.models import RememberedReply
from web.errors import Conflict
from web.rest import dumps


def acts_once(view: Callable[..., Response]) -> Callable[..., Response]:
    """Honour ``Idempotency-Key`` on a POST: the same key and body get the first answer again; other content is a 409.

    The key, the action and the remembered answer commit together. A refused action leaves nothing, so that it can be
    repeated.
    """

    @wraps(view)
    def once(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "").strip()
        if not key:
            return view(self, request, *args, **kwargs)
        if len(key) > 120 or not key.isprintable():
            raise exceptions.ValidationError({"Idempotency-Key": [_("At most 120 printable characters.")]})
        with transaction.atomic():
            return _first_or_remembered(lambda: view(self, request, *args, **kwargs), request, key)

    return once


def _first_or_remembered(act: Callable[[], Response], request: Request, key: str) -> Response:
    body = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS, default=str)
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode() + body).hexdigest()
    mine = RememberedReply(key=key, person_id=request.user.pk, request=digest)
    # ON CONFLICT waits for a concurrent request with the same key; DO NOTHING then means that its answer is stored.
    RememberedReply.objects.bulk_create([mine], ignore_conflicts=True)
    kept = RememberedReply.objects.select_for_update().get(key=key, person_id=request.user.pk)
    if kept.request != digest:
        raise Conflict(_("This Idempotency-Key was used for something else."), code="key_reused")
    if kept.status is not None:
        return Response(orjson.loads(bytes(kept.body or b"null")), status=kept.status)
    response = act()
    kept.status, kept.body = response.status_code, dumps(response.data)
    kept.save(update_fields=["status", "body"])
    return response
