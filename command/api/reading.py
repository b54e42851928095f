"""Base viewset: list and retrieve, for all read routes of command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework import viewsets
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from command.api import bodies
from journal.selectors.participants import world_of_request
from web.errors import NotFound
from web.requests import ApiRequest


class ReadOnly(viewsets.GenericViewSet):
    """List and retrieve over `rows()`, shown by `shown()`; ids that are not numbers are simply not there."""

    request: ApiRequest
    lookup_value_regex = r"\d{1,18}"
    filterset_fields: list[str] = []
    shown: Callable[[Any], dict[str, Any]]
    exercise_through = ""
    """The way from a row to what says which exercise it belongs to."""

    def get_serializer_class(self) -> type[Serializer]:
        return bodies.Nothing

    def list(self, request: ApiRequest) -> Response:
        rows = self.get_queryset().filter(world_of_request(request).rows(self.exercise_through))
        page = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response([type(self).shown(row) for row in page or ()])

    def retrieve(self, request: ApiRequest, pk: str) -> Response:
        return Response(self.whole(self.found(pk)))

    def found(self, pk: str) -> Any:
        row = self.get_queryset().filter(pk=pk).first()
        if row is None:
            raise NotFound
        return row

    def whole(self, row: Any) -> dict[str, Any]:
        return type(self).shown(row)
