"""``/api/v1/leaves/``: who is away when; asked, recorded, decided, withdrawn."""

from __future__ import annotations

import datetime as dt

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from duty import actions, answers, representations, selectors, serializers
from duty.api_rows import ReadOnly
from duty.models import Leave
from journal.once import acts_once
from journal.rest import checked


class LeaveFilter(django_filters.FilterSet):
    """``unit`` by code; ``first`` and ``until``: leave that touches [first, until)."""

    unit = django_filters.CharFilter(field_name="unit__code")
    first = django_filters.DateFilter(method="since")
    until = django_filters.DateFilter(method="before")

    class Meta:
        model = Leave
        fields = ("status", "person", "abroad")

    def since(self, rows: QuerySet[Leave], name: str, value: dt.date) -> QuerySet[Leave]:
        return rows.filter(during__endswith__gt=selectors.midnight(value))

    def before(self, rows: QuerySet[Leave], name: str, value: dt.date) -> QuerySet[Leave]:
        return rows.filter(during__startswith__lt=selectors.midnight(value))


class LeaveViewSet(ReadOnly):
    """One's own, and those of the units whose roster one keeps."""

    queryset = Leave.objects.none()
    filterset_fields = None
    filterset_class = LeaveFilter
    shown = staticmethod(representations.leave)
    shape = answers.LeaveAnswer
    shapes = {"record": {201: answers.LeaveAnswer}}

    def get_queryset(self) -> QuerySet[Leave]:
        return selectors.with_leave_parts(selectors.leaves_visible_to(self.request.user))

    @extend_schema(request=serializers.AskedLeave)
    @acts_once
    def create(self, request: Request) -> Response:
        row = actions.ask_leave(by=request.user, **checked(serializers.AskedLeave, request))
        return Response(representations.leave(self.found(str(row.pk))), status=201)

    @extend_schema(request=serializers.RecordedLeave)
    @action(detail=False, methods=["post"])
    @acts_once
    def record(self, request: Request) -> Response:
        row = actions.record_leave(by=request.user, **checked(serializers.RecordedLeave, request))
        return Response(representations.leave(self.found(str(row.pk))), status=201)

    @extend_schema(request=serializers.Nothing)
    @action(detail=True, methods=["post"])
    @acts_once
    def approve(self, request: Request, pk: str) -> Response:
        return self.done(actions.approve_leave, serializers.Nothing, request, pk)

    @extend_schema(request=serializers.Refusal)
    @action(detail=True, methods=["post"])
    @acts_once
    def refuse(self, request: Request, pk: str) -> Response:
        return self.done(actions.refuse_leave, serializers.Refusal, request, pk)

    @extend_schema(request=serializers.Nothing)
    @action(detail=True, methods=["post"])
    @acts_once
    def withdraw(self, request: Request, pk: str) -> Response:
        return self.done(actions.withdraw_leave, serializers.Nothing, request, pk)


router_entries = [("leaves", LeaveViewSet)]
