"""``/api/v1/shifts|overrides|swaps|handovers|spot-checks|call-logs/``: reading by jurisdiction, changes by POST."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from database.clock import now
from duty import actions
from duty.actions.lookup import unit_for
from duty.api import answers, bodies, leaders, leave, representations
from duty.models import CallLog, Generation, Handover, Override, Shift, SpotCheck, Swap
from duty.selectors import rosters as selectors
from duty.selectors import watch
from journal.api.once import acts_once
from norms.selectors import numbers
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import visible_to
from web.api import JobAnswer, accepted
from web.errors import NotFound
from web.kinds import Upload
from web.reading import Nothing, ReadOnly
from web.requests import ApiRequest
from web.rest import JSONParser, checked


def asked(serializer: type[Serializer], request: ApiRequest) -> dict[str, Any]:
    """The query's parameters, validated."""
    bound = serializer(data=request.query_params)
    bound.is_valid(raise_exception=True)
    return dict(bound.validated_data)


def month(text: str) -> dt.date:
    return dt.date.fromisoformat(f"{text}-01")


def sight(person: Person, code: str | None) -> list[int]:
    """The ids of the active units that the person sees, or of the one asked for."""
    if code:
        return [unit_for(code, by=person, capability=capabilities.VIEW).pk]
    return list(Unit.objects.filter(visible_to(person, "path"), active=True).values_list("pk", flat=True))


class ShiftFilter(django_filters.FilterSet):
    """``unit`` by code; ``person`` by id; ``first`` and ``until``: shifts that begin in [first, until)."""

    unit = django_filters.CharFilter(field_name="unit__code")
    person = django_filters.NumberFilter(field_name="slots__person")
    first = django_filters.DateFilter(method="since")
    until = django_filters.DateFilter(method="before")
    published = django_filters.BooleanFilter(field_name="live")

    class Meta:
        model = Shift
        fields = ("kind",)

    def since(self, rows: QuerySet[Shift], name: str, value: dt.date) -> QuerySet[Shift]:
        return rows.filter(during__startswith__gte=selectors.midnight(value))

    def before(self, rows: QuerySet[Shift], name: str, value: dt.date) -> QuerySet[Shift]:
        return rows.filter(during__startswith__lt=selectors.midnight(value))


