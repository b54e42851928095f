"""Listing and retrieving inside somebody's jurisdiction, as the read routes of every app do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import viewsets
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from web.errors import NotFound
from web.requests import ApiRequest
from web.rest import checked


class Nothing(Serializer):
    """A POST without a body."""


class ReadOnly(viewsets.GenericViewSet):
    """List and retrieve over `get_queryset`, shown by `shown`; ids that are not numbers are simply not there."""

    request: ApiRequest
    lookup_value_regex = r"\d{1,18}"
    filterset_class: type[django_filters.FilterSet] | None = None
    filterset_fields: list[str] | None = []
    shown: Callable[[Any], dict[str, Any]]

    def get_serializer_class(self) -> type[Serializer]:
        return Nothing

    def list(self, request: ApiRequest) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.in_world(self.get_queryset())))
        return self.get_paginated_response([type(self).shown(row) for row in page or ()])

    def in_world(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the exercise that the request looks at, where a route tells them apart."""
        return rows

    def retrieve(self, request: ApiRequest, pk: str) -> Response:
        return Response(self.whole(self.found(pk)))

    def found(self, pk: str) -> Any:
        row = self.get_queryset().filter(pk=pk).first()
        if row is None:
            raise NotFound
        return row

    def whole(self, row: Any) -> dict[str, Any]:
        return type(self).shown(row)

    def done(self, act: Callable[..., Any], body: type[Serializer], request: ApiRequest, pk: str) -> Response:
        """The act on the row, by whoever asks, and the row as it is then."""
        act(int(pk), by=request.user, **checked(body, request))
        return self.retrieve(request, pk)
