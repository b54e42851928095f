"""``/api/v1/responses|proposals/``, ``/plans/ID/activate/``: a plan at work, what suggests a level, the decision."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action, api_view
from rest_framework.request import Request
from rest_framework.response import Response as Answer

from command import actions
from command.api import answers, bodies, bodies_response, representations_response
from command.api.reading import ReadInWorld
from command.models import Proposal, Response
from command.selectors import responses, visible
from command.selectors.issuers import issuers_for
from journal.api.once import acts_once
from plans.selectors.plans import plans_visible_to, version_in_force
from web.errors import Conflict, NotFound
from web.requests import ApiRequest
from web.rest import checked


class ResponseViewSet(ReadInWorld):
    queryset = Response.objects.none()
    filterset_fields = ["incident", "status", "level"]
    exercise_through = "incident__"
    shown = staticmethod(representations_response.response)
    shape, shape_whole = answers.ResponseAnswer, answers.ResponseWhole
    shapes = {"tasks": answers.Tasks}

    def get_queryset(self) -> QuerySet[Response]:
        rows = visible.responses_visible_to(self.request.user)
        return rows.select_related(
            "version__plan", "started_by", "approved_by", "consent_by", "headquarters", "incident"
        )

    def whole(self, row: Response) -> dict[str, Any]:
        said = [representations_response.condition(one) for one in responses.conditions(row)]
        return {**representations_response.response(row), "conditions": said}

    @action(detail=True, methods=["get"])
    def tasks(self, request: ApiRequest, pk: str) -> Answer:
        """Filters: ``phase``, ``township``, ``state`` (held, waiting, silent, going, done, verified, withdrawn,
        overdue), ``action``.
        """
        asked = {name: request.query_params.get(name, "") for name in ("phase", "township", "state", "action")}
        rows = responses.response_tasks(self.found(pk), request.user, **asked, limit=5000)
        return Answer({"results": [representations_response.task(row) for row in rows]})

    @extend_schema(request=bodies_response.LevelOfPlan)
    @action(detail=True, methods=["post"], url_path="level")
    @acts_once
    def level(self, request: ApiRequest, pk: str) -> Answer:
        body = bodies_response.with_consent(checked(bodies_response.LevelOfPlan, request))
        names = ("level", "grounds", "document", "expected", "area", "consent", "sign_notice")
        actions.change_level(int(pk), by=request.user, **{name: body[name] for name in names})
        return self.retrieve(request, pk)

    @extend_schema(request=bodies_response.ResponseApproval)
    @action(detail=True, methods=["post"])
    @acts_once
    def approve(self, request: ApiRequest, pk: str) -> Answer:
        body = bodies_response.with_consent(checked(bodies_response.ResponseApproval, request))
        actions.approve_response(int(pk), by=request.user, **body)
        return self.retrieve(request, pk)

    @extend_schema(request=bodies.Reason)
    @action(detail=True, methods=["post"])
    @acts_once
    def stop(self, request: ApiRequest, pk: str) -> Answer:
        actions.stop_response(int(pk), by=request.user, **checked(bodies.Reason, request))
        return self.retrieve(request, pk)

    @extend_schema(request=bodies_response.Said)
    @action(detail=True, methods=["post"])
    @acts_once
    def conditions(self, request: ApiRequest, pk: str) -> Answer:
        actions.say_condition(int(pk), by=request.user, **checked(bodies_response.Said, request))
        return self.retrieve(request, pk)


class ProposalViewSet(ReadInWorld):
    queryset = Proposal.objects.none()
    filterset_fields = ["status", "level", "incident"]
    shown = staticmethod(representations_response.proposal)
    shape = answers.ProposalAnswer
    shapes = {"accept": answers.ProposalAccepted}

    def get_queryset(self) -> QuerySet[Proposal]:
        return responses.with_proposal_parts(visible.proposals_visible_to(self.request.user))

    @extend_schema(request=bodies_response.Acceptance)
    @action(detail=True, methods=["post"])
    @acts_once
    def accept(self, request: ApiRequest, pk: str) -> Answer:
        body = bodies_response.with_consent(checked(bodies_response.Acceptance, request))
        made = actions.accept_proposal(int(pk), by=request.user, **body)
        return Answer({**self.whole(self.found(pk)), "response": made.pk})

    @extend_schema(request=bodies.Reason)
    @action(detail=True, methods=["post"])
    @acts_once
    def refuse(self, request: ApiRequest, pk: str) -> Answer:
        actions.refuse_proposal(int(pk), by=request.user, **checked(bodies.Reason, request))
        return self.retrieve(request, pk)


@extend_schema(request=bodies_response.Activation, responses={201: answers.ResponseAnswer})
@api_view(["POST"])
def activate(request: Request, pk: int) -> Answer:
    return _activate(None, cast(ApiRequest, request), pk)


@acts_once
def _activate(_view: None, request: ApiRequest, pk: int) -> Answer:
    """Start a level of the plan's version in force for an incident."""
    body = bodies_response.with_consent(checked(bodies_response.Activation, request))
    plan = plans_visible_to(request.user).filter(pk=pk).first()
    if plan is None:
        raise NotFound
    version = version_in_force(plan)
    if version is None:
        raise Conflict(_("No version of this plan is in force."), current={"plan": plan.pk}, code="not_in_force")
    incident = body.pop("incident")
    made = actions.start_level(incident, by=request.user, version_id=version.pk, **body)
    return Answer(representations_response.response(made), status=201)


@extend_schema(responses=answers.Issuers)
@api_view(["GET"])
def issuers(request: Request) -> Answer:
    """In whose name one may order: headquarters, their offices, units."""
    found = issuers_for(cast(ApiRequest, request).user)
    return Answer({"results": [representations_response.issuer(one) for one in found]})


router_entries = [("responses", ResponseViewSet), ("proposals", ProposalViewSet)]
api_urlpatterns = [
    path("plans/<int:pk>/activate/", activate, name="plan-activate"),
    path("issuers/", issuers, name="issuers"),
]