class ShiftViewSet(ReadOnly):
    queryset = Shift.objects.none()
    filterset_fields = None
    filterset_class = ShiftFilter
    shown = staticmethod(representations.shift)
    shape = answers.ShiftAnswer
    shapes = {
        "bulk_assign": answers.Changed,
        "generate": {202: answers.GenerationAnswer},
        "progress": answers.GenerationAnswer,
        "publish": answers.Published,
        "on_duty": answers.OnDuty,
        "gaps": answers.Gaps,
        "unreachable": {201: answers.CalledOnBehalf},
        "import_sheet": {202: JobAnswer},
    }

    def get_queryset(self) -> QuerySet[Shift]:
        return selectors.with_people(selectors.shifts_visible_to(self.request.user))

    @extend_schema(request=bodies.NewShift)
    @acts_once
    def create(self, request: ApiRequest) -> Response:
        shift = actions.add_shift(by=request.user, **checked(bodies.NewShift, request))
        return Response(representations.shift(self.found(str(shift.pk))), status=201)

    @extend_schema(request=bodies.Assignment)
    @action(detail=True, methods=["post"])
    @acts_once
    def assign(self, request: ApiRequest, pk: str) -> Response:
        place = actions.Place(int(pk), **checked(bodies.Assignment, request))
        actions.assign(by=request.user, places=[place])
        return self.retrieve(request, pk)

    @extend_schema(request=bodies.BulkAssignment)
    @action(detail=False, methods=["post"], url_path="bulk-assign")
    @acts_once
    def bulk_assign(self, request: ApiRequest) -> Response:
        places = checked(bodies.BulkAssignment, request)["places"]
        changed = actions.assign(
            by=request.user, places=[actions.Place(p["shift"], p["post"], p["person"]) for p in places]
        )
        return Response({"changed": len(changed)})

    @extend_schema(request=bodies.Move)
    @action(detail=True, methods=["post"])
    @acts_once
    def move(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.move_shift, bodies.Move, request, pk)

    @extend_schema(request=bodies.DutyReason)
    @action(detail=True, methods=["post"], url_path="call-off")
    @acts_once
    def call_off(self, request: ApiRequest, pk: str) -> Response:
        shift = actions.call_off_shift(int(pk), by=request.user, **checked(bodies.DutyReason, request))
        return Response(representations.shift(shift))

    @extend_schema(request=bodies.Generate)
    @action(detail=False, methods=["post"])
    @acts_once
    def generate(self, request: ApiRequest) -> Response:
        """Draft a period from the patterns; the answer tells where to watch its progress."""
        row = actions.generate(by=request.user, **checked(bodies.Generate, request))
        return Response(representations.generation(row), status=202)

    @action(detail=False, methods=["get"], url_path=r"generations/(?P<generation>\d{1,18})")
    def progress(self, request: ApiRequest, generation: str) -> Response:
        row: Generation | None = selectors.generations_visible_to(request.user).filter(pk=generation).first()
        if row is None:
            raise NotFound
        return Response(representations.generation(row))

    @extend_schema(request=bodies.Publish)
    @action(detail=False, methods=["post"])
    @acts_once
    def publish(self, request: ApiRequest) -> Response:
        fields = checked(bodies.Publish, request)
        rosters = actions.publish(by=request.user, **{**fields, "month": month(fields["month"])})
        return Response({"rosters": [representations.roster(row) for row in rosters]})

    @extend_schema(parameters=[bodies.OnDutyQuery])
    @action(detail=False, methods=["get"], url_path="on-duty", filterset_class=None, pagination_class=None)
    def on_duty(self, request: ApiRequest) -> Response:
        """Who is on: one instant, one unit or all in sight, by the one definition."""
        query = asked(bodies.OnDutyQuery, request)
        on = watch.on_duty(sight(request.user, query.get("unit")), query["at"])
        rows = [representations.watch(row) for row in on if query.get("post") in (None, row.post)]
        return Response({"at": query["at"] or now(), "results": rows})

    @extend_schema(parameters=[bodies.GapQuery])
    @action(detail=False, methods=["get"], filterset_class=None, pagination_class=None)
    def gaps(self, request: ApiRequest) -> Response:
        query = asked(bodies.GapQuery, request)
        start = query["start"] or now()
        end = query["end"] or start + dt.timedelta(days=numbers.number("gap_days"))
        if not start < end <= start + dt.timedelta(days=100):
            raise exceptions.ValidationError({"end": ["start < end <= start + 100 d"]})
        found = watch.gaps(sight(request.user, query.get("unit")), start, end)
        return Response({"start": start, "end": end, "results": [representations.gap(row) for row in found]})

    @extend_schema(request=bodies.Unreachable)
    @action(detail=False, methods=["post"])
    @acts_once
    def unreachable(self, request: ApiRequest) -> Response:
        alarm = actions.report_unreachable(by=request.user, **checked(bodies.Unreachable, request))
        return Response({"id": alarm.pk, "called": representations.person(alarm.called)}, status=201)

    @extend_schema(request={"multipart/form-data": bodies.SheetUpload})
    @action(detail=False, methods=["post"], url_path="import", parser_classes=[MultiPartParser, JSONParser])
    def import_sheet(self, request: ApiRequest) -> Response:
        """A sheet with dates down and posts across; ``dry_run`` says what it would do and what is wrong."""
        fields = bodies.SheetUpload(data=request.data)
        fields.is_valid(raise_exception=True)
        values = fields.validated_data
        unit = unit_for(values["unit"], by=request.user, capability=capabilities.ROSTER)
        params = {"unit": unit.code, "load": not values["dry_run"]}
        return accepted(request, "duty.roster_import", params, upload=Upload.of(values["file"]))

    @extend_schema(parameters=[bodies.StatisticsQuery], responses={202: JobAnswer})
    @action(detail=False, methods=["get"], url_path="export", filterset_class=None, pagination_class=None)
    def export_sheet(self, request: ApiRequest) -> Response:
        """The month as a workbook, made in the background."""
        query = asked(bodies.StatisticsQuery, request)
        unit = unit_for(query["unit"], by=request.user, capability=capabilities.VIEW)
        return accepted(request, "duty.roster_sheet", {"unit": unit.code, "month": query["month"]})


