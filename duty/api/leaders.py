"""``/api/v1/leaders/``: where the county's leaders are, who may sign for whom; filed, authorised, withdrawn."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from duty import actions
from duty.api import answers, bodies, representations
from duty.models import Authorisation, Whereabouts
from duty.screens.leaders import unit_for_page
from duty.selectors import leaders
from duty.selectors.leaders import counties_of
from journal.api.once import acts_once
from org.models import Unit
from org.selectors.jurisdiction import visible_to
from web.errors import NotFound
from web.reading import Nothing, ReadOnly
from web.requests import ApiRequest
from web.rest import checked


class LeaderViewSet(ReadOnly):
    """What was filed of the leaders of the counties in sight; ``now/`` is where they are."""

    queryset = Whereabouts.objects.none()
    filterset_fields = ["unit__code", "person", "kind"]
    shown = staticmethod(representations.whereabouts)
    shape = answers.WhereaboutsAnswer
    shapes = {
        "now": answers.LeadersNow,
        "signatory": answers.SignatoryAnswer,
        "authorise": {201: answers.AuthorisationAnswer},
        "in_county": {201: answers.WhereaboutsAnswer},
    }

    def get_queryset(self) -> QuerySet[Whereabouts]:
        rows = Whereabouts.objects.filter(visible_to(self.request.user))
        return rows.select_related("unit", "person", "filed_by").defer("unit__boundary").order_by("-pk")

    @extend_schema(request=bodies.Absence)
    @acts_once
    def create(self, request: ApiRequest) -> Response:
        row = actions.file_absence(by=request.user, **checked(bodies.Absence, request))
        return Response(representations.whereabouts(row), status=201)

    @extend_schema(request=bodies.InCounty)
    @action(detail=False, methods=["post"], url_path="in-county")
    @acts_once
    def in_county(self, request: ApiRequest) -> Response:
        row = actions.tell_in_county(by=request.user, **checked(bodies.InCounty, request))
        return Response(representations.whereabouts(row), status=201)

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"])
    @acts_once
    def withdraw(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.withdraw_whereabouts, Nothing, request, pk)

    @extend_schema(request=bodies.Authority)
    @action(detail=False, methods=["post"])
    @acts_once
    def authorise(self, request: ApiRequest) -> Response:
        row = actions.authorise(by=request.user, **checked(bodies.Authority, request))
        return Response(representations.authorisation(row), status=201)

    @extend_schema(parameters=[bodies.LeadersQuery])
    @action(detail=False, methods=["get"], url_path="now", filterset_fields=None, pagination_class=None)
    def now(self, request: ApiRequest) -> Response:
        unit = _county(request)
        rows = [representations.leader(row) for row in leaders.leaders_of(unit)]
        return Response({"unit": unit.code, "both_out": bool(leaders.both_out(unit)), "results": rows})

    @extend_schema(parameters=[bodies.SignatoryQuery])
    @action(detail=False, methods=["get"], filterset_fields=None, pagination_class=None)
    def signatory(self, request: ApiRequest) -> Response:
        """Who may sign now for whoever holds a post, in a matter."""
        query = _asked(bodies.SignatoryQuery, request)
        found = leaders.signatory(query["post"], _county(request), matter=query["matter"])
        if found is None:
            raise NotFound
        return Response(representations.signatory(found))


class AuthorisationViewSet(ReadOnly):
    queryset = Authorisation.objects.none()
    filterset_fields = ["unit__code", "giver", "deputy"]
    shown = staticmethod(representations.authorisation)
    shape = answers.AuthorisationAnswer

    def get_queryset(self) -> QuerySet[Authorisation]:
        rows = Authorisation.objects.filter(visible_to(self.request.user))
        return rows.select_related("unit", "giver", "deputy", "logged_by").defer("unit__boundary").order_by("-pk")

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"])
    @acts_once
    def revoke(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.revoke_authorisation, Nothing, request, pk)


def _asked(serializer: Any, request: ApiRequest) -> dict[str, Any]:
    bound = serializer(data=request.query_params)
    bound.is_valid(raise_exception=True)
    return dict(bound.validated_data)


def _county(request: ApiRequest) -> Unit:
    """The county asked for, or the first in sight."""
    code = _asked(bodies.LeadersQuery, request)["unit"]
    if code:
        return unit_for_page(request.user, code)
    unit = counties_of(request.user).first()
    if unit is None:
        raise NotFound
    return unit


router_entries = [("leaders", LeaderViewSet), ("authorisations", AuthorisationViewSet)]
