"""``/api/v1/leaves/``: who is away when; asked, recorded, decided, withdrawn."""

from __future__ import annotations

import datetime as dt

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from duty import actions
from duty.api import answers, bodies, representations
from duty.models import Leave
from duty.selectors import rosters
from journal.api.once import acts_once
from web.reading import Nothing, ReadOnly
from web.requests import ApiRequest
from web.rest import checked


class LeaveFilter(django_filters.FilterSet):
    """``unit`` by code; ``first`` and ``until``: leave that touches [first, until)."""

    unit = django_filters.CharFilter(field_name="unit__code")
    first = django_filters.DateFilter(method="since")
    until = django_filters.DateFilter(method="before")

    class Meta:
        model = Leave
        fields = ("status", "person", "abroad")

    def since(self, rows: QuerySet[Leave], name: str, value: dt.date) -> QuerySet[Leave]:
        return rows.filter(during__endswith__gt=rosters.midnight(value))

    def before(self, rows: QuerySet[Leave], name: str, value: dt.date) -> QuerySet[Leave]:
        return rows.filter(during__startswith__lt=rosters.midnight(value))


class LeaveViewSet(ReadOnly):
    """One's own, and those of the units whose roster one keeps."""

    queryset = Leave.objects.none()
    filterset_fields = None
    filterset_class = LeaveFilter
    shown = staticmethod(representations.leave)
    shape = answers.LeaveAnswer
    shapes = {"record": {201: answers.LeaveAnswer}}

    def get_queryset(self) -> QuerySet[Leave]:
        return rosters.with_leave_parts(rosters.leaves_visible_to(self.request.user))

    @extend_schema(request=bodies.AskedLeave)
    @acts_once
    def create(self, request: ApiRequest) -> Response:
        row = actions.ask_leave(by=request.user, **checked(bodies.AskedLeave, request))
        return Response(representations.leave(self.found(str(row.pk))), status=201)

    @extend_schema(request=bodies.RecordedLeave)
    @action(detail=False, methods=["post"])
    @acts_once
    def record(self, request: ApiRequest) -> Response:
        row = actions.record_leave(by=request.user, **checked(bodies.RecordedLeave, request))
        return Response(representations.leave(self.found(str(row.pk))), status=201)

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"])
    @acts_once
    def approve(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.approve_leave, Nothing, request, pk)

    @extend_schema(request=bodies.Refusal)
    @action(detail=True, methods=["post"])
    @acts_once
    def refuse(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.refuse_leave, bodies.Refusal, request, pk)

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"])
    @acts_once
    def withdraw(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.withdraw_leave, Nothing, request, pk)


router_entries = [("leaves", LeaveViewSet)]
