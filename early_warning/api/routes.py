"""``/api/v1/warnings/``: reading, and the verbs of an officer."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from early_warning import actions
from early_warning.api.representations import (
    AcceptSerializer,
    KindSerializer,
    QuestionSerializer,
    TakenUpSerializer,
    TakeUpSerializer,
    WarningDetailSerializer,
    WarningReasonSerializer,
    WarningSerializer,
)
from early_warning.models import Question, Warning, WarningPart
from early_warning.selectors import warnings
from journal.api.once import acts_once
from journal.selectors.participants import world_of_request
from web.requests import ApiRequest
from web.rest import checked


class WarningFilter(filters.FilterSet):
    status = filters.MultipleChoiceFilter(choices=Warning.Status.choices)
    colour = filters.MultipleChoiceFilter(choices=Warning.Colour.choices)
    test = filters.BooleanFilter()

    class Meta:
        model = Warning
        fields = ("status", "colour", "test", "event_kind", "origin")


class WarningViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Warnings of the reader's jurisdiction, newest first."""

    request: ApiRequest
    queryset = Warning.objects.none()
    serializer_class = WarningSerializer
    filterset_class = WarningFilter
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Warning]:
        rows = warnings.warnings_visible_to(self.request.user).select_related("unit", "raw")
        rows = rows.prefetch_related(Prefetch("parts", WarningPart.objects.defer("area")))
        rows = rows.defer("unit__boundary", "raw__body")
        if self.action == "list":
            rows = rows.filter(world_of_request(self.request).rows()).defer("area")
        return rows

    def get_serializer_class(self) -> type:
        return WarningDetailSerializer if self.action == "retrieve" else WarningSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        if self.action == "retrieve" and "pk" in self.kwargs:
            pk, reader = int(self.kwargs["pk"]), self.request.user
            context["named_units"] = warnings.named_codes(pk, reader)
            context["units_by_part"] = warnings.named_codes_by_part(pk, reader)
            context["questions"] = warnings.questions_about(warnings.warning_for(reader, pk), reader)
        return context

    @extend_schema(request=WarningReasonSerializer, responses=WarningSerializer)
    @action(detail=True, methods=["post"])
    @acts_once
    def dismiss(self, request: ApiRequest, pk: str) -> Response:
        reason = checked(WarningReasonSerializer, request)["reason"]
        return Response(WarningSerializer(actions.dismiss(int(pk), reason=reason, by=request.user)).data)

    @extend_schema(request=WarningReasonSerializer, responses=WarningSerializer)
    @action(detail=True, methods=["post"])
    @acts_once
    def reopen(self, request: ApiRequest, pk: str) -> Response:
        reason = checked(WarningReasonSerializer, request)["reason"]
        return Response(WarningSerializer(actions.reopen(int(pk), reason=reason, by=request.user)).data)

    @extend_schema(request=KindSerializer, responses=WarningSerializer)
    @action(detail=True, methods=["post"])
    @acts_once
    def kind(self, request: ApiRequest, pk: str) -> Response:
        """Say what it warns of, where its event is in no catalogue."""
        chosen = checked(KindSerializer, request)["event_kind"]
        return Response(WarningSerializer(actions.classify(int(pk), event_kind=chosen, by=request.user)).data)

    @extend_schema(request=TakeUpSerializer, responses={201: TakenUpSerializer})
    @action(detail=True, methods=["post"])
    @acts_once
    def incident(self, request: ApiRequest, pk: str) -> Response:
        incident = actions.turn_into_incident(int(pk), by=request.user, **checked(TakeUpSerializer, request))
        return Response(TakenUpSerializer(incident).data, status=201)


class QuestionFilter(filters.FilterSet):
    status = filters.MultipleChoiceFilter(choices=Question.Status.choices)
    kind = filters.MultipleChoiceFilter(choices=Question.Kind.choices)

    class Meta:
        model = Question
        fields = ("status", "kind")


class QuestionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """What messages leave open, newest first, and a person's decision on it."""

    request: ApiRequest
    queryset = Question.objects.none()
    serializer_class = QuestionSerializer
    filterset_class = QuestionFilter
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Question]:
        return warnings.with_messages(warnings.questions_visible_to(self.request.user))

    @extend_schema(request=AcceptSerializer, responses=QuestionSerializer)
    @action(detail=True, methods=["post"])
    @acts_once
    def accept(self, request: ApiRequest, pk: str) -> Response:
        given = checked(AcceptSerializer, request)
        question = actions.accept_question(int(pk), by=request.user, **given)
        return Response(QuestionSerializer(question).data)

    @extend_schema(request=WarningReasonSerializer, responses=QuestionSerializer)
    @action(detail=True, methods=["post"])
    @acts_once
    def reject(self, request: ApiRequest, pk: str) -> Response:
        reason = checked(WarningReasonSerializer, request)["reason"]
        return Response(QuestionSerializer(actions.reject_question(int(pk), reason=reason, by=request.user)).data)
