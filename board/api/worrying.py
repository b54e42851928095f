"""``GET /api/v1/worrying-points/``: tonight's most worrying points, the most worrying first."""

from __future__ import annotations

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from board.api.answers import WorryingPoints
from board.screens.worrying import Worry, worries
from database.clock import now
from journal.selectors.participants import world_of_request
from org.models import Person
from web.requests import ApiRequest


class WorryingPointsView(APIView):
    """At most ten. A road about to close is not weighed: no source says so."""

    @extend_schema(operation_id="v1_worrying_points_retrieve", responses=WorryingPoints)
    def get(self, request: ApiRequest) -> Response:
        rows = worries(request.user, world_of_request(request))
        return Response({"at": now(), "points": [_row(row) for row in rows]})


def _row(row: Worry) -> dict[str, Any]:
    point = row.point
    return {
        "hazard": point.hazard.pk if point.hazard else None,
        "unit": point.unit.code,
        "name": row.name,
        "score": round(point.score, 1),
        "why": row.why,
        "people": point.facts.people,
        "warning": point.warning.pk if point.warning else None,
        "answer": point.answer.shown if point.answer else None,
        "keeper": _called(point.people.keeper),
        "deputy": _called(point.people.deputy),
        "leader": _called(point.people.leader),
    }


def _called(person: Person | None) -> dict[str, Any] | None:
    return {"id": person.pk, "name": person.label, "phone": person.phone} if person else None


api_urlpatterns = [path("worrying-points/", WorryingPointsView.as_view(), name="worrying-points")]