class OverrideViewSet(ReadOnly):
    queryset = Override.objects.none()
    shown = staticmethod(representations.override)
    shape = answers.OverrideAnswer

    def get_queryset(self) -> QuerySet[Override]:
        rows = Override.objects.filter(visible_to(self.request.user))
        return rows.select_related("unit", "person").defer("unit__boundary")

    @extend_schema(request=bodies.NewOverride)
    @acts_once
    def create(self, request: ApiRequest) -> Response:
        row = actions.override(by=request.user, **checked(bodies.NewOverride, request))
        return Response(representations.override(row), status=201)

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"])
    @acts_once
    def withdraw(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.withdraw_override, Nothing, request, pk)


class SwapViewSet(ReadOnly):
    queryset = Swap.objects.none()
    filterset_fields = ["status", "slot", "asked_by", "taken_by"]
    shown = staticmethod(representations.swap)
    shape = answers.SwapAnswer

    def get_queryset(self) -> QuerySet[Swap]:
        return selectors.with_swap_parts(selectors.swaps_visible_to(self.request.user))

    @extend_schema(request=bodies.NewSwap)
    @acts_once
    def create(self, request: ApiRequest) -> Response:
        fields = checked(bodies.NewSwap, request)
        swap = actions.request_swap(by=request.user, slot_id=fields["slot"], reason=fields["reason"])
        return Response(representations.swap(self.found(str(swap.pk))), status=201)

    @extend_schema(request=bodies.Take)
    @action(detail=True, methods=["post"])
    @acts_once
    def take(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.take_swap, bodies.Take, request, pk)

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"])
    @acts_once
    def approve(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.approve_swap, Nothing, request, pk)

    @extend_schema(request=bodies.Refusal)
    @action(detail=True, methods=["post"])
    @acts_once
    def refuse(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.refuse_swap, bodies.Refusal, request, pk)

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"])
    @acts_once
    def cancel(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.cancel_swap, Nothing, request, pk)


class HandoverViewSet(ReadOnly):
    queryset = Handover.objects.none()
    filterset_fields = ["status", "shift"]
    shown = staticmethod(representations.handover)
    shape, shape_whole = answers.HandoverAnswer, answers.HandoverWhole
    shapes = {"check_in": answers.CheckedIn}

    def get_queryset(self) -> QuerySet[Handover]:
        return selectors.with_handover_parts(selectors.handovers_visible_to(self.request.user))

    def whole(self, row: Handover) -> dict[str, Any]:
        return representations.handover_whole(row)

    @extend_schema(request=bodies.Signature)
    @action(detail=True, methods=["post"])
    @acts_once
    def sign(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.sign_handover, bodies.Signature, request, pk)

    @extend_schema(request=bodies.DutyReason)
    @action(detail=True, methods=["post"])
    @acts_once
    def settle(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.settle_handover, bodies.DutyReason, request, pk)

    @extend_schema(request=Nothing)
    @action(detail=False, methods=["post"], url_path="check-in")
    @acts_once
    def check_in(self, request: ApiRequest) -> Response:
        rows = actions.check_in(by=request.user)
        return Response({"checked_in": [{"shift": r.shift_id, "post": r.post, "late": r.late} for r in rows]})


