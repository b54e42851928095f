"""``GET /api/v1/events/?after=SEQ``: the polling form of the live cursor, in the socket's own frames."""

from __future__ import annotations

import orjson
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import APIView

from database.clock import now
from journal.actions import epochs
from journal.api import answers
from journal.live.frames import fetch_replay, newest_seq
from org.selectors.jurisdiction import jurisdiction_of
from web.requests import ApiRequest


class EventsView(APIView):
    """``{"results": [frame, …], "newest": SEQ, "epoch": UUID, "reset": bool, "now": time}``.

    ``reset`` when too much was missed to replay it, or the cursor is of the future; where ``epoch`` changes a backup
    was restored, and everything is to be read anew. ``now`` is the database's clock. Without ``after`` nothing is
    replayed. Frames may repeat what the client has: it drops them by ``seq``.
    """

    @extend_schema(parameters=[OpenApiParameter("after", int)], responses=answers.Events)
    def get(self, request: ApiRequest) -> HttpResponse:
        newest = newest_seq()
        after = self._after(request)
        if after is None:
            return Response({"results": [], "newest": newest, "epoch": epochs.current(), "reset": False, "now": now()})
        jurisdiction = jurisdiction_of(request.user)
        missed = None
        if after <= newest:
            missed = fetch_replay(after, jurisdiction.scopes(), jurisdiction.everything)
        frames = ",".join(frame.text for frame in missed or ())
        told = {"newest": newest, "epoch": epochs.current(), "reset": missed is None, "now": now()}
        tail = orjson.dumps(told)[1:].decode()
        return HttpResponse(f'{{"results":[{frames}],{tail}', content_type="application/json")

    @staticmethod
    def _after(request: ApiRequest) -> int | None:
        raw = request.query_params.get("after", "")
        if not raw:
            return None
        if not (raw.isascii() and raw.isdigit()) or len(raw) > 18:
            raise exceptions.ValidationError({"after": [_("A whole number is expected.")]})
        return int(raw)
