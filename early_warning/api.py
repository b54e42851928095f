"""``/api/v1/warnings/``: reading, and the verbs of an officer."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from early_warning import actions, selectors
from early_warning.models import Warning
from early_warning.serializers import (
    TakenUpSerializer,
    TakeUpSerializer,
    WarningDetailSerializer,
    WarningReasonSerializer,
    WarningSerializer,
)
from journal.rest import acts_once, checked


class WarningFilter(filters.FilterSet):
    status = filters.MultipleChoiceFilter(choices=Warning.Status.choices)
    colour = filters.MultipleChoiceFilter(choices=Warning.Colour.choices)
    test = filters.BooleanFilter()

    class Meta:
        model = Warning
        fields = ("status", "colour", "test")


class WarningViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Warnings of the reader's jurisdiction, newest first."""

    queryset = Warning.objects.none()
    serializer_class = WarningSerializer
    filterset_class = WarningFilter
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Warning]:
        rows = selectors.warnings_visible_to(self.request.user).select_related("unit", "raw")
        rows = rows.defer("unit__boundary", "raw__body")
        return rows.defer("unit__boundary", "raw__body", "area") if self.action == "list" else rows

    def get_serializer_class(self) -> type:
        return WarningDetailSerializer if self.action == "retrieve" else WarningSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        if self.action == "retrieve" and "pk" in self.kwargs:
            context["named_units"] = selectors.named_codes(int(self.kwargs["pk"]), self.request.user)
        return context

    @extend_schema(request=WarningReasonSerializer, responses=WarningSerializer)
    @action(detail=True, methods=["post"])
    @acts_once
    def dismiss(self, request: Request, pk: str) -> Response:
        reason = checked(WarningReasonSerializer, request)["reason"]
        return Response(WarningSerializer(actions.dismiss(int(pk), reason=reason, by=request.user)).data)

    @extend_schema(request=WarningReasonSerializer, responses=WarningSerializer)
    @action(detail=True, methods=["post"])
    @acts_once
    def reopen(self, request: Request, pk: str) -> Response:
        reason = checked(WarningReasonSerializer, request)["reason"]
        return Response(WarningSerializer(actions.reopen(int(pk), reason=reason, by=request.user)).data)

    @extend_schema(request=TakeUpSerializer, responses={201: TakenUpSerializer})
    @action(detail=True, methods=["post"])
    @acts_once
    def incident(self, request: Request, pk: str) -> Response:
        incident = actions.turn_into_incident(int(pk), by=request.user, **checked(TakeUpSerializer, request))
        return Response(TakenUpSerializer(incident).data, status=201)
