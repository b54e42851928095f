"""``/api/v1/incidents|orders|assignments/``: reading by jurisdiction, every change a POST to a verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from command import actions
from command.api import answers, representations, representations_response, responses
from command.api import bodies as serializers
from command.api import bodies_response as bodies
from command.api.reading import ReadInWorld
from command.models import Assignment, Incident, Order
from command.selectors import visible
from command.selectors.wake import as_data, time_to_wake
from journal.api.once import acts_once
from org.models import Person
from org.rules.codes import normalise, path_of
from web.errors import Invalid
from web.reading import Nothing
from web.requests import ApiRequest
from web.rest import checked


class IncidentViewSet(ReadInWorld):
    queryset = Incident.objects.none()
    filterset_fields = ["status", "category", "grade", "response_level"]
    shown = staticmethod(representations.incident)
    shape = answers.IncidentAnswer
    shapes = {"preview_level": answers.LevelPreviewAnswer}

    def get_queryset(self) -> QuerySet[Incident]:
        rows = visible.incidents_visible_to(self.request.user)
        return rows.select_related("unit", "commander", "desk_officer", "headquarters", "offered_to").defer(
            "unit__boundary", "area"
        )

    @extend_schema(request=serializers.NewIncident)
    @acts_once
    def create(self, request: ApiRequest) -> Response:
        incident = actions.open_incident(by=request.user, **checked(serializers.NewIncident, request))
        return Response(representations.incident(incident), status=201)

    def _do(self, act: Callable[..., Incident], body: type[Serializer], request: ApiRequest, pk: str) -> Response:
        act(int(pk), by=request.user, **checked(body, request))
        return self.retrieve(request, pk)

    @extend_schema(request=serializers.Amendment)
    @action(detail=True, methods=["post"])
    @acts_once
    def amend(self, request: ApiRequest, pk: str) -> Response:
        actions.amend_incident(int(pk), by=request.user, changes=checked(serializers.Amendment, request))
        return self.retrieve(request, pk)

    @extend_schema(request=bodies.LevelOfPlan)
    @action(detail=True, methods=["post"], url_path="response-level")
    @acts_once
    def response_level(self, request: ApiRequest, pk: str) -> Response:
        """With ``version``, the level of that plan is started; otherwise the level is set, or the response changed."""
        body = bodies.with_consent(checked(bodies.LevelOfPlan, request))
        version, area, first = (body.pop(name) for name in ("version", "area", "act_first"))
        if version is None:
            return self._set_level(request, pk, body, area)
        body.pop("expected")
        actions.start_level(int(pk), by=request.user, version_id=version, area=area, act_first=first, **body)
        return self.retrieve(request, pk)

    def _set_level(self, request: ApiRequest, pk: str, body: dict[str, Any], area: list[str] | None) -> Response:
        if area is not None:
            raise Invalid.field("area", _("An area goes with a plan: name its version."))
        actions.set_response_level(int(pk), by=request.user, **body)
        return self.retrieve(request, pk)

    @extend_schema(request=bodies.LevelPreview)
    @action(detail=True, methods=["post"], url_path="preview-level")
    def preview_level(self, request: ApiRequest, pk: str) -> Response:
        """Who would get what, what would be withdrawn, and what is missing; nothing is written."""
        body = checked(bodies.LevelPreview, request)
        found = actions.preview_level(int(pk), by=request.user, version_id=body.pop("version"), **body)
        return Response(representations_response.preview(found))

    @extend_schema(request=serializers.Grounds)
    @action(detail=True, methods=["post"])
    @acts_once
    def warn(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.warn, serializers.Grounds, request, pk)

    @extend_schema(request=serializers.Ending)
    @action(detail=True, methods=["post"])
    @acts_once
    def end(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.end_incident, serializers.Ending, request, pk)

    @extend_schema(request=serializers.Grounds)
    @action(detail=True, methods=["post"])
    @acts_once
    def recover(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.start_recovery, serializers.Grounds, request, pk)

    @extend_schema(request=serializers.Grounds)
    @action(detail=True, methods=["post"])
    @acts_once
    def reopen(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.reopen, serializers.Grounds, request, pk)

    @extend_schema(request=serializers.Grounds)
    @action(detail=True, methods=["post"])
    @acts_once
    def review(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.review, serializers.Grounds, request, pk)

    @extend_schema(request=serializers.Grounds)
    @action(detail=True, methods=["post"])
    @acts_once
    def archive(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.archive, serializers.Grounds, request, pk)

    @extend_schema(request=serializers.CommandOffer)
    @action(detail=True, methods=["post"], url_path="offer-command")
    @acts_once
    def offer_command(self, request: ApiRequest, pk: str) -> Response:
        to = Person.objects.filter(pk=checked(serializers.CommandOffer, request)["to"]).first()
        if to is None:
            raise Invalid.field("to", _("There is no such person."))
        actions.offer_command(int(pk), by=request.user, to=to)
        return self.retrieve(request, pk)

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"], url_path="accept-command")
    @acts_once
    def accept_command(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.accept_command, Nothing, request, pk)

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"], url_path="decline-command")
    @acts_once
    def decline_command(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.decline_command, Nothing, request, pk)


class OrderViewSet(ReadInWorld):
    queryset = Order.objects.none()
    filterset_fields = ["incident", "status"]
    shown = staticmethod(representations.order)
    shape, shape_whole = answers.OrderAnswer, answers.OrderWhole
    shapes = {
        "create": {201: answers.OrderIssued},
        "preview": answers.OrderPreview,
        "remind": answers.Reminded,
    }

    def get_queryset(self) -> QuerySet[Order]:
        rows = visible.orders_visible_to(self.request.user)
        return rows.select_related("unit", "headquarters", "issued_by").defer("unit__boundary")

    def whole(self, row: Order) -> dict[str, Any]:
        return representations.order_whole(row, self.request.user)

    @extend_schema(request=serializers.NewOrder)
    @acts_once
    def create(self, request: ApiRequest) -> Response:
        fields = checked(serializers.NewOrder, request)
        order = actions.issue_order(by=request.user, incident_id=fields.pop("incident"), **fields)
        lines = [representations.assignment(row) for row in order.lines]
        return Response({**representations.order(order), "assignments": lines}, status=201)

    @extend_schema(request=serializers.NewOrder)
    @action(detail=False, methods=["post"])
    def preview(self, request: ApiRequest) -> Response:
        """Who would get it; nothing is written."""
        fields = checked(serializers.NewOrder, request)
        draft = actions.preview_order(by=request.user, incident_id=fields.pop("incident"), **fields)
        vacancies = [{"unit": line.unit.code, "post": line.post.code} for line in draft.vacancies]
        return Response(
            {
                "assignments": len(draft.lines),
                "people": draft.people,
                "vacancies": vacancies,
                "townships": representations.townships_of(draft.lines),
                "ladder": draft.ladder.data,
                "wake": as_data(time_to_wake(draft.lines, draft.ladder)),
            }
        )

    @extend_schema(request=serializers.Reason)
    @action(detail=True, methods=["post"], url_path="call-off")
    @acts_once
    def call_off(self, request: ApiRequest, pk: str) -> Response:
        actions.call_off(int(pk), by=request.user, **checked(serializers.Reason, request))
        return self.retrieve(request, pk)

    @extend_schema(request=serializers.Reminder)
    @action(detail=True, methods=["post"])
    @acts_once
    def remind(self, request: ApiRequest, pk: str) -> Response:
        code = checked(serializers.Reminder, request)["unit"]
        try:
            path = path_of(normalise(code)) if code else ""
        except ValueError:
            raise Invalid.field(
                "unit", _("“%(code)s” is not a unit code of 6, 9 or 12 digits.") % {"code": code}
            ) from None
        return Response({"reminded": actions.remind(int(pk), by=request.user, unit_path=path)})


class AssignmentViewSet(ReadInWorld):
    queryset = Assignment.objects.none()
    filterset_fields = ["order", "status", "person"]
    exercise_through = "order__"
    shown = staticmethod(representations.assignment)
    shape = answers.AssignmentAnswer

    def get_queryset(self) -> QuerySet[Assignment]:
        return visible.with_card_parts(visible.assignments_visible_to(self.request.user))

    def _do(self, act: Callable[..., Assignment], body: type[Serializer], request: ApiRequest, pk: str) -> Response:
        return Response(representations.assignment(act(int(pk), by=request.user, **checked(body, request))))

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"])
    @acts_once
    def acknowledge(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.acknowledge, Nothing, request, pk)

    @extend_schema(request=serializers.Progress)
    @action(detail=True, methods=["post"])
    @acts_once
    def progress(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.progress, serializers.Progress, request, pk)

    @extend_schema(request=serializers.LoggedAnswer)
    @action(detail=True, methods=["post"])
    @acts_once
    def answer(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.answer_for, serializers.LoggedAnswer, request, pk)

    @extend_schema(request=serializers.Note)
    @action(detail=True, methods=["post"])
    @acts_once
    def verify(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.verify, serializers.Note, request, pk)

    @extend_schema(request=serializers.Reassignment)
    @action(detail=True, methods=["post"])
    @acts_once
    def reassign(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.reassign, serializers.Reassignment, request, pk)

    @extend_schema(request=serializers.Note)
    @action(detail=True, methods=["post"], url_path="send-back")
    @acts_once
    def send_back(self, request: ApiRequest, pk: str) -> Response:
        return self._do(actions.send_back, serializers.Note, request, pk)


router_entries = [
    ("incidents", IncidentViewSet),
    ("orders", OrderViewSet),
    ("assignments", AssignmentViewSet),
    *responses.router_entries,
]
api_urlpatterns = responses.api_urlpatterns
