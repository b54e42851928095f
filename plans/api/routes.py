"""``/api/v1/plans/``: reading by jurisdiction, every change a POST to a verb; plans come and go as documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from duty.actions.lookup import unit_for
from journal.api.once import acts_once
from org.rules import capabilities
from plans import actions
from plans.api import answers, bodies, representations
from plans.files import yaml_format
from plans.files.documents import document_of
from plans.models import Plan, Version
from plans.selectors import plans
from plans.selectors.compiling import compile_level, seen_by
from web.api import JobAnswer, accepted
from web.downloads import BYTES, file_answer, renderers
from web.errors import Conflict, Invalid, NotFound
from web.kinds import Upload
from web.requests import ApiRequest
from web.rest import JSONParser, checked

YAML = "application/yaml"
IMPORTED = {"application/json": bodies.PlanImportDocument, "multipart/form-data": bodies.PlanImportFile}


class PlanViewSet(viewsets.GenericViewSet):
    """Ids that are not numbers are simply not there."""

    request: ApiRequest
    queryset = Plan.objects.none()
    shape, shape_whole = answers.PlanAnswer, answers.PlanWhole
    shapes = {
        "import_plan": {200: answers.PlanImported, 201: answers.PlanImported, 202: JobAnswer},
        "inherit": {201: answers.PlanWhole},
        "raise_item": {201: answers.ItemAnswered},
        "answer_item": answers.ItemAnswered,
    }
    lookup_value_regex = r"\d{1,18}"
    filterset_fields = ["code", "kind", "hazard_type", "unit__code", "active"]

    def get_serializer_class(self) -> type[Serializer]:
        return bodies.PlanNothing

    def get_queryset(self) -> QuerySet[Plan]:
        return plans.with_parts(plans.plans_visible_to(self.request.user), self.request.user)

    def found(self, pk: str) -> Plan:
        row = self.get_queryset().filter(pk=pk).first()
        if row is None:
            raise NotFound
        return row

    def _version(self, pk: str, number: int | None = None, *, working: bool = False) -> Version:
        """The version by its number, or the one in work, or the one in force (else the newest), as far as seen."""
        plan = self.found(pk)
        seen: list[Version] = plan.shown_versions
        if number is not None:
            found = next((one for one in seen if one.number == number), None)
        elif working:
            found = next((one for one in seen if one.status in plans.IN_WORK), None)
        else:
            found = next((one for one in seen if one.status in plans.IN_FORCE), seen[0] if seen else None)
        if found is None:
            raise Conflict(_("The plan has no such version."), current=representations.plan(plan), code="no_version")
        found.plan = plan
        return found

    def _done(self, act: Callable[..., Any], body: type[Serializer], request: ApiRequest, pk: str) -> Response:
        """A verb of the version in work."""
        act(self._version(pk, working=True).pk, by=request.user, **checked(body, request))
        return self.retrieve(request, pk)

    def list(self, request: ApiRequest) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([representations.plan(row) for row in page or ()])

    def retrieve(self, request: ApiRequest, pk: str) -> Response:
        return Response(representations.plan_whole(self.found(pk), request.user))

    @extend_schema(request=bodies.NewPlan)
    @acts_once
    def create(self, request: ApiRequest) -> Response:
        """A new plan, which may still be unfinished: a draft."""
        version = actions.create_plan(by=request.user, **checked(bodies.NewPlan, request))
        whole = representations.plan_whole(self.found(str(version.plan_id)), request.user)
        return Response(whole, status=201)

    @extend_schema(request=IMPORTED)
    @action(detail=False, methods=["post"], url_path="import", parser_classes=[MultiPartParser, JSONParser])
    @acts_once
    def import_plan(self, request: ApiRequest) -> Response:
        """A finished plan from a document or a file; ``dry_run`` gives what is wrong with it, place by place."""
        bound = bodies.PlanImport(data=request.data)
        bound.is_valid(raise_exception=True)
        fields = bound.validated_data
        unit = unit_for(fields["unit"], by=request.user, capability=capabilities.PLAN)
        if "file" in fields:
            params = {"unit": unit.code, "load": not fields["dry_run"]}
            return accepted(request, "plans.import", params, upload=Upload.of(fields["file"]))
        if "document" not in fields:
            raise Invalid.field("file", _("Send a file or a document."))
        done = actions.import_plan(fields["document"], by=request.user, unit=unit, dry_run=fields["dry_run"])
        return Response(representations.imported(done), status=200 if fields["dry_run"] else 201)

    @extend_schema(
        parameters=[bodies.ExportQuery],
        responses={(200, YAML): answers.PlanContent, (200, BYTES): OpenApiTypes.BINARY, 202: JobAnswer},
    )
    @action(detail=True, methods=["get"], pagination_class=None, renderer_classes=renderers(YAML, BYTES))
    def export(self, request: ApiRequest, pk: str) -> HttpResponse:
        """The plan as a file: ``kind`` yaml at once or xlsx in the background, ``version`` by its number."""
        bound = bodies.ExportQuery(data=request.query_params)
        bound.is_valid(raise_exception=True)
        version = self._version(pk, bound.validated_data["version"])
        if bound.validated_data["kind"] == "xlsx":
            return accepted(request, "plans.sheet", {"plan": version.plan.code, "version": version.number})
        content = yaml_format.dump(document_of(version)).encode()
        return file_answer(request, content, f"{YAML}; charset=utf-8", f"{version.plan.code}-v{version.number}.yaml")

    @extend_schema(request=bodies.CompileLevel, responses=answers.CompiledAnswer)
    @action(detail=True, methods=["post"], url_path="compile")
    def compile_level(self, request: ApiRequest, pk: str) -> Response:
        """Who would get what, and which posts are vacant, in the units that the reader sees; nothing is written."""
        fields = checked(bodies.CompileLevel, request)
        version = self._version(pk, fields["version"])
        made = compile_level(version, fields["level"], fields["area"], fields["values"])
        return Response(representations.compiled(seen_by(made, request.user)))

    @extend_schema(request=bodies.PlanNothing)
    @action(detail=True, methods=["post"])
    @acts_once
    def draft(self, request: ApiRequest, pk: str) -> Response:
        checked(bodies.PlanNothing, request)
        actions.draft_version(int(pk), by=request.user)
        return self.retrieve(request, pk)

    @extend_schema(request=bodies.PlanDocument)
    @action(detail=True, methods=["post"])
    @acts_once
    def save(self, request: ApiRequest, pk: str) -> Response:
        return self._done(actions.save_draft, bodies.PlanDocument, request, pk)

    @extend_schema(request=bodies.PlanNothing)
    @action(detail=True, methods=["post"])
    @acts_once
    def submit(self, request: ApiRequest, pk: str) -> Response:
        return self._done(actions.submit, bodies.PlanNothing, request, pk)

    @extend_schema(request=bodies.SendBack)
    @action(detail=True, methods=["post"], url_path="send-back")
    @acts_once
    def send_back(self, request: ApiRequest, pk: str) -> Response:
        return self._done(actions.send_back, bodies.SendBack, request, pk)

    @extend_schema(request=bodies.Approval)
    @action(detail=True, methods=["post"])
    @acts_once
    def approve(self, request: ApiRequest, pk: str) -> Response:
        return self._done(actions.approve, bodies.Approval, request, pk)

    @extend_schema(request=bodies.Filing)
    @action(detail=True, methods=["post"])
    @acts_once
    def file(self, request: ApiRequest, pk: str) -> Response:
        actions.file(self._version(pk).pk, by=request.user, **checked(bodies.Filing, request))
        return self.retrieve(request, pk)

    @extend_schema(request=bodies.Inheritance)
    @action(detail=True, methods=["post"])
    @acts_once
    def inherit(self, request: ApiRequest, pk: str) -> Response:
        """The unit's own plan from this one; the answer is that plan."""
        version = actions.inherit(int(pk), by=request.user, **checked(bodies.Inheritance, request))
        whole = representations.plan_whole(self.found(str(version.plan_id)), request.user)
        return Response(whole, status=201)

    @extend_schema(request=bodies.NewItem)
    @action(detail=True, methods=["post"], url_path="raise-item")
    @acts_once
    def raise_item(self, request: ApiRequest, pk: str) -> Response:
        item = actions.raise_item(int(pk), by=request.user, **checked(bodies.NewItem, request))
        return Response(representations.item(item), status=201)

    @extend_schema(request=bodies.ItemAnswer)
    @action(detail=True, methods=["post"], url_path="answer-item")
    @acts_once
    def answer_item(self, request: ApiRequest, pk: str) -> Response:
        fields = checked(bodies.ItemAnswer, request)
        item_id = fields.pop("item")
        if not plans.items_visible_to(request.user).filter(pk=item_id, plan=int(pk)).exists():
            raise NotFound
        return Response(representations.item(actions.answer_item(item_id, by=request.user, **fields)))

    @extend_schema(request=bodies.DueDone)
    @action(detail=True, methods=["post"], url_path="record-due")
    @acts_once
    def record_due(self, request: ApiRequest, pk: str) -> Response:
        actions.record_due(int(pk), by=request.user, **checked(bodies.DueDone, request))
        return self.retrieve(request, pk)

    @extend_schema(request=bodies.DueDate)
    @action(detail=True, methods=["post"], url_path="set-due")
    @acts_once
    def set_due(self, request: ApiRequest, pk: str) -> Response:
        actions.set_due(int(pk), by=request.user, **checked(bodies.DueDate, request))
        return self.retrieve(request, pk)


router_entries = [("plans", PlanViewSet)]
