"""``/api/v1/hazards/``: the queue, one ticket, the figures, a POST a verb; filing stands in hazards/api/filing.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.utils.urls import replace_query_param

from hazards import actions
from hazards.api import answers, bodies, representations
from hazards.api.filing import FilingMixin
from hazards.models import Elsewhere, Hazard
from hazards.selectors import queue, tickets
from hazards.selectors.statistics import statistics
from journal.api.once import acts_once
from journal.selectors.participants import world_of_request
from org.models import Unit
from org.rules.codes import normalise, path_of
from web.errors import NotFound
from web.reading import Nothing
from web.requests import ApiRequest
from web.rest import bound_to, checked

T = TypeVar("T", bound=Serializer)


def asked(serializer: type[T], request: ApiRequest) -> T:
    """The query's parameters, validated; what it does not know is passed over."""
    bound = bound_to(serializer, request.query_params)
    bound.is_valid(raise_exception=True)
    return bound


class HazardViewSet(FilingMixin):
    queryset = Hazard.objects.none()
    shape, shape_whole = answers.HazardAnswer, answers.HazardWhole
    shapes = {
        "create": {200: answers.HazardFiled, 201: answers.HazardFiled},
        "photos": {200: answers.PhotoReceipt, 201: answers.PhotoReceipt},
        "counts": answers.HazardCounts,
        "statistics": answers.HazardStatistics,
        "duplicates": answers.NearHazards,
        "assign": answers.BulkAssigned,
        "reroute": answers.HazardAnswer,
    }
    lookup_value_regex = r"\d{1,18}"

    def get_serializer_class(self) -> type[Serializer]:
        return Nothing

    @extend_schema(parameters=[bodies.ListQuery])
    def list(self, request: ApiRequest) -> Response:
        """Cursor pages over what the person sees."""
        query = asked(bodies.ListQuery, request)
        values = query.validated_data
        found = queue.page(
            request.user,
            query.filters(),
            world_of_request(request),
            ordering=values["ordering"],
            cursor=values["cursor"],
            size=values["page_size"],
        )
        address = request.build_absolute_uri()
        links = {
            name: replace_query_param(address, "cursor", cursor) if cursor else None
            for name, cursor in (("next", found.next), ("previous", found.previous))
        }
        return Response({**links, "results": [representations.hazard(row, row.at) for row in found.rows]})  # type: ignore[attr-defined]

    def retrieve(self, request: ApiRequest, pk: str) -> Response:
        rows = tickets.with_parts(tickets.hazards_visible_to(request.user))
        row = rows.filter(pk=pk).first()
        if row is None:
            raise NotFound
        return Response(representations.hazard_whole(row, request.user))

    @extend_schema(parameters=[bodies.FilterQuery])
    @action(detail=False, methods=["get"], pagination_class=None)
    def counts(self, request: ApiRequest) -> Response:
        query = asked(bodies.FilterQuery, request)
        return Response(queue.counts(queue.queue(request.user, query.filters(), world_of_request(request))))

    @extend_schema(parameters=[bodies.StatisticsQuery])
    @action(detail=False, methods=["get"], pagination_class=None)
    def statistics(self, request: ApiRequest) -> Response:
        """A line a township and kind: found, closed, reopened in these months; open and overdue as of now."""
        query = asked(bodies.StatisticsQuery, request).validated_data
        first, last = (dt.date.fromisoformat(f"{query[name]}-01") for name in ("first", "last"))
        lines = statistics(request.user, _scope(request, query["unit"]), first, last, world_of_request(request))
        return Response({"first": query["first"], "last": query["last"], "results": lines})

    @action(detail=True, methods=["get"], pagination_class=None)
    def duplicates(self, request: ApiRequest, pk: str) -> Response:
        """Open tickets that may be the same danger, the nearest first, with how many metres away."""
        row = tickets.hazards_visible_to(request.user).filter(pk=pk).first()
        if row is None:
            raise NotFound
        near = tickets.duplicates_of(row, request.user)[:20]
        return Response({"results": [{**representations.hazard(one), "metres": round(one.metres)} for one in near]})

    def _do(self, act: Callable[..., Any], body: type[Serializer], request: ApiRequest, pk: str) -> Response:
        act(int(pk), by=request.user, **checked(body, request))
        return self.retrieve(request, pk)

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"], url_path="take-up")
    @acts_once
    def take_up(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.take_up, Nothing, request, pk)

    @extend_schema(request=bodies.HazardGrounds)
    @action(detail=True, methods=["post"], url_path="turn-away")
    @acts_once
    def turn_away(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.turn_away, bodies.HazardGrounds, request, pk)

    @extend_schema(request=bodies.Registration)
    @action(detail=True, methods=["post"])
    @acts_once
    def register(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.register, bodies.Registration, request, pk)

    @extend_schema(request=bodies.Grading)
    @action(detail=True, methods=["post"])
    @acts_once
    def grade(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.grade, bodies.Grading, request, pk)

    @extend_schema(request=bodies.Planning)
    @action(detail=True, methods=["post"])
    @acts_once
    def plan(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.plan, bodies.Planning, request, pk)

    @extend_schema(request=bodies.Remark)
    @action(detail=True, methods=["post"])
    @acts_once
    def submit(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.submit, bodies.Remark, request, pk)

    @extend_schema(request=bodies.Remark)
    @action(detail=True, methods=["post"])
    @acts_once
    def inspect(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.inspect, bodies.Remark, request, pk)

    @extend_schema(request=bodies.Remark)
    @action(detail=True, methods=["post"], url_path="send-back")
    @acts_once
    def send_back(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.send_back, bodies.Remark, request, pk)

    @extend_schema(request=bodies.ExtensionStep)
    @action(detail=True, methods=["post"])
    @acts_once
    def extend(self, request: ApiRequest, pk: str) -> Response:
        """Ask for more time, or decide on what was asked."""
        body = checked(bodies.ExtensionStep, request)
        if "decision" in body:
            granted = body["decision"] == "granted"
            actions.decide_extension(int(pk), by=request.user, granted=granted, answer=body["answer"])
        else:
            actions.ask_extension(int(pk), by=request.user, until=body["until"], reason=body["reason"])
        return self.retrieve(request, pk)

    @extend_schema(request=bodies.Signing)
    @action(detail=True, methods=["post"])
    @acts_once
    def sign(self, request: ApiRequest, pk: str) -> Response:
        """One side signs that what was re-inspected may be closed."""
        return self._do(actions.sign_closure, bodies.Signing, request, pk)

    @extend_schema(request=bodies.RolesNamed)
    @action(detail=True, methods=["post"])
    @acts_once
    def roles(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.assign_roles, bodies.RolesNamed, request, pk)

    @extend_schema(request=bodies.LookElsewhere)
    @action(detail=True, methods=["post"])
    @acts_once
    def elsewhere(self, request: ApiRequest, pk: str) -> Response:
        """Townships are told to look for the same."""
        return self._do(actions.look_elsewhere, bodies.LookElsewhere, request, pk)

    @extend_schema(request=bodies.Looked)
    @action(detail=True, methods=["post"])
    @acts_once
    def looked(self, request: ApiRequest, pk: str) -> Response:
        """A township says what it found."""
        body = checked(bodies.Looked, request)
        row = Elsewhere.objects.filter(pk=body.pop("elsewhere"), origin=int(pk)).first()
        if row is None:
            raise NotFound
        actions.done_elsewhere(row.pk, by=request.user, **body)
        return self.retrieve(request, pk)

    @extend_schema(request=bodies.Closing)
    @action(detail=True, methods=["post"])
    @acts_once
    def close(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.close, bodies.Closing, request, pk)

    @extend_schema(request=bodies.HazardGrounds)
    @action(detail=True, methods=["post"])
    @acts_once
    def reopen(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.reopen, bodies.HazardGrounds, request, pk)

    @extend_schema(request=bodies.Merging)
    @action(detail=True, methods=["post"])
    @acts_once
    def merge(self, request: ApiRequest, pk: str) -> Response:
        """The ticket ends in another; the answer is the one that is kept."""
        kept = actions.merge(int(pk), by=request.user, **checked(bodies.Merging, request))
        return self.retrieve(request, str(kept.pk))

    @extend_schema(request=bodies.Rerouting)
    @action(detail=True, methods=["post"])
    @acts_once
    def reroute(self, request: ApiRequest, pk: str) -> Response:
        """Somebody else is to rectify it; who hands it over need not see it afterwards."""
        hazard = actions.reroute(int(pk), by=request.user, **checked(bodies.Rerouting, request))
        return Response(representations.hazard(hazard))

    @extend_schema(request=bodies.Leading)
    @action(detail=True, methods=["post"])
    @acts_once
    def leader(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.assign_leader, bodies.Leading, request, pk)

    @extend_schema(request=bodies.Listing)
    @action(detail=True, methods=["post"], url_path="list")
    @acts_once
    def put_on_list(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.put_on_list, bodies.Listing, request, pk)

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"], url_path="publish-delisting")
    @acts_once
    def publish_delisting(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.publish_delisting, Nothing, request, pk)

    @extend_schema(request=bodies.BulkRerouting)
    @action(detail=False, methods=["post"])
    @acts_once
    def assign(self, request: ApiRequest) -> Response:
        """Many at once, all or none."""
        body = checked(bodies.BulkRerouting, request)
        return Response({"assigned": actions.bulk_assign(body.pop("hazards"), by=request.user, **body)})


def _scope(request: ApiRequest, code: str) -> str:
    """The path asked for; without one, all that the person sees."""
    if code:
        try:
            return path_of(normalise(code))
        except ValueError:
            raise NotFound from None
    return Unit.objects.filter(parent=None).values_list("path", flat=True).first() or ""


router_entries = [("hazards", HazardViewSet)]
