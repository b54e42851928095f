"""``/api/v1/headquarters/``: the bodies that decide and issue, with their seats; reading only."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from org.api.representations import HeadquartersAnswer, headquarters
from org.models import Headquarters
from org.selectors.headquarters import headquarters_visible_to, seated
from web.requests import ApiRequest


class HeadquartersViewSet(viewsets.ReadOnlyModelViewSet):
    """Those of the units in one's jurisdiction and of the units above them."""

    request: ApiRequest
    queryset = Headquarters.objects.none()
    serializer_class = HeadquartersAnswer
    filterset_fields = ("code", "active")

    def get_queryset(self) -> QuerySet[Headquarters]:
        if getattr(self, "swagger_fake_view", False):
            return Headquarters.objects.none()
        return headquarters_visible_to(self.request.user)

    @extend_schema(responses=HeadquartersAnswer)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        seats = seated(page)
        return self.get_paginated_response([headquarters(row, seats, self.request.user) for row in page])

    @extend_schema(responses=HeadquartersAnswer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        return Response(headquarters(row, seated([row]), self.request.user))