class SpotCheckViewSet(ReadOnly):
    queryset = SpotCheck.objects.none()
    filterset_fields = ["status", "outcome", "unit__code"]
    shown = staticmethod(representations.spot_check)
    shape = answers.SpotCheckAnswer
    shapes = {"plan": {201: answers.Planned}, "statistics": answers.MonthOfChecks}

    def get_queryset(self) -> QuerySet[SpotCheck]:
        return selectors.with_check_parts(selectors.spot_checks_visible_to(self.request.user))

    @extend_schema(request=bodies.NewSpotCheck)
    @acts_once
    def create(self, request: ApiRequest) -> Response:
        row = actions.start_spot_check(by=request.user, **checked(bodies.NewSpotCheck, request))
        return Response(representations.spot_check(row), status=201)

    @extend_schema(request=bodies.SpotCheckPlan)
    @action(detail=False, methods=["post"])
    @acts_once
    def plan(self, request: ApiRequest) -> Response:
        fields = checked(bodies.SpotCheckPlan, request)
        rows = actions.plan_spot_checks(by=request.user, **{**fields, "month": month(fields["month"])})
        return Response({"planned": len(rows)}, status=201)

    @extend_schema(request=bodies.ThreeAnswers)
    @action(detail=True, methods=["post"])
    @acts_once
    def answer(self, request: ApiRequest, pk: str) -> Response:
        """Whoever is on duty answers the three questions."""
        return self.done(actions.answer_spot_check, bodies.ThreeAnswers, request, pk)

    @extend_schema(request=bodies.Outcome)
    @action(detail=True, methods=["post"])
    @acts_once
    def outcome(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.record_outcome, bodies.Outcome, request, pk)

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"])
    @acts_once
    def cancel(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.cancel_spot_check, Nothing, request, pk)

    @extend_schema(parameters=[bodies.StatisticsQuery])
    @action(detail=False, methods=["get"], filterset_fields=None, pagination_class=None)
    def statistics(self, request: ApiRequest) -> Response:
        """The month of every unit under one, for the circular."""
        query = asked(bodies.StatisticsQuery, request)
        unit = unit_for(query["unit"], by=request.user, capability=capabilities.VIEW)
        return Response({"month": query["month"], "results": selectors.statistics(unit, month(query["month"]))})


class CallLogViewSet(ReadOnly):
    queryset = CallLog.objects.none()
    filterset_fields = ["unit__code", "recorder", "kind"]
    shown = staticmethod(representations.call)
    shape = answers.CallAnswer
    shapes = {"correct": {201: answers.CallAnswer}, "reply": {201: answers.CallAnswer}}

    def get_queryset(self) -> QuerySet[CallLog]:
        return selectors.with_call_parts(selectors.calls_visible_to(self.request.user))

    @extend_schema(request=bodies.NewCall)
    @acts_once
    def create(self, request: ApiRequest) -> Response:
        row = actions.log_call(by=request.user, **checked(bodies.NewCall, request))
        return Response(representations.call(self.found(str(row.pk))), status=201)

    @extend_schema(request=bodies.Correction)
    @action(detail=True, methods=["post"])
    @acts_once
    def correct(self, request: ApiRequest, pk: str) -> Response:
        row = actions.correct_call(int(pk), by=request.user, **checked(bodies.Correction, request))
        return Response(representations.call(self.found(str(row.pk))), status=201)

    @extend_schema(request=bodies.Reply)
    @action(detail=True, methods=["post"])
    @acts_once
    def reply(self, request: ApiRequest, pk: str) -> Response:
        """The reply to a superior's call: it is chased no more."""
        row = actions.reply_to_superior(int(pk), by=request.user, **checked(bodies.Reply, request))
        return Response(representations.call(self.found(str(row.pk))), status=201)


router_entries = [
    ("shifts", ShiftViewSet),
    ("overrides", OverrideViewSet),
    ("swaps", SwapViewSet),
    *leave.router_entries,
    *leaders.router_entries,
    ("handovers", HandoverViewSet),
    ("spot-checks", SpotCheckViewSet),
    ("call-logs", CallLogViewSet),
]
